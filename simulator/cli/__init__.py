"""The command line, `sim`: one file a command, and `exits` the one place for exit codes.

    0    done
    1    a check does not hold: tie-out, verification, precision
    2    wrong use or wrong input
    3    the environment: disk, permission, memory
    70   a bug in sim (SIM_DEBUG=1 shows where)
    130  interrupted

Commands read options, call what does the work, and print. A command's module is imported when it
is asked for, and heavy modules inside it, so that help is quick.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, MutableMapping, Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from simulator.cli import exits, talk

COMPLETING = "_SIM_COMPLETE"
"""Set by the script that a shell completes with (`sim completion`)."""

COMMANDS = {
    "run": "Simulate scenarios and show what each parent will owe.",
    "show": "Show a stored result again.",
    "sensitivity": "Say what makes an output uncertain.",
    "risk": "Say how bad an output gets.",
    "reserve": "Say which reserve covers a gap.",
    "support": "Follow the money of posts that programme support pays.",
    "solve": "Seek the value of a key that gives what is asked.",
    "as-of": "Replay what would have been known later.",
    "stages": "Show what each revision settles, and what changed.",
    "sweep": "Simulate a scenario at every point of a grid of values.",
    "stress": "Find the mildest movement of the drivers that does something.",
    "hedge": "Cover a contribution at forward rates, ratio by ratio.",
    "plot": "Draw one picture of a result, for a slide.",
    "report": "Write results as a page that a committee can read.",
    "export": "Write results as a workbook, as CSV or as a SIPmath library.",
    "compare": "Compare results with a baseline, draw by draw, and share out why.",
    "validate": "Name every problem of scenario files.",
    "tie-out": "Reproduce every published figure from inputs.",
    "calibrate": "Work out the law of exchange from what was known on a date.",
    "backtest": "Score laws of exchange on what happened.",
    "explain": "Trace one number from output to inputs.",
    "verify": "Check that results and files made from them are as they were written.",
    "runs": "List what was run and exported.",
    "hindsight": "Place what really happened in the fan of a result.",
    "new": "Write a commented scenario to start from.",
    "schema": "Print the JSON Schema of scenarios.",
    "doctor": "Check the installation, and how old its rates are.",
    "completion": "Print the script by which a shell completes.",
}
"""Every command and what it does, in the order of the help."""

READING = frozenset(COMMANDS) - {
    "show", "plot", "report", "export", "backtest", "verify", "runs", "hindsight", "new", "schema",
    "doctor", "completion",
}  # fmt: skip
"""Commands that read scenario files: each has the option --allow-outside."""


class _OnDemand(MutableMapping[str, Any]):
    """The commands by name; one is imported and built when it is asked for."""

    def __init__(self) -> None:
        self._built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a command of Typer's
        if name not in self._built:
            function = name.replace("-", "_") if name in COMMANDS else ""
            if not function:
                raise KeyError(name)
            one = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
            module = import_module(f"simulator.cli.{function}")
            one.command(name, short_help=COMMANDS[name])(getattr(module, function))
            one.command("outside")(_outside)
            built = typer.main.get_group(one).commands
            if name in READING:
                built[name].params += built["outside"].params
            self._built[name] = built[name]
        return self._built[name]

    def __setitem__(self, name: str, command: Any) -> None:  # noqa: ANN401 - a command of Typer's
        self._built[name] = command

    def __delitem__(self, name: str) -> None:
        del self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


def _allow(ctx: typer.Context, wanted: bool) -> None:
    if wanted:
        from simulator.scenario.inside import outside_allowed

        ctx.with_resource(outside_allowed())


def _outside(
    _allowed: Annotated[
        bool,
        typer.Option(
            "--allow-outside",
            callback=_allow,
            expose_value=False,
            help="Let a scenario name files outside its folder.",
        ),
    ] = False,
) -> None:
    """No command: its option is that of every one that reads scenarios."""


class Group(TyperGroup):
    """`sim` itself: help lists the commands without importing them."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - Typer's own
        super().__init__(**settings)
        self.commands = _OnDemand()

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - Typer's own
        """As Typer does, from `COMMANDS`."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(
    cls=Group,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["--help", "-h"]},
    epilog="Exit codes: 0 done, 1 a check does not hold, 2 wrong use or wrong input, "
    "3 the environment, 70 a bug in sim, 130 interrupted.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from simulator import __version__

        talk.emit(f"sim {__version__}")
        raise typer.Exit


@app.callback()
def _sim(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_version, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    """Simulate a budget: what each parent will owe, how sure that is, and what moves it.

    Start with: sim run scenarios/base.toml
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `sim` with these arguments, the process's own unless given; returns the exit code."""
    talk.prepare()
    # Typer would answer wrong use in colours; `exits` does it in plain words.
    command = typer.main.get_command(app)
    if os.environ.get(COMPLETING):
        from simulator.cli.completion import answers

        talk.emit("\n".join(answers(command, sys.argv[1:] if arguments is None else arguments)))
        return exits.DONE
    try:
        code = command.main(arguments, prog_name="sim", standalone_mode=False)
        if code == exits.INTERRUPTED:  # Typer caught Ctrl-C
            return exits.report(KeyboardInterrupt())
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - every failure ends in words
        return exits.report(error)
    return code if isinstance(code, int) else exits.DONE
