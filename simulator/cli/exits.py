"""The one place where a failure becomes words and an exit code."""

from __future__ import annotations

import os
import traceback
from typing import NoReturn

from simulator import errors
from simulator.cli import talk

DONE = 0
USAGE = errors.InputError.exit_code
INTERRUPTED = errors.Interrupted.exit_code
BUG = 70
"""EX_SOFTWARE of sysexits.h: not 1, which would pass for a check that does not hold."""


UNTOUCHED = "interrupted; earlier results are as they were"


def at_once(*_: object) -> NoReturn:
    """Nothing is under way: say so and go, whatever library is at work."""
    os.write(2, f"{UNTOUCHED}\n".encode())
    os._exit(INTERRUPTED)


def stop(*_: object) -> None:
    """The handler of the signals that ask to end: a run leaves nothing half-made behind."""
    if not errors.Stopping.in_order:
        at_once()
    errors.Stopping.asked = True
    raise KeyboardInterrupt


def report(error: BaseException) -> int:
    """Say on stderr what went wrong, and return the exit code."""
    error = _interruption(error) or error
    if errors.Stopping.asked and not isinstance(error, errors.Interrupted):  # by a library
        error = KeyboardInterrupt()
    match error:
        case errors.Interrupted() | KeyboardInterrupt():
            talk.say(str(error) or UNTOUCHED)
            return INTERRUPTED
        case errors.SimError():
            return _known(error)
        case MemoryError():
            talk.say("there is not enough memory\n    → ask for fewer --draws or --threads")
            return errors.EnvironmentFault.exit_code
        case OSError():
            where = error.filename or "output"
            talk.say(f"{where}: the system refuses: {error.strerror or error}")
            return errors.EnvironmentFault.exit_code
        case _ if hasattr(error, "format_message"):
            return _wrong_use(error)
        case _:
            return _bug(error)


def _interruption(error: BaseException) -> KeyboardInterrupt | None:
    """The Ctrl-C behind an error: one that falls into an import comes wrapped in another."""
    cause: BaseException | None = None if isinstance(error, errors.SimError) else error
    while cause is not None and not isinstance(cause, KeyboardInterrupt):
        cause = cause.__cause__ or cause.__context__
    return cause


def _known(error: errors.SimError) -> int:
    """A failure that already says what to mend; many problems are counted at the end."""
    talk.say(str(error))
    if isinstance(error, errors.InputError) and len(error.problems) > 1:
        talk.say(f"{len(error.problems)} problems")
    return error.exit_code


def _wrong_use(error: BaseException) -> int:
    """Wrong use of a command or an option, as Typer found it, in two lines."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "sim"
    text = str(getattr(error, "format_message", error.__str__)()).strip()
    if text.startswith("Usage:"):  # `sim` alone: the help itself is the answer
        talk.say(text)
        return USAGE
    for known in ("Invalid value for ", "Invalid value: "):
        text = text.removeprefix(known)
    near = getattr(error, "possibilities", None)
    if near:
        option = getattr(error, "option_name", "")
        text = f"no such option: {option}\n    → did you mean {' or '.join(sorted(near))}?"
    talk.say(f"{command}: {text[:1].lower()}{text[1:]}\n    → see `{command} --help`")
    return USAGE


def _bug(error: BaseException) -> int:
    if os.environ.get("SIM_DEBUG"):
        talk.say("".join(traceback.format_exception(error)))
        return BUG
    told = str(error).splitlines()
    what = type(error).__name__ + (f": {told[0][:300]}" if told else "")
    talk.say(
        f"this is a bug in sim: {what}\n"
        "    → set SIM_DEBUG=1 to see where, and report it with the scenario"
    )
    return BUG
