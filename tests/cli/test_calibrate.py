"""`sim calibrate`: what it prints and writes, and every wrong option."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from simulator.history import daily_rates

MAY = ("calibrate", "--known-on", "2007-05-31", "--home", "CHF")


def test_the_fragment_goes_to_stdout(sim: Any) -> None:
    """Without --out the TOML is the result; nothing is written."""
    said = sim(*MAY, "--currencies", "usd, EUR", "--inflation", "franc=chf")
    assert said.code == 0
    law = tomllib.loads(said.out)
    assert list(law) == ["rates", "exchange", "inflation", "correlation"]
    assert list(law["rates"]) == ["chf_per_usd", "chf_per_eur"]
    assert law["exchange"]["law"] == "blended"
    assert law["rates"]["chf_per_usd"]["start"]["value"] == pytest.approx(1.2248, abs=5e-5)
    assert list(Path().iterdir()) == []


def test_a_file_and_its_page(sim: Any) -> None:
    """--out writes the fragment and shows parameters, fan, correlation and what it rests on."""
    told = sim(*MAY, "--currencies", "USD,EUR", "--inflation", "franc=CHF").out
    said = sim(*MAY, "--currencies", "USD,EUR", "--inflation", "franc=CHF", "--out", "law.toml")
    assert said.code == 0
    assert Path("law.toml").read_text(encoding="utf-8").strip() == told.strip()
    assert 'law_file = "law.toml"' in said.err
    for text in ("Law blended", "1.2248", "3.24 %", "1.77 %", "2008-2009", "0.39", "1.05 %"):
        assert text in said.out
    assert "European Central Bank" in said.out
    assert "Rests on" in said.out


def test_a_program_may_read_it(sim: Any) -> None:
    """--json gives one object with parameters, fan and sources."""
    said = sim(*MAY, "--currencies", "USD", "--json")
    document = json.loads(said.out)
    assert document["rates"]["chf_per_usd"]["monthly_sd"] == pytest.approx(0.0324, abs=5e-4)
    assert document["sources"][0]["sha256"]
    assert document["correlation"] == {}


def test_a_scenario_gives_date_currencies_and_years(sim: Any) -> None:
    """The scenario's own rates, but for pegged ones, known on its date."""
    base = str(Path(__file__).resolve().parents[2] / "scenarios" / "base.toml")
    said = sim("calibrate", base, "--inflation", "franc=CHF")
    law = tomllib.loads(said.out)
    assert "chf_per_dkk" not in law["rates"]
    assert law["rates"]["chf_per_usd"]["start"]["as_of"].isoformat() == "2007-10-31"
    assert list(law["inflation"]["franc"]["centre"]) == ["2008", "2009"]
    other = tomllib.loads(sim("calibrate", base, "--currencies", "GBP").out)
    assert list(other["rates"]) == ["chf_per_gbp"]


def test_years_of_the_inflation(sim: Any) -> None:
    """--years says which years have a centre."""
    said = sim(*MAY, "--currencies", "USD", "--inflation", "f=CHF", "--years", "2010-2012")
    assert list(tomllib.loads(said.out)["inflation"]["f"]["centre"]) == ["2010", "2011", "2012"]


