"""`sim export`: stored results as a workbook, CSV or SIPmath library, whole or not at all."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from simulator.errors import InputError, Problem, did_you_mean
from simulator.history import daily_rates
from simulator.history.rates import Rates
from simulator.render.languages import LOCALES, words_of
from simulator.render.pictures.fans import History, rate_pairs
from simulator.runs.options import ALL, result_folder
from simulator.runs.recorded import record_files
from simulator.store.findings import findings_of
from simulator.store.result import Run, read_run
from simulator.store.seal import ARCHIVE, SEALED, seal
from simulator.store.single import refuse_existing, writing_file
from simulator.units import split_pair

FURTHER: tuple[str, ...] = ()
"""Formats of files of their own, `render/NAME_export.py`: named as their ending."""

ENDINGS = {"xlsx": ".xlsx", "csv": ".csv", "sipmath": ".json", **{f: f".{f}" for f in FURTHER}}
MONTHS_BEFORE = 24
"""Months of known rates that a fan shows before it opens."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What is asked for; `draws` 0 means none, `ALL` every one, `out` None a name of its own."""

    to: str
    out: Path | None = None
    locale: str = "en"
    draws: int = 0
    split: bool = False
    excel_locale: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """The files that were written, and what a reader should know about them."""

    files: tuple[Path, ...]
    notes: tuple[Problem, ...] = ()


Writer = Callable[[Path], None]


def export(results: Sequence[str], options: ExportOptions) -> Exported:
    """Write what is asked for.

    Raises InputError, with every problem, before anything is written.
    """
    _check(options)
    runs = [read_run(result_folder(result)) for result in results]
    _check_draws(runs, options)
    notes: list[Problem] = []
    jobs = list(_jobs(runs, options, notes))
    for path, _ in jobs:
        refuse_existing(path, force=options.force)
    with ExitStack() as stack:
        places = [stack.enter_context(writing_file(p, force=options.force)) for p, _ in jobs]
        for (path, write), place in zip(jobs, places, strict=True):
            write(place)
            ending = path.suffix.lower()
            if ending in SEALED:
                made_from = [run.manifest.identity for run in runs]
                seal(place, made_from, archive=ending == ARCHIVE)
    record_files("export", [path for path, _ in jobs], runs)
    return Exported(tuple(path for path, _ in jobs), tuple(notes))


def _check(options: ExportOptions) -> None:
    problems: list[Problem] = []
    if options.to not in ENDINGS:
        remedy = did_you_mean(options.to, ENDINGS)
        wanted = f"one of {', '.join(ENDINGS)} is wanted"
        problems.append(Problem(wanted, "--to", options.to, remedy))
    if options.locale not in LOCALES:
        wanted = f"one of {', '.join(LOCALES)} is wanted"
        remedy = did_you_mean(options.locale, LOCALES)
        problems.append(Problem(wanted, "--locale", options.locale, remedy))
    if options.excel_locale and options.to in ("xlsx", "sipmath"):
        remedy = "leave it out: the numbers in such a file are read alike everywhere"
        problems.append(
            Problem("--to csv is wanted with it", "--excel-locale", f"--to {options.to}", remedy)
        )
    if options.split and (options.to != "xlsx" or not options.draws):
        problems.append(
            Problem("--to xlsx and --draws are wanted with it", "--split", remedy="leave it out")
        )
    if options.out is not None and options.to in ENDINGS:
        ending = ENDINGS[options.to]
        if options.out.suffix.lower() != ending:
            wanted = f"a file name that ends in {ending} is wanted"
            problems.append(Problem(wanted, "--out", str(options.out)))
    if problems:
        raise InputError(problems)


