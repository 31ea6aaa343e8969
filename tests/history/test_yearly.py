"""The yearly table: made from public data, exact for every home currency, sources on every row."""

from __future__ import annotations

import csv
import datetime as dt
import importlib.util
import sys
from math import fsum, log
from pathlib import Path
from types import ModuleType

import pytest

from simulator.history.csv_rates import read_rates
from simulator.history.yearly import FILE, yearly_figures
from simulator.units import Month

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "simulator" / "history" / FILE
YEARLY = yearly_figures()
ALWAYS = dt.date(2100, 1, 1)
CURRENCIES = ("CAD", "CHF", "DKK", "EUR", "GBP", "NOK", "SEK", "USD")


@pytest.fixture
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("maker", ROOT / "tools/make_yearly_figures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_is_what_its_script_makes(shared: Path, maker: ModuleType) -> None:
    """Made again from the public data, the table is the same to the last digit."""
    assert maker.table(shared) == TABLE.read_text(encoding="utf-8")


def test_the_script_writes_where_the_program_reads(
    shared: Path, maker: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Called with a folder it writes the table, without one it says what is wanted."""
    assert maker.TARGET == TABLE
    monkeypatch.setattr(maker, "TARGET", tmp_path / FILE)
    monkeypatch.setattr(sys, "argv", ["make_yearly_figures.py", str(shared)])
    assert maker.main() == 0
    assert (tmp_path / FILE).read_bytes() == TABLE.read_bytes()
    monkeypatch.setattr(sys, "argv", ["make_yearly_figures.py"])
    assert maker.main() == 2


def test_every_row_says_where_it_comes_from() -> None:
    """Source and licence stand on each row, and NOTICE names both sources."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kinds = {row["kind"]: (row["source"][:10], row["licence"]) for row in rows}
    assert set(kinds) == {"mean_rate", "mean_product", "inflation"}
    for row in rows:
        bank = "World Bank" if row["kind"] == "inflation" else "US Federal"
        assert row["source"].startswith(bank)
        assert row["licence"] == kinds[row["kind"]][1]
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for word in (FILE, "World Bank", "CC BY 4.0", "Federal Reserve", "European Central Bank"):
        assert word in notice
    assert "World Bank" in YEARLY.name
    assert "Federal Reserve" in YEARLY.name


def test_the_table_has_every_year_and_pair() -> None:
    """Rates 1971-1998, products of all pairs from June 1973 to January 1999, prices 1960-2024."""
    assert tuple(sorted({*YEARLY.rates, YEARLY.pivot})) == CURRENCIES
    assert all(list(years) == list(range(1971, 1999)) for years in YEARLY.rates.values())
    others = [c for c in CURRENCIES if c != "USD"]
    assert set(YEARLY.products) == {(a, b) for a in others for b in others if a <= b}
    assert all(list(years) == list(YEARLY.covered) for years in YEARLY.products.values())
    assert YEARLY.covered[1973] == (Month(1973, 6), Month(1973, 12))
    assert YEARLY.covered[1985] == (Month(1985, 1), Month(1985, 12))
    assert YEARLY.covered[1999] == (Month(1999, 1), Month(1999, 1))
    assert list(YEARLY.covered) == list(range(1973, 2000))
    assert set(YEARLY.inflation) == set(CURRENCIES)
    assert all(list(years) == list(range(1960, 2025)) for years in YEARLY.inflation.values())
    assert YEARLY.countries["EUR"] == "DEU"


@pytest.mark.parametrize("home", CURRENCIES)
def test_products_of_any_home_follow_by_bilinearity(shared: Path, home: str) -> None:
    """For every home and pair, against the mean over the months themselves: the same to 1e-9."""
    source = read_rates(shared / "fx_chf_monthly_fed.csv")
    logs = {
        currency: {m: log(q.rate) for m, q in source.series(home, currency).averages.items()}
        for currency in CURRENCIES
        if currency != home
    }
    for year in (1973, 1978, 1985, 1992, 1998, 1999):
        first, last = YEARLY.covered[year]
        months = [m for m in logs[min(logs)] if first <= m <= last]
        changes = {c: [one[m] - one[m.plus(-1)] for m in months] for c, one in logs.items()}
        for a, of_a in changes.items():
            for b, of_b in changes.items():
                mean = fsum(x * y for x, y in zip(of_a, of_b, strict=True)) / len(months)
                ours = YEARLY.mean_product(home, a, b, year, ALWAYS)
                assert ours == pytest.approx(mean, abs=2e-11), (year, a, b)
        if year < 1999:
            for currency, one in logs.items():
                rates = [one[Month(year, m)] for m in range(1, 13)]
                ours = YEARLY.mean_rate(home, currency, year, ALWAYS)
                assert ours is not None
                assert log(ours) == pytest.approx(fsum(rates) / 12, abs=2e-8)


def test_a_year_is_known_when_its_months_are_over() -> None:
    """Nothing of 1998 before its last day; of January 1999, nothing before that month's."""
    for day, year, known in (
        ((1998, 12, 30), 1998, False),
        ((1998, 12, 31), 1998, True),
        ((1999, 1, 30), 1999, False),
        ((1999, 1, 31), 1999, True),
    ):
        found = YEARLY.mean_product("CHF", "USD", "EUR", year, dt.date(*day))
        assert (found is not None) is known
    assert YEARLY.mean_rate("CHF", "USD", 1998, dt.date(1998, 12, 30)) is None
    assert YEARLY.mean_rate("CHF", "USD", 1998, dt.date(1998, 12, 31)) is not None


def test_what_the_table_does_not_have() -> None:
    """A currency or year that is not there is None, not zero."""
    assert YEARLY.mean_rate("CHF", "XYZ", 1990, ALWAYS) is None
    assert YEARLY.mean_rate("CHF", "USD", 2000, ALWAYS) is None
    assert YEARLY.mean_product("CHF", "XYZ", "USD", 1990, ALWAYS) is None
    assert YEARLY.mean_product("XYZ", "USD", "USD", 1990, ALWAYS) is None
    assert YEARLY.mean_product("CHF", "USD", "USD", 1972, ALWAYS) is None
