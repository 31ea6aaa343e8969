"""`sim`, and `python -m simulator`: Ctrl-C is quiet from the first import to the last line."""

from __future__ import annotations

import gc
import os
import signal
import sys
from types import ModuleType
from typing import NoReturn

QUIET = 130
GARBAGE = 100_000
"""Objects after which cycles are looked for: imports make many, and no cycles among them."""


def _at_once(*_: object) -> NoReturn:
    """Nothing is under way: say so and go, whatever is being imported."""
    os.write(2, b"interrupted; earlier results are as they were\n")
    os._exit(QUIET)


def _without_plugins() -> None:
    """Tell pydantic that it has no plugins: to look for them among all packages takes 20 ms."""
    loader = ModuleType("pydantic.plugin._loader")
    loader.__dict__["get_plugins"] = tuple
    sys.modules.setdefault(loader.__name__, loader)


def start() -> int:
    """Run `sim` with the process's own arguments; returns the exit code."""
    signal.signal(signal.SIGINT, _at_once)
    signal.signal(signal.SIGTERM, _at_once)
    gc.set_threshold(GARBAGE)
    _without_plugins()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # runs have threads of their own
    from simulator.cli import main
    from simulator.cli.exits import stop

    try:
        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        code = main()
        signal.signal(signal.SIGINT, _at_once)  # only the interpreter's own end is left
        signal.signal(signal.SIGTERM, _at_once)
    except KeyboardInterrupt:  # between two lines of this function
        _at_once()
    if code == QUIET:
        # Python would end by the signal itself if it had fallen into an exec() of an import.
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(QUIET)
    return code


if __name__ == "__main__":
    sys.exit(start())
