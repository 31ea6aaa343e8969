"""What really happened, placed in the fan of a stored result."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from simulator.analysis.scores import LEVELS, central_band, pit
from simulator.errors import InputError, Problem, did_you_mean
from simulator.scenario.actuals import Actual, read_actuals
from simulator.store.result import Run
from simulator.tables import Float64


@dataclass(frozen=True, slots=True)
class Placed:
    """An outcome, the fan that it lies in, and where.

    `percentile` is the part of the draws below it (half of those equal); `inside` the narrowest
    central band of `LEVELS` that holds it, None when it lies outside them all.
    """

    actual: Actual
    unit: str
    median: float
    low: tuple[float, ...]
    high: tuple[float, ...]
    percentile: float
    inside: float | None

    def sentence(self) -> str:
        """What it means, in words; numbers are left to whoever shows them."""
        part = self.percentile
        side, share = ("below", part) if part < 0.5 else ("above", 1 - part)
        odds = "none" if share < 5e-5 else f"{share:.1%}".replace("%", " %")
        where = (
            f"inside the central {self.inside:.0%} band".replace("%", " %")
            if self.inside is not None
            else f"outside even the central {LEVELS[-1]:.0%} band".replace("%", " %")
        )
        return f"{where}; {odds} of the draws lie {side} it"

    def document(self) -> dict[str, Any]:
        """As plain values, for a program."""
        actual = self.actual
        return {
            "output": actual.output,
            "per": actual.per,
            "period": actual.period,
            "stage": actual.stage,
            "title": actual.title,
            "value": float(actual.value),
            "unit": self.unit,
            "median": self.median,
            "bands": {
                f"{level:g}": [low, high]
                for level, low, high in zip(LEVELS, self.low, self.high, strict=True)
            },
            "percentile": self.percentile,
            "inside": self.inside,
            "means": self.sentence(),
            "source": actual.source,
            "note": actual.note,
        }


def hindsight(run: Run, path: Path) -> tuple[Placed, ...]:
    """Every figure of the file in the fan of its output, in the order of the file.

    Raises InputError for a figure whose output, period or stage the result does not have.
    """
    actuals = read_actuals(path)
    problems: list[Problem] = []
    placed: list[Placed] = []
    for index, actual in enumerate(actuals.actual, 1):
        found = _problems(run, actual, f"actual[{index}]", str(path))
        problems += found
        if not found:
            placed.append(_place(run, actual))
    if problems:
        raise InputError(problems)
    return tuple(placed)


def _column_name(run: Run, output: str, stage: str | None) -> str:
    """The name of the column: the last stage has no stage in it."""
    if stage is None:
        return output
    last = {column.output: column.stage for column in run.columns() if column.name == output}
    return output if last.get(output) == stage else f"{output}@{stage}"


def _problems(run: Run, actual: Actual, at: str, file: str) -> list[Problem]:
    names = [column.name for column in run.columns()]
    outputs = [column.output for column in run.columns()]
    problems: list[Problem] = []
    for key, output in (("output", actual.output), ("per", actual.per)):
        if output is None:
            continue
        if output not in outputs:
            remedy = did_you_mean(output, outputs)
            problems.append(
                Problem("an output of the result is wanted", f"{at}.{key}", output, remedy, file)
            )
        elif _column_name(run, output, actual.stage) not in names:
            stages = [column.stage for column in run.columns() if column.output == output]
            problems.append(
                Problem(
                    f"a stage at which {output} is stored is wanted",
                    f"{at}.stage",
                    str(actual.stage),
                    "known: " + ", ".join(stages),
                    file,
                )
            )
    if actual.period not in run.periods:
        remedy = "known: " + ", ".join(run.periods)
        problems.append(
            Problem("a period of the result is wanted", f"{at}.period", actual.period, remedy, file)
        )
    return problems


def _place(run: Run, actual: Actual) -> Placed:
    def drawn(output: str) -> Float64:
        return run.column(_column_name(run, output, actual.stage), actual.period)

    values, unit = drawn(actual.output), _unit(run, actual.output)
    if actual.per is not None:
        values = values / drawn(actual.per)
        unit = f"{unit} / ({_unit(run, actual.per)})"
    column, outcome = values[:, None], np.array([float(actual.value)])
    bands = [central_band(column, level) for level in LEVELS]
    low = tuple(float(band[0][0]) for band in bands)
    high = tuple(float(band[1][0]) for band in bands)
    value = float(actual.value)
    return Placed(
        actual=actual,
        unit=unit,
        median=float(np.median(values)),
        low=low,
        high=high,
        percentile=float(pit(column, outcome)[0]),
        inside=next(
            (level for level, a, b in zip(LEVELS, low, high, strict=True) if a <= value <= b), None
        ),
    )


def _unit(run: Run, output: str) -> str:
    return next(column.unit for column in run.columns() if column.output == output)
