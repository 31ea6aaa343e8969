"""The change between two stored results shared among drivers, as plain documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from simulator.analysis.statistics import PERCENTILES
from simulator.engine.attribution import (
    Attribution,
    attribute,
    changed_groups,
    contribution_columns,
)
from simulator.errors import CheckFailed, InputError, Problem, nearest
from simulator.runs.compare import Document
from simulator.runs.options import Progress
from simulator.runs.room import MEMORY
from simulator.runs.versions import library_versions, program
from simulator.store.result import Run
from simulator.units import finite, is_currency

UNASKED = 1 << 21
"""Draws over all coalitions up to which a change is shared among drivers without being asked."""


def levels_of(names: Sequence[str]) -> dict[str, float]:
    """Percentiles by name, "p95" or "P2.5"; InputError names every one that is none."""
    found, problems = {}, []
    for name in names:
        match = re.fullmatch(r"[pP](\d{1,2}(?:\.\d{1,4})?)", name)
        if match is None or not 0 < float(match[1]) < 100:
            close = nearest(name.lower(), PERCENTILES)
            remedy = f"did you mean {close!r}?" if close else "known: p0.01 to p99.99, as p5 or p95"
            wanted = "a percentile between 0 and 100, such as p95, is wanted"
            problems.append(Problem(wanted, key="--at", value=name[:40], remedy=remedy))
        else:
            known = PERCENTILES.get(f"p{match[1]}")
            found[f"p{match[1]}"] = float(match[1]) / 100 if known is None else known
    if problems:
        raise InputError(problems)
    return found


def attribution(
    baseline: Run,
    other: Run,
    levels: dict[str, float],
    *,
    outputs: Sequence[str] = (),
    asked: bool,
    threads: int,
    progress: Progress,
) -> tuple[list[Document], str]:
    """The change in each contribution by driver, and why there is none where there is none.

    `outputs` are others to share in place of the contributions, as far as they are amounts.
    What was `asked` for and cannot be had raises InputError. Raises CheckFailed when a rerun does
    not give what is stored.
    """
    asked_for = _amounts(baseline, outputs)
    if outputs and not asked_for:
        return [], "not shared among drivers: no output that was asked for is an amount of currency"
    try:
        groups = changed_groups(baseline.scenario, other.scenario)
        _refuse_other_program(baseline)
        _refuse_too_large(baseline, asked_for)
        draws = baseline.manifest.draws << len(groups)
        if draws > UNASKED and not asked:
            return [], (
                f"not shared among {len(groups)} drivers: that takes {2 ** len(groups)} "
                "simulations; add --drivers to do it"
            )
        progress.start(draws)
        scenario = baseline.scenario
        told = progress.advance
        found = attribute(scenario, other.scenario, levels, threads, told, outputs=asked_for)
    except InputError as error:
        if asked:
            raise
        return [], f"not shared among drivers: {error.problems[0]}"
    finally:
        progress.done()
    _insist(found, baseline, 0)
    _insist(found, other, 1)
    return [_document(one) for one in found], ""


def _amounts(run: Run, outputs: Sequence[str]) -> tuple[str, ...]:
    """The outputs, each once, that are amounts of a currency: shares are whole units of it."""
    units = {column.output: column.unit for column in run.columns()} if outputs else {}
    return tuple(name for name in dict.fromkeys(outputs) if is_currency(units[name]))


def _refuse_other_program(run: Run) -> None:
    made, here = run.manifest, (program().sha256, library_versions())
    if (made.program.sha256, dict(made.libraries)) != here:
        wanted = "a result of this version of the program and of its libraries is wanted"
        remedy = "run the scenarios again, or compare with --no-drivers"
        raise InputError(Problem(wanted, file=run.place, remedy=remedy))


def _refuse_too_large(run: Run, outputs: Sequence[str]) -> None:
    columns = len(outputs or contribution_columns(run.scenario)) * len(run.periods)
    wanted = run.manifest.draws * columns * 8
    if wanted > MEMORY:
        words = "fewer draws are wanted: what one coalition gives is held in memory"
        value = f"{wanted / 2**30:.1f} GiB"
        raise InputError(Problem(words, value=value, remedy="compare with --no-drivers"))


def _insist(found: Sequence[Attribution], run: Run, side: int) -> None:
    """The means of a side's rerun are those that its result holds."""
    stored = {
        (row.output, row.period, row.stage): row.value
        for row in run.summary()
        if row.statistic == "mean"
    }
    for one in found:
        mean = (one.before, one.after)[side]
        known = stored.get((one.output, one.period, one.stage), mean)
        if one.statistic == "mean" and abs(mean - known) > 1e-9 * max(1.0, abs(known)):
            raise CheckFailed(
                f"{run.place}: {one.output} in {one.period}: a rerun gives mean {mean!r}, "
                f"{known!r} is stored\n    → run the scenario again with --force"
            )


def _document(one: Attribution) -> Document:
    shares: list[dict[str, Any]] = [
        {
            "driver": share.driver,
            "value": share.value,
            "standard_error": finite(share.standard_error),
            "whole": share.whole,
        }
        for share in one.shares
    ]
    return {
        "output": one.output,
        "period": one.period,
        "stage": one.stage,
        "unit": one.unit,
        "statistic": one.statistic,
        "before": one.before,
        "after": one.after,
        "change": one.change,
        "shares": shares,
    }
