"""A comparison as one tidy table: a row a figure, the same columns for inputs, outputs and shares.

`part` says what a row is: `input` (key in `output`, texts in `before` and `after`), `before`,
`after`, `difference`, `share` (`driver` holds whose) or `policy`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]
Row = dict[str, Any]
SIDES = ("before", "after", "difference")


def _row(part: str, scenario: str, **given: Any) -> Row:  # noqa: ANN401 - cells of any kind
    empty = dict.fromkeys(("output", "period", "stage", "statistic", "driver"), "")
    numbers: Row = dict.fromkeys(("value", "standard_error", "whole"), math.nan)
    texts = dict.fromkeys(("unit", "before", "after", "source"), "")
    row = {"part": part, "scenario": scenario, **empty, **numbers, **texts}
    return {**row, **{k: math.nan if v is None else v for k, v in given.items()}}


def comparison_rows(document: Document) -> list[Row]:
    """Every row of a comparison of results, in whole units of currency."""
    return [
        row
        for other in document["comparisons"]
        for make in (_inputs, _outputs, _shares)
        for row in make(other["scenario"], other)
    ]


def _inputs(name: str, other: Document) -> Iterator[Row]:
    for one in other["inputs"]:
        texts = {key: one[key] for key in ("before", "after", "source", "driver")}
        yield _row("input", name, output=one["key"], **texts)


def _outputs(name: str, other: Document) -> Iterator[Row]:
    for cell in other["outputs"]:
        where = {key: cell[key] for key in ("output", "period", "stage", "unit")}
        for side in SIDES:
            values = cell[side]
            for statistic, value in values.items():
                if statistic == "standard_error":
                    continue
                error = values["standard_error"] if statistic == "mean" else None
                yield _row(
                    side, name, **where, statistic=statistic, value=value, standard_error=error
                )


def _shares(name: str, other: Document) -> Iterator[Row]:
    for one in other["attribution"]:
        where = {key: one[key] for key in ("output", "period", "stage", "statistic", "unit")}
        for share in one["shares"]:
            numbers = {key: share[key] for key in ("driver", "value", "standard_error", "whole")}
            yield _row("share", name, **where, **numbers)


def policy_rows(document: Document) -> list[Row]:
    """Every row of the policies side by side; the policy stands in `driver`."""
    return [
        _row(
            "policy",
            document["scenario"],
            output=f"{row['what']}.{row['parent']}",
            period=row["period"],
            stage=document["stage"],
            unit=row["unit"],
            driver=row["policy"],
            statistic=statistic,
            value=value,
            standard_error=row["standard_error"] if statistic == "mean" else None,
        )
        for row in document["rows"]
        for statistic, value in row["statistics"].items()
    ]
