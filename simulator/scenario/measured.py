"""In which unit a number of a scenario is: said beside its description in the schema."""

from __future__ import annotations

from pydantic import JsonValue

Said = dict[str, JsonValue]


def _in(unit: str) -> Said:
    return {"unit": unit}


AMOUNT = _in("the file's unit of currency")
RATE = _in("budget currency for one unit")
FRACTION = _in("fraction")
FACTOR = _in("factor")
MONTHS = _in("months")
POSTS = _in("posts")
COUNT = _in("number")
UNITS = _in("whole units of currency")
PRINTED = _in("as printed")
AS_THE_NUMBER = _in("that of the number")
YEAR = _in("a year")
NO_UNIT = _in("none")