def _check_draws(runs: Sequence[Run], options: ExportOptions) -> None:
    """As many draws as are asked for must be there, and a sheet must hold them."""
    from simulator.render.workbook.draws import MAX_DRAWS

    problems = []
    for run in runs:
        there = run.manifest.draws
        if options.draws > there:
            remedy = f"use --draws {there} or --draws all"
            wanted = f"at most the {there} draws of {run.place} are wanted"
            problems.append(Problem(wanted, "--draws", str(options.draws), remedy))
        asked = there if options.draws == ALL else options.draws
        if options.to == "xlsx" and asked > MAX_DRAWS and not options.split:
            wanted = f"at most {MAX_DRAWS} draws are wanted, which is what a sheet holds"
            remedy = (
                f"use --draws {MAX_DRAWS}, or several sheets with --split, or --to csv, or read "
                f"{run.place}/draws.parquet as it is"
            )
            problems.append(Problem(wanted, "--draws", str(asked), remedy))
    if problems:
        raise InputError(problems)


def _draws(runs: Sequence[Run], options: ExportOptions) -> int:
    most = max(run.manifest.draws for run in runs)
    return most if options.draws == ALL else options.draws


def _jobs(
    runs: Sequence[Run], options: ExportOptions, notes: list[Problem]
) -> Iterator[tuple[Path, Writer]]:
    """The files to write, each with what writes it."""
    ending = ENDINGS[options.to]
    names = "+".join(dict.fromkeys(run.manifest.scenario for run in runs))
    out = options.out or Path(f"{names[:100]}{ending}")
    draws = _draws(runs, options)
    if options.to == "xlsx":
        yield out, lambda place: _workbook(place, runs, options, draws)
    elif options.to == "csv":
        yield from _csv(out, runs, options, draws)
    elif options.to == "sipmath":
        yield from _sipmath(out, runs, draws, notes)
    else:
        module = importlib.import_module(f"simulator.render.{options.to}_export")
        yield out, lambda place: module.write(place, runs, words_of(options.locale))


def _workbook(place: Path, runs: Sequence[Run], options: ExportOptions, draws: int) -> None:
    from simulator.render.workbook.write import workbook

    history = {run.manifest.scenario: known_months(run) for run in runs}
    found = [findings_of(run.folder) for run in runs]
    words = words_of(options.locale)
    workbook(place, runs, words, draws=draws, history=history, findings=found)


def known_months(run: Run) -> Mapping[str, History]:
    """Monthly averages known when the scenario was, by pair, from the daily rates if installed."""
    if not daily_rates.available():
        return {}
    scenario, home = run.scenario, run.scenario.budget.currency
    known = Rates([daily_rates.daily_rates()]).as_of(scenario.known_on)
    found: dict[str, History] = {}
    for pair in rate_pairs(run):
        foreign = split_pair(pair)[1]
        if known.has(home, foreign):
            averages = list(known.averages(home, foreign).items())[-MONTHS_BEFORE:]
            source = known.sources_used[0].name if known.sources_used else ""
            found[pair] = History(tuple(averages), source)
    return found


def _csv(
    out: Path, runs: Sequence[Run], options: ExportOptions, draws: int
) -> Iterator[tuple[Path, Writer]]:
    from simulator.render.csv_export import (
        PROGRAM,
        draws_table,
        spreadsheet,
        summary_table,
        write_csv,
    )

    mark = words_of(options.locale).decimal if options.locale != "en" else ","
    flavour = spreadsheet(mark) if options.excel_locale else PROGRAM
    yield out, lambda place: write_csv(place, summary_table(runs), flavour)
    if draws:
        beside = out.with_name(f"{out.stem}-draws.csv")
        yield beside, lambda place: write_csv(place, draws_table(runs, draws), flavour)


def _sipmath(
    out: Path, runs: Sequence[Run], draws: int, notes: list[Problem]
) -> Iterator[tuple[Path, Writer]]:
    from simulator.render.sipmath import library, raw_library, to_json
    from simulator.render.workbook.stored import Stored
    from simulator.render.workbook.write import labels_of

    results = [Stored.of(run, label) for run, label in zip(runs, labels_of(runs), strict=True)]
    document, missed = library(results)
    notes += missed
    text = to_json(document)
    yield out, lambda place: _text(place, text)
    if draws:
        beside = out.with_name(f"{out.stem}-sips.json")
        yield beside, lambda place: _text(place, to_json(raw_library(results, draws)))


def _text(place: Path, text: str) -> None:
    place.write_text(text, encoding="utf-8")
