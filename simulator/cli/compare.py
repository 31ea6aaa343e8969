"""`sim compare`: results against a baseline, draw by draw, and because of what they differ."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli import talk
from simulator.cli.options import Json, Threads, names, whole
from simulator.cli.run import display_of
from simulator.errors import InputError, Problem, did_you_mean, tidy_up_first

if TYPE_CHECKING:
    from simulator.runs.options import Progress, RunOptions
    from simulator.store.result import Run

FORMATS = ("md", "csv", "json", "xlsx", "parquet")
TABLES = ("csv", "parquet")
BINARY = ("xlsx", "parquet")


def compare(
    results: Annotated[
        list[str],
        typer.Argument(
            metavar="A B …", help="Result folders, names in results/ or scenario files; A is first."
        ),
    ],
    unpaired: Annotated[
        bool, typer.Option("--unpaired", help="Compare although draws are not the same chance.")
    ] = False,
    drivers: Annotated[
        bool | None,
        typer.Option("--drivers/--no-drivers", help="Share the change among what changed."),
    ] = None,
    at: Annotated[
        list[str] | None,
        typer.Option(metavar="NAMES", help="Percentiles to share as well as the mean: p5,p95."),
    ] = None,
    output: Annotated[
        list[str] | None,
        typer.Option(metavar="NAMES", help="Only these outputs: contribution_xyz.A,net_xyz."),
    ] = None,
    policies: Annotated[
        bool, typer.Option("--policies", help="One scenario under each of the five policies.")
    ] = False,
    forward: Annotated[
        str | None,
        typer.Option(
            metavar="RATES", help="With --policies: start, budget, a rate or 2031=0.9,2032=0.88."
        ),
    ] = None,
    cover: Annotated[
        str | None,
        typer.Option(metavar="PART", help="The part covered by --forward; all unless given."),
    ] = None,
    draws: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Draws of scenario files.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Seed of scenario files.")
    ] = None,
    threads: Threads = None,
    stored: Annotated[
        str,
        typer.Option("--results", metavar="FOLDER", help="Where results lie, and files are run."),
    ] = "results",
    to: Annotated[
        str | None, typer.Option(metavar="FORMAT", help="md, csv, json, xlsx or parquet.")
    ] = None,
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write it to a file instead of the screen.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    json: Json = False,
) -> int:
    """Compare results with a baseline: what differs, by how much and how sure, and why.

    Differences are the other result less the first. Scenario files are run first where needed.

    \b
    Examples:
      sim compare scenarios/base.toml scenarios/no-view.toml --at p95
      sim compare base no-view salary-award --out comparison.md
      sim compare scenarios/base.toml --policies --forward start
    """
    from simulator.runs.options import RunOptions

    form = _format(to, out, json=json)
    target = _target(out, force=force)
    options = RunOptions(draws=draws, seed=seed, threads=threads, out=Path(stored))
    options.thread_count()
    if policies:
        _refuse_beside_policies(
            {
                "--unpaired": unpaired,
                "--at": at,
                "--drivers": drivers is not None,
                "--output": output,
            }
        )
        document = _policies(results, options, forward, cover, quiet=quiet)
    else:
        _refuse_without_policies(forward, cover)
        ask = Ask(_listed(at), _listed(output), unpaired=unpaired, drivers=drivers)
        document = _compared(results, options, ask, quiet=quiet)
    _give(document, form, target, force=force)
    return 0


def _format(to: str | None, out: str | None, *, json: bool) -> str:
    """The format asked for: by name, by the ending of the file, or "" for the screen."""
    if to is not None and to not in FORMATS:
        wanted = "md, csv, json, xlsx or parquet is wanted"
        raise InputError(
            Problem(wanted, key="--to", value=to[:40], remedy=did_you_mean(to, FORMATS))
        )
    ending = Path(out).suffix.lower().removeprefix(".") if out is not None else ""
    if out is not None and to is None and ending not in FORMATS:
        wanted = "a file name that ends in .md, .csv, .json, .xlsx or .parquet is wanted, or --to"
        raise InputError(Problem(wanted, key="--out", value=out[:80]))
    if to in (*TABLES, "xlsx") and out is not None and ending != to:
        wanted = f"a file name that ends in .{to} is wanted"
        raise InputError(Problem(wanted, key="--out", value=out[:80]))
    found = to or ending or ("json" if json else "")
    if json and found != "json":
        wanted = "--json is a format of its own; it goes without another one"
        raise InputError(Problem(wanted, key="--to", value=found))
    if found in BINARY and out is None:
        raise InputError(Problem(f"a file is wanted for {found}: --out FILE", key="--to"))
    return found


def _target(out: str | None, *, force: bool) -> Path | None:
    from simulator.store.single import refuse_existing

    if out is None:
        return None
    refuse_existing(Path(out), force=force)
    return Path(out)


def _refuse_beside_policies(given: dict[str, Any]) -> None:
    problems = [
        Problem("this does not go with --policies, which compares one scenario", key=key)
        for key, value in given.items()
        if value
    ]
    if problems:
        raise InputError(problems)


def _refuse_without_policies(forward: str | None, cover: str | None) -> None:
    given = {"--forward": forward, "--cover": cover}
    problems = [
        Problem("this belongs to --policies", key=key, value=value)
        for key, value in given.items()
        if value is not None
    ]
    if problems:
        raise InputError(problems)


@dataclass(frozen=True, slots=True)
class Ask:
    """How results are to be compared; empty means what is usual."""

    at: tuple[str, ...]
    outputs: tuple[str, ...]
    unpaired: bool
    drivers: bool | None

    def refuse(self) -> None:
        """Raise InputError for options that exclude one another."""
        if self.unpaired and (self.drivers or self.at):
            wanted = "drivers share a change on the same draws; they do not go with --unpaired"
            raise InputError(Problem(wanted, key="--drivers" if self.drivers else "--at"))
        if self.at and self.drivers is False:
            wanted = "percentiles are shared among drivers; this does not go with --no-drivers"
            raise InputError(Problem(wanted, key="--at", value=",".join(self.at)))


def _listed(given: list[str] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for text in given or [] for name in names(text)))


def _compared(results: list[str], options: RunOptions, ask: Ask, *, quiet: bool) -> dict[str, Any]:
    """The document of a comparison."""
    from simulator.runs.attribute import levels_of
    from simulator.runs.compare import about, refuse_unknown, refuse_unpaired
    from simulator.runs.named import opened
    from simulator.runs.options import Silent

    levels = levels_of(ask.at)
    if len(results) < 2:
        wanted = "two results or more are wanted, or one scenario file and --policies"
        remedy = f"sim compare {results[0]} OTHER, or sim compare FILE --policies"
        raise InputError(Problem(wanted, value=" ".join(results), remedy=remedy))
    ask.refuse()
    with display_of(quiet=quiet) as display:
        baseline, *others = opened(
            results, options, display, display.next if display is not None else lambda _: None
        )
        if not ask.unpaired:
            for other in others:
                refuse_unpaired(baseline, other)
        refuse_unknown((baseline, *others), ask.outputs)
        comparisons = []
        for other in others:
            if display is not None:
                display.next(other.manifest.scenario)
            comparisons.append(_against(baseline, other, ask, levels, options, display or Silent()))
    return {"baseline": about(baseline), "comparisons": comparisons}


def _against(
    baseline: Run,
    other: Run,
    ask: Ask,
    levels: dict[str, float],
    options: RunOptions,
    progress: Progress,
) -> dict[str, Any]:
    """One result against the baseline, with the shares of drivers where they can be had."""
    from simulator.runs.attribute import attribution
    from simulator.runs.compare import compare, count_cells

    threads = options.thread_count()
    progress.summarise(count_cells(baseline, other, ask.outputs))
    found = compare(
        baseline,
        other,
        outputs=ask.outputs,
        pairing=not ask.unpaired,
        threads=threads,
        told=progress.advance,
    )
    progress.done()
    if not ask.unpaired and ask.drivers is not False:
        found["attribution"], found["attribution_note"] = attribution(
            baseline,
            other,
            levels,
            outputs=ask.outputs,
            asked=bool(ask.drivers or ask.at),
            threads=threads,
            progress=progress,
        )
    return found


def _policies(
    results: list[str],
    options: RunOptions,
    forward: str | None,
    cover: str | None,
    *,
    quiet: bool,
) -> dict[str, Any]:
    """The document of the policies side by side."""
    from simulator.runs.named import scenario_named
    from simulator.runs.options import Silent
    from simulator.runs.policies import policies

    if len(results) != 1:
        wanted = "one scenario is wanted with --policies"
        raise InputError(Problem(wanted, value=" ".join(results)))
    scenario = scenario_named(results[0], options)
    with display_of(scenario.name, quiet=quiet) as display:
        return policies(
            scenario,
            forward=forward,
            cover=cover,
            threads=options.thread_count(),
            progress=display or Silent(),
        )


def _give(document: dict[str, Any], form: str, target: Path | None, *, force: bool) -> None:
    """The document in the format that was asked for, to the file or to stdout."""
    from simulator.store.single import writing_file

    if target is None:
        _print(document, form)
        return
    with writing_file(target, force=force) as temporary:
        if form in TABLES:
            _write_table(document, temporary, target)
        elif form == "xlsx":
            from simulator.render.comparison_book import comparison_book, policies_book

            write = comparison_book if "comparisons" in document else policies_book
            write(document, temporary)
        else:
            temporary.write_text(_text(document, form), encoding="utf-8")
        _seal(document, form, temporary)
    _record(document, target)
    talk.say(f"{target}: written")


def _identities(document: dict[str, Any]) -> list[str]:
    """Of the results that are compared; policies are those of a scenario, which has none."""
    if "comparisons" not in document:
        return []
    return [one["identity"] for one in (document["baseline"], *document["comparisons"])]


def _seal(document: dict[str, Any], form: str, path: Path) -> None:
    """Workbooks and texts of results carry the identities of the runs."""
    from simulator.store.seal import seal

    if form in ("xlsx", "md") and (runs := _identities(document)):
        seal(path, runs, archive=form == "xlsx")


def _record(document: dict[str, Any], target: Path) -> None:
    """A line in the ledger of the baseline's folder."""
    from simulator.runs.recorded import record_made

    if runs := _identities(document):
        record_made("compare", [target], runs, Path(document["baseline"]["folder"]))


