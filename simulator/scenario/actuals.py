"""What really happened, to be placed in a fan: a small TOML file beside the scenarios.

    [[actual]]
    output = "rate.eur_per_usd"
    period = "2031"
    value = 0.93
    source = "…"

`value` is in whole units of the output. `per` names an output that the draws are divided by, for a
figure known in another currency: `output = "total_eur"`, `per = "rate.eur_per_usd"`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails

from simulator.errors import InputError, Problem, did_you_mean
from simulator.scenario.base import Model, Number
from simulator.scenario.decode import read_tables, read_text
from simulator.scenario.numbers import Provenance
from simulator.scenario.places import found_text, key_text
from simulator.scenario.toml_positions import Positions

MAX_BYTES = 1_000_000


class Actual(Provenance):
    """One figure that turned out, and the output that it is an outcome of."""

    output: Annotated[str, Field(min_length=1, max_length=200)]
    period: Annotated[str, Field(min_length=4, max_length=9)]
    stage: str | None = Field(None, description="the last stage unless given")
    value: Number
    per: str | None = Field(None, description="an output that the draws are divided by")
    title: str | None = None


class Actuals(Model):
    """The figures of one file."""

    title: str = ""
    description: str = ""
    actual: Annotated[tuple[Actual, ...], Field(min_length=1, max_length=1000)]


def read_actuals(path: str | Path) -> Actuals:
    """The figures of a file.

    Raises InputError with every problem, each with its line; EnvironmentFault when the system
    refuses to read it.
    """
    file = str(path)
    what = "a file of what happened"
    text = read_text(Path(path), file, limit=MAX_BYTES, what=what).text
    data = read_tables(text, file, what)
    try:
        return Actuals.model_validate(data)
    except ValidationError as error:
        positions = Positions(text)
        details = error.errors(include_url=False)
        # A list whose entries were all refused is also said to be too short.
        kept = [one for one in details if one["type"] != "too_short" or len(details) == 1]
        raise InputError(
            _problem(detail, file, positions.line(detail["loc"])) for detail in kept
        ) from None


def _problem(detail: ErrorDetails, file: str, line: int | None) -> Problem:
    kind, key = detail["type"], key_text(detail["loc"])
    if kind == "missing":
        return Problem("this key is missing", key, file=file, line=line)
    shown, remedy = found_text(detail["input"]), ""
    wanted = detail["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        known = Actuals.model_fields if len(detail["loc"]) == 1 else Actual.model_fields
        wanted, remedy = "unknown key", did_you_mean(str(detail["loc"][-1]), known)
    if kind == "too_short":
        wanted, remedy = "at least one figure is wanted", "add [[actual]] with output and value"
    return Problem(wanted, key, shown, remedy, file, line)
