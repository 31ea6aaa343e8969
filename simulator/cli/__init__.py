"""The command line, `sim`: one file a command, and `exits` the one place for exit codes.

    0    done
    1    a check does not hold: tie-out, verification, precision
    2    wrong use or wrong input
    3    the environment: disk, permission, memory
    70   a bug in sim (SIM_DEBUG=1 shows where)
    130  interrupted

Commands read options, call what does the work, and print. Heavy modules are imported inside
them, so that help is quick.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from simulator.cli import exits, talk
from simulator.cli.as_of import as_of
from simulator.cli.backtest import backtest
from simulator.cli.calibrate import calibrate
from simulator.cli.compare import compare
from simulator.cli.completion import VARIABLE, answers, completion
from simulator.cli.doctor import doctor
from simulator.cli.explain import explain
from simulator.cli.export import export
from simulator.cli.hedge import hedge
from simulator.cli.hindsight import hindsight
from simulator.cli.new import new
from simulator.cli.plot import plot
from simulator.cli.report import report
from simulator.cli.reserve import reserve
from simulator.cli.risk import risk
from simulator.cli.run import run
from simulator.cli.runs import runs
from simulator.cli.schema import schema
from simulator.cli.sensitivity import sensitivity
from simulator.cli.show import show
from simulator.cli.solve import solve
from simulator.cli.stages import stages
from simulator.cli.stress import stress
from simulator.cli.support import support
from simulator.cli.sweep import sweep
from simulator.cli.tie_out import tie_out
from simulator.cli.validate import validate
from simulator.cli.verify import verify

app = typer.Typer(
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


for function, does in (
    (run, "Simulate scenarios and show what each parent will owe."),
    (show, "Show a stored result again."),
    (sensitivity, "Say what makes an output uncertain."),
    (risk, "Say how bad an output gets."),
    (reserve, "Say which reserve covers a gap."),
    (support, "Follow the money of posts that programme support pays."),
    (solve, "Seek the value of a key that gives what is asked."),
    (as_of, "Replay what would have been known later."),
    (stages, "Show what each revision settles, and what changed."),
    (sweep, "Simulate a scenario at every point of a grid of values."),
    (stress, "Find the mildest movement of the drivers that does something."),
    (hedge, "Cover a contribution at forward rates, ratio by ratio."),
    (plot, "Draw one picture of a result, for a slide."),
    (report, "Write results as a page that a committee can read."),
    (export, "Write results as a workbook, as CSV or as a SIPmath library."),
    (compare, "Compare results with a baseline, draw by draw, and share out why."),
    (validate, "Name every problem of scenario files."),
    (tie_out, "Reproduce every published figure from inputs."),
    (calibrate, "Work out the law of exchange from what was known on a date."),
    (backtest, "Score laws of exchange on what happened."),
    (explain, "Trace one number from output to inputs."),
    (verify, "Check that results and files made from them are as they were written."),
    (runs, "List what was run and exported."),
    (hindsight, "Place what really happened in the fan of a result."),
    (new, "Write a commented scenario to start from."),
    (schema, "Print the JSON Schema of scenarios."),
    (doctor, "Check the installation, and how old its rates are."),
    (completion, "Print the script by which a shell completes."),
):
    app.command(function.__name__.replace("_", "-"), short_help=does)(function)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `sim` with these arguments, the process's own unless given; returns the exit code."""
    talk.prepare()
    # Typer would answer wrong use in colours; `exits` does it in plain words.
    command = typer.main.get_command(app)
    if os.environ.get(VARIABLE):
        talk.emit("\n".join(answers(command, sys.argv[1:] if arguments is None else arguments)))
        return exits.DONE
    try:
        code = command.main(arguments, prog_name="sim", standalone_mode=False)
        if code == exits.INTERRUPTED:  # Typer caught Ctrl-C
            return exits.report(KeyboardInterrupt())
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - every failure ends in words
        return exits.report(error)
    return code if isinstance(code, int) else exits.DONE