def test_a_history_of_your_own(sim: Any) -> None:
    """A two-column file with one pair; what is missing for a view is said."""
    rows = "".join(
        f"{2000 + i // 12}-{i % 12 + 1:02d},{1.5 + 0.01 * (i % 7)}\n" for i in range(100)
    )
    Path("own.csv").write_text("month,rate\n" + rows)
    said = sim(
        "calibrate", "--known-on", "2008-04-30", "--home", "ABC", "--currencies", "XYZ",
        "--history", "own.csv",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert "no view of abc_per_xyz" in said.out
    assert "starts estimated from monthly averages" in said.out
    assert "rates of own.csv, to 2008-04-30" in said.out
    old = sim(
        "calibrate", "--known-on", "2010-04-30", "--home", "ABC", "--currencies", "XYZ",
        "--history", "own.csv",
    )  # fmt: skip
    assert "warning: abc_per_xyz: a rate of at most 45 days before" in old.err


WRONG = {
    "no date": (("calibrate", "--home", "CHF", "--currencies", "USD"), "--known-on"),
    "a date that is none": (
        ("calibrate", "--known-on", "31.5.2007", "--currencies", "USD"),
        "a date such as",
    ),
    "no currencies": ((*MAY,), "--currencies: currencies are wanted"),
    "no home": (("calibrate", "--known-on", "2007-05-31", "--currencies", "USD"), "add --home"),
    "two homes": ((*MAY[:-1], "CHF,EUR", "--currencies", "USD"), "one currency code"),
    "home among them": ((*MAY, "--currencies", "CHF,USD"), "foreign currencies are wanted"),
    "no code": ((*MAY, "--currencies", "dollar"), "currency codes such as USD,EUR"),
    "an unknown currency": ((*MAY, "--currencies", "QQQ"), "chf_per_qqq"),
    "an unknown law": ((*MAY, "--currencies", "USD", "--law", "blend"), "did you mean 'blended'"),
    "years without inflation": ((*MAY, "--currencies", "USD", "--years", "2008"), "--inflation"),
    "years that are none": (
        (*MAY, "--currencies", "USD", "--inflation", "f=CHF", "--years", "08"),
        "years such as",
    ),
    "inflation without a name": ((*MAY, "--currencies", "USD", "--inflation", "CHF"), "NAME=CODE"),
    "inflation of nowhere": ((*MAY, "--currencies", "USD", "--inflation", "f=QQQ"), "QQQ"),
    "a folder that is not there": (
        (*MAY, "--currencies", "USD", "--out", "no/law.toml"),
        "a folder that exists",
    ),
    "an existing file": ((*MAY, "--currencies", "USD", "--out", "there.toml"), "--force"),
    "its own input": (
        (*MAY, "--currencies", "USD", "--rates", "rates.csv", "--out", "rates.csv", "--force"),
        "a file other than the one that is read",
    ),
    "no such scenario": (("calibrate", "nothing.toml"), "nothing.toml"),
    "no such history": ((*MAY, "--currencies", "USD", "--history", "no.csv"), "no.csv"),
    "too early": (
        ("calibrate", "--known-on", "1990-05-31", "--home", "CHF", "--currencies", "USD"),
        "known on 1990-05-31",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_option_is_told_and_touches_nothing(sim: Any, case: str) -> None:
    """Exit code 2, the key and the remedy on stderr, nothing on stdout, nothing on disk."""
    Path("there.toml").write_text("old")
    Path("rates.csv").write_text("month,chf_per_usd\n2007-03,1.21\n2007-04,1.22\n")
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    arguments, wanted = WRONG[case]
    said = sim(*arguments)
    assert said.code == 2, said.err
    assert wanted in said.err
    assert said.out == ""
    assert "bug" not in said.err
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


MALFORMED = {
    "a gap": ("month,chf_per_usd\n2007-01,1.2\n2007-02,1.21\n2007-04,1.22\n", ":4"),
    "a duplicate": ("month,chf_per_usd\n2007-01,1.2\n2007-01,1.2\n2007-02,1.2\n", ":3"),
    "a swapped direction": (
        "month,chf_per_usd\n2007-01,1.25\n2007-02,1.24\n2007-03,0.8\n2007-04,1.24\n", ":4",
    ),
    "a zero": ("month,chf_per_usd\n2007-01,1.2\n2007-02,0\n2007-03,1.2\n", ":3"),
    "a future date": ("month,chf_per_usd\n2098-01,1.2\n2098-02,1.2\n", ":2"),
    "five times its history": (
        "month,chf_per_usd\n2007-01,1.2\n2007-02,1.2\n2007-03,6.1\n2007-04,1.2\n", ":4",
    ),
    "decimal commas": ("month,chf_per_usd\n2007-01,1,2\n2007-02,1,3\n", ":2"),
}  # fmt: skip


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_history_is_told_with_file_line_and_remedy(sim: Any, case: str) -> None:
    """Whatever is wrong with a CSV ends with exit code 2 at its line."""
    text, line = MALFORMED[case]
    Path("own.csv").write_text(text)
    said = sim(*MAY, "--currencies", "USD", "--history", "own.csv", "--out", "law.toml")
    assert said.code == 2
    assert f"own.csv{line}: " in said.err
    assert "→" in said.err
    assert not Path("law.toml").exists()


@pytest.mark.parametrize("case", ["line ends", "BOM"])
def test_line_ends_and_a_mark_are_understood_or_told(sim: Any, case: str) -> None:
    """Mixed line ends and a byte order mark change nothing, or are told; never a wrong number."""
    rows = "".join(
        f"{1998 + i // 12}-{i % 12 + 1:02d},{1.2 + 0.01 * (i % 7)}\n" for i in range(112)
    )
    text = "month,chf_per_usd\n" + rows
    Path("plain.csv").write_bytes(text.encode())
    changed = "\ufeff" + text if case == "BOM" else text.replace("\n", "\r\n", 40)
    Path("own.csv").write_bytes(changed.encode())
    plain, said = (
        sim(*MAY, "--currencies", "USD", "--history", name) for name in ("plain.csv", "own.csv")
    )
    if said.code == 0:
        assert (
            tomllib.loads(said.out)["exchange"]["volatility"]["chf_per_usd"]["value"]
            == (tomllib.loads(plain.out)["exchange"]["volatility"]["chf_per_usd"]["value"])
        )
    else:
        assert said.code == 2
        assert "own.csv" in said.err


def test_without_the_package_the_environment_is_named(
    sim: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 3, what to install, and what to give instead; a history of one's own will do."""
    monkeypatch.setattr(daily_rates, "find_spec", lambda _: None)
    said = sim(*MAY, "--currencies", "USD", "--out", "law.toml")
    assert said.code == 3
    assert "install the extra `fx`" in said.err
    assert not Path("law.toml").exists()
    rows = "".join(
        f"{1998 + i // 12}-{i % 12 + 1:02d},{1.2 + 0.01 * (i % 7)}\n" for i in range(113)
    )
    Path("own.csv").write_text("month,chf_per_usd\n" + rows)
    assert sim(*MAY, "--currencies", "USD", "--history", "own.csv").code == 0
