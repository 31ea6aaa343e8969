"""`sim run`: simulate scenarios, keep every draw, show the result."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli import exits, talk
from simulator.cli.options import Engine, Quiet, Scheduler, Threads, whole
from simulator.errors import CheckFailed, InputError, Interrupted, Problem, SimError

if TYPE_CHECKING:
    from simulator.cli.progress import Display
    from simulator.runs.options import Progress, RunOptions
    from simulator.runs.run import RunResult
    from simulator.runs.unchanged import Unchanged


def run(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Scenario files (TOML).")],
    draws: Annotated[
        int | None,
        typer.Option(parser=whole, metavar="N", help="Draws to make; 131_072 is 131072."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Where chance starts; 0 is one.")
    ] = None,
    sampler: Annotated[
        str | None, typer.Option(metavar="NAME", help="sobol, lhs or random.")
    ] = None,
    replicates: Annotated[
        int | None,
        typer.Option(parser=whole, metavar="N", help="Independent parts, for standard errors."),
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(metavar="TARGETS", help="Stop when reached: 'p95(contribution_xyz.A)=0.1%'."),
    ] = None,
    threads: Threads = None,
    out: Annotated[
        str,
        typer.Option(
            metavar="FOLDER", help="Where each scenario gets its result folder; or an address."
        ),
    ] = "results",
    keep: Annotated[
        str, typer.Option(metavar="WHAT", help="all, or summary: statistics without the draws.")
    ] = "all",
    engine: Engine = "threads",
    scheduler: Scheduler = None,
    force: Annotated[
        bool, typer.Option("--force", help="Compute anew what is up to date or was begun.")
    ] = False,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Refuse assumptions that are not approved, or expired."),
    ] = False,
    quiet: Quiet = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a run on stdout.")] = False,
) -> int:
    """Simulate scenarios one after another, keep every draw, and show what each parent will owe.

    Options not given are the scenario's own. A result that is up to date is not computed again, and
    a long run that was killed goes on where it was.

    \b
    Examples:
      sim run scenarios/base.toml
      sim run scenarios/base.toml --draws 131_072 --seed 7 --out trial
      sim run scenarios/*.toml --quiet
    """
    from simulator.runs.options import RunOptions
    from simulator.store.remote import results_at

    made, address = results_at(out)
    options = RunOptions(
        draws=draws,
        seed=seed,
        sampler=sampler,
        replicates=replicates,
        threads=threads,
        out=made,
        to=address,
        force=force,
        precision=precision,
        keep=keep,
        engine=engine,
        scheduler=scheduler,
        strict=strict,
    )
    if len(files) > 1:
        _check(files, options)
    return _run_all(files, options, quiet=quiet, json=json)


def _check(files: Sequence[str], options: RunOptions) -> None:
    """Every problem of every file before the first one runs; nothing is touched on the disk."""
    from simulator.scenario.read import read_scenario

    problems: dict[Problem, None] = {}
    named: dict[str, str] = {}
    for file in files:
        try:
            scenario = options.sampled(read_scenario(file))
        except InputError as error:
            problems.update(dict.fromkeys(error.problems))
            continue
        first = named.setdefault(scenario.name, file)
        if first != file:
            wanted = f"another name is wanted: the result of {first} goes to the same folder"
            problems[Problem(wanted, key="name", value=scenario.name, file=file)] = None
    if problems:
        raise InputError(problems)


def _run_all(files: Sequence[str], options: RunOptions, *, quiet: bool, json: bool) -> int:
    """Run one after another; a failure does not lose the others. The worst exit code."""
    from simulator.runs.options import Silent
    from simulator.runs.sending import forget

    class Told(Silent):
        """Shows no progress, but says what must be known."""

        def say(self, text: str) -> None:
            talk.say(text)

    worst = exits.DONE
    with display_of(quiet=quiet) as display:
        for file in files:
            try:
                if display is not None:
                    display.next(Path(file).stem)
                result = _run(file, options, display or (None if quiet else Told()))
                _tell(result, quiet=quiet, json=json)
                if options.to:
                    forget(result.folder)
                _insist(result)
            except Interrupted:
                raise  # the others are not begun
            except SimError as error:
                worst = max(worst, exits.report(error))
    return worst


def _run(file: str, options: RunOptions, progress: Progress | None) -> RunResult | Unchanged:
    """Run a scenario, unless its result can be seen to be up to date before it is read."""
    from simulator.runs.options import Silent
    from simulator.runs.recorded import record_run
    from simulator.runs.sending import bring, send
    from simulator.runs.unchanged import unchanged

    if options.to:
        bring(file, options)
    found: RunResult | Unchanged | None = unchanged(file, options)
    if found is not None:
        record_run(found)
    else:
        from simulator.runs.run import run_file

        found = run_file(file, options, progress)
    if options.to:
        send(found.folder, options, progress or Silent())
    return found


def display_of(name: str = "", *, quiet: bool) -> Display | nullcontext[None]:
    """Progress of the run `name` on a terminal; nothing in a pipe, a log or when it is quiet."""
    if quiet or not sys.stderr.isatty():
        return nullcontext()
    from simulator.cli.progress import Display

    display = Display()
    display.next(name)
    return display


def _tell(result: RunResult | Unchanged, *, quiet: bool, json: bool) -> None:
    """The result on stdout, what was done on stderr."""
    if quiet and not json:
        return
    from simulator.store.result import Run

    stored = Run(result.folder, result.manifest, result.scenario)
    done = "up to date" if result.up_to_date else "computed"
    if json:
        from simulator.render.document import run_document
        from simulator.render.view import view_of

        talk.emit_json(run_document(view_of(stored), done))
    else:
        talk.show_run(stored)
    if not quiet:
        took = "" if result.up_to_date else f" in {result.seconds:.1f} s"
        talk.say(f"{stored.place}: {done}{took}")
        from simulator.runs.approvals import standing_today

        found = standing_today(stored.scenario)
        if found.statements:
            talk.say(f"{stored.place}: {found.in_words}")


def _insist(result: RunResult | Unchanged) -> None:
    """Raise CheckFailed when the precision asked for was not reached."""
    if result.precision_reached is False:
        lines = [
            f"{found.target}: the standard error is {found.standard_error:.4g}, "
            f"{found.allowed:.4g} is wanted"
            for found in result.reached
            if not found.ok
        ]
        asked = result.manifest.precision
        if not lines and asked is not None:  # an earlier run found that out
            lines = [f"{asked.targets} was asked for, with {asked.cap} draws at most"]
        remedy = "    → allow more --draws, or ask for less"
        raise CheckFailed("\n".join(["the precision was not reached", *lines, remedy]))