def _print(document: dict[str, Any], form: str) -> None:
    if form == "json":
        talk.emit_json(document)
    elif form == "md":
        talk.emit(_text(document, form))
    elif form == "csv":
        from tempfile import TemporaryDirectory

        with tidy_up_first(), TemporaryDirectory() as folder:
            path = Path(folder) / "comparison.csv"
            _write_table(document, path, path)
            talk.emit(path.read_text(encoding="utf-8"))
    elif "comparisons" in document:
        from simulator.render.comparison import ComparisonPage

        talk.show(ComparisonPage(document))
    else:
        from simulator.render.policies import PoliciesPage

        talk.show(PoliciesPage(document))


def _text(document: dict[str, Any], form: str) -> str:
    import json

    from simulator.render.comparison_markdown import comparison_markdown, policies_markdown

    if form == "json":
        return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    make = comparison_markdown if "comparisons" in document else policies_markdown
    return make(document)


def _write_table(document: dict[str, Any], path: Path, target: Path) -> None:
    from simulator.render.comparison_rows import comparison_rows, policy_rows
    from simulator.store.tidy import write_tidy

    rows = comparison_rows(document) if "comparisons" in document else policy_rows(document)
    about = document.get("baseline", {"scenario": document.get("scenario")})
    write_tidy(path, target, rows, {"kind": "comparison", "baseline": about["scenario"]})
