"""`sim report`: stored results as one page that opens offline, as a page to print, or as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.errors import InputError, Problem, did_you_mean
from simulator.render.languages import LANGUAGES
from simulator.runs.export import known_months
from simulator.runs.options import result_folder
from simulator.runs.recorded import record_files
from simulator.store.findings import findings_of
from simulator.store.result import Run, read_run
from simulator.store.seal import seal
from simulator.store.single import refuse_existing, writing_file

FORMATS = {"html": ".html", "pdf-ready": ".html", "md": ".md"}


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What is asked for; `out` None gives a name of its own."""

    out: Path | None = None
    lang: str = "en"
    form: str = "html"
    force: bool = False


def report(results: Sequence[str], options: ReportOptions) -> Path:
    """Write the report, whole or not at all; returns the file.

    Raises InputError, with every problem, before anything is computed, and EnvironmentFault when
    the extra `report` is missing or for the disk.
    """
    _check(options)
    runs = [read_run(result_folder(result)) for result in results]
    names = "+".join(dict.fromkeys(run.manifest.scenario for run in runs))
    out = options.out or Path(f"{names[:90]}-report{FORMATS[options.form]}")
    refuse_existing(out, force=options.force)
    text = _text(runs, options)
    with writing_file(out, force=options.force) as place:
        place.write_text(text, encoding="utf-8", newline="\n")
        seal(place, [run.manifest.identity for run in runs], archive=False)
    record_files("report", [out], runs)
    return out


def _check(options: ReportOptions) -> None:
    problems: list[Problem] = []
    for key, value, known in (
        ("--format", options.form, tuple(FORMATS)),
        ("--lang", options.lang, LANGUAGES),
    ):
        if value not in known:
            wanted = f"one of {', '.join(known)} is wanted"
            problems.append(Problem(wanted, key, value, did_you_mean(value, known)))
    ending = FORMATS.get(options.form)
    if options.out is not None and ending and options.out.suffix.lower() != ending:
        wanted = f"a file name that ends in {ending} is wanted"
        problems.append(Problem(wanted, "--out", str(options.out)))
    if problems:
        raise InputError(problems)


def _text(runs: Sequence[Run], options: ReportOptions) -> str:
    from simulator.render.charts.languages import wording_of
    from simulator.render.charts.look import PAGE
    from simulator.render.charts.picture import svg
    from simulator.render.languages import words_of
    from simulator.render.report.document import document
    from simulator.render.report.html import Page
    from simulator.render.report.markdown import markdown
    from simulator.render.report.results import Made

    told = _told(runs)
    made = Made(told, words_of(options.lang), wording_of(options.lang), PAGE)
    found = document(made)
    if options.form == "md":
        return markdown(found)
    return Page(found, svg, scripts=options.form == "html").html()


def _told(runs: Sequence[Run]) -> tuple[Any, ...]:
    """Each result with its history, answers, tie-out and thresholds; steps from the first one."""
    from simulator.budget.tieout import tie_out
    from simulator.render.report.results import Told
    from simulator.render.workbook.stored import Stored
    from simulator.render.workbook.write import labels_of
    from simulator.runs.thresholds import proposed_of, thresholds_of

    return tuple(
        Told(
            Stored.of(run, label),
            known_months(run),
            findings_of(run.folder),
            tie_out(run.scenario),
            thresholds_of(run.scenario, tuple(proposed_of(run.scenario))),
            _steps(runs[0], run) if i else (),
        )
        for i, (run, label) in enumerate(zip(runs, labels_of(runs), strict=True))
    )


def _steps(base: Run, other: Run) -> Sequence[Mapping[str, Any]]:
    """Shares of drivers for what each parent owes in its own currency; none if not comparable."""
    from simulator.render.view import view_of
    from simulator.runs.attribute import attribution
    from simulator.runs.compare import refuse_unpaired
    from simulator.runs.options import RunOptions, Silent

    try:
        refuse_unpaired(base, other)
    except InputError:
        return ()
    view = view_of(other)
    outputs = tuple(
        view.contribution(parent, its.assessed_in) for parent, its in other.scenario.parents.items()
    )
    rows, _note = attribution(
        base,
        other,
        {},
        outputs=outputs,
        asked=False,
        threads=RunOptions().thread_count(),
        progress=Silent(),
    )
    return rows
