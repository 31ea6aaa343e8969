"""`sim backtest`: tables, files, and every wrong option."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from simulator.history import daily_rates

SMALL = ("backtest", "--from", "2003-05", "--to", "2004-11", "--home", "CHF", "--draws", "64")
BOTH = (*SMALL, "--pairs", "USD,EUR")


def test_the_table(sim: Any) -> None:
    """Laws by target, over all rates and for the basket, with the perfect forecaster's band."""
    said = sim(*BOTH)
    assert said.code == 0
    for text in (
        "Walk-forward of 4 origins, 2003-05-31 to 2004-11-30; CHF for one USD, EUR; 64 draws",
        "biennium, the basket of all rates", "perfect forecaster", "blended, independent",
        "random_walk", "rests on: European Central Bank",
    ):  # fmt: skip
        assert text in said.out
    assert "chf_per_usd" not in said.out
    assert "year, chf_per_usd" in sim(*BOTH, "--each").out


def test_rates_may_be_named_by_pair(sim: Any) -> None:
    """`chf_per_usd` says the home currency too; a day stands for its month."""
    one = sim(
        "backtest", "--from", "2003-05-31", "--to", "2004", "--pairs", "chf_per_usd,chf_per_eur",
        "--draws", "64",
    )  # fmt: skip
    assert one.out == sim(*BOTH[:4], "2004-12", *BOTH[5:]).out


def test_a_program_may_read_it(sim: Any) -> None:
    """--json has every score, each rate's too, and the bands, whatever the table shows."""
    document = json.loads(sim(*BOTH, "--json").out)
    assert {score["pair"] for score in document["scores"]} == {
        "all", "basket", "chf_per_usd", "chf_per_eur",
    }  # fmt: skip
    assert document["origins"] == ["2003-05-31", "2003-11-30", "2004-05-31", "2004-11-30"]
    assert len(document["perfect"]) == 4
    assert json.loads(sim(*BOTH, "--json", "--threads", "2").out) == document


def test_cases_and_draws_in_files(sim: Any) -> None:
    """--out has a row a case, --draws-out a row a draw; both are told on stderr."""
    said = sim(*BOTH, "--out", "cases.parquet", "--draws-out", "draws.csv")
    assert said.code == 0
    assert "cases.parquet: written" in said.err
    assert "draws.csv: written" in said.err
    assert pq.read_table("cases.parquet").num_rows == 4 * 2 * 2 * (2 + 2)
    lines = Path("draws.csv").read_text().splitlines()
    assert lines[0] == "origin,draw,month,rate,pair"
    assert len(lines) == 1 + 2 * 64 * 2 * ((7 + 24) + (1 + 24))
    assert sim(*BOTH, "--out", "cases.parquet").code == 2
    assert sim(*BOTH, "--out", "cases.parquet", "--force").code == 0


def test_inflation_alone(sim: Any) -> None:
    """A table a country, without rates; as JSON too."""
    said = sim("backtest", "--inflation", "CHF,usd", "--from", "1985", "--to", "2007")
    assert said.code == 0
    assert "Inflation of CHF: forecasts made in the years 1985 to 2007" in said.out
    for text in ("Inflation of USD", "3 years ahead", "rule", "ar1", "walk", "World Bank"):
        assert text in said.out
    document = json.loads(
        sim("backtest", "--inflation", "CHF", "--from", "1985-01", "--to", "2007-12", "--json").out
    )
    (one,) = document["inflation"]
    assert (one["from"], one["to"], len(one["scores"])) == (1985, 2007, 9)
    assert list(document) == ["inflation"]


def test_rates_and_inflation_together(sim: Any) -> None:
    """Both tables, and both parts of the JSON."""
    said = sim(*BOTH, "--inflation", "CHF")
    assert said.out.index("Walk-forward") < said.out.index("Inflation of CHF")
    document = json.loads(sim(*BOTH, "--inflation", "CHF", "--json").out)
    assert {"scores", "inflation"} <= set(document)


def test_inflation_of_your_own(sim: Any) -> None:
    """A file with --prices takes precedence; it is what the table rests on."""
    rows = "".join(f"{1960 + i},XYZ,{2 + i % 5}\n" for i in range(50))
    Path("prices.csv").write_text("year,currency,inflation_pct\n" + rows)
    said = sim(
        "backtest", "--inflation", "XYZ", "--from", "1985", "--to", "2007",
        "--prices", "prices.csv",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert "rests on: inflation of prices.csv" in said.out


def test_several_pairs_in_one_history(sim: Any) -> None:
    """A file names its pairs in a column or in its headings."""
    import math

    rows = ["month,abc_per_xyz,abc_per_klm"] + [
        f"{1990 + i // 12}-{i % 12 + 1:02d},{math.exp(0.1 * math.sin(i)):.5f},"
        f"{math.exp(0.1 * math.cos(2 * i)):.5f}"
        for i in range(300)
    ]
    Path("own.csv").write_text("\n".join(rows) + "\n")
    said = sim(*SMALL[:5], "--draws", "64", "--pairs", "abc_per_xyz,abc_per_klm", "--history",
               "own.csv", "--each")  # fmt: skip
    assert said.code == 0, said.err
    assert "year, abc_per_klm" in said.out
    assert "no view of abc_per_xyz, abc_per_klm" in said.out
    assert "starts estimated" in said.out


WRONG = {
    "nothing to do": ((*SMALL,), "--pairs USD,EUR or --inflation EUR"),
    "an unknown law": ((*BOTH, "--laws", "blended,garch"), "--laws: a law"),
    "a close law": ((*BOTH, "--laws", "blendid"), "did you mean 'blended'"),
    "an unknown target": ((*BOTH, "--targets", "decade"), "--targets: a target is wanted"),
    "an unknown currency": ((*SMALL, "--pairs", "USD,QQQ"), "chf_per_qqq: a rate that some"),
    "no currency at all": ((*SMALL, "--pairs", "dollar"), "currencies such as USD"),
    "two homes": ((*SMALL, "--pairs", "eur_per_usd,CAD"), "rates stated in one currency"),
    "home among them": ((*SMALL, "--pairs", "CHF"), "foreign currencies are wanted"),
    "from after to": (
        ("backtest", "--from", "2005-05", "--to", "2004-05", "--home", "CHF", "--pairs", "USD"),
        "--from before --to",
    ),
    "no month": (("backtest", "--from", "May", "--to", "2004-05", "--pairs", "USD"), "a month"),
    "a 13th month": (
        ("backtest", "--from", "2003-13", "--to", "2004", "--pairs", "USD"), "2003-13",
    ),
    "no day": (("backtest", "--from", "2003-02-31", "--to", "2004", "--pairs", "USD"), "02-31"),
    "every 0m": ((*BOTH, "--every", "0m"), "months such as 6m"),
    "every week": ((*BOTH, "--every", "1w"), "months such as 6m"),
    "draws 0": ((*BOTH, "--draws", "0"), "--draws: draws from 8"),
    "too many draws": ((*BOTH, "--draws", "2_000_000"), "--draws: draws from 8"),
    "a negative seed": ((*BOTH, "--seed", "-1"), "--seed: a seed from 0"),
    "no threads": ((*BOTH, "--threads", "0"), "--threads"),
    "too many origins": (
        ("backtest", "--from", "1800", "--to", "2000", "--every", "1m", "--home", "CHF",
         "--pairs", "USD"), "at most 2000 origins",
    ),
    "too early": (
        ("backtest", "--from", "1980", "--to", "1985", "--home", "CHF", "--pairs", "USD",
         "--out", "new.csv", "--draws-out", "new2.csv"), "at least one origin",
    ),
    "another ending": ((*BOTH, "--out", "cases.xlsx"), "--out: a file name that ends in"),
    "draws in another ending": ((*BOTH, "--draws-out", "draws"), "--draws-out: a file name"),
    "an existing file": ((*BOTH, "--out", "there.csv"), "this file exists"),
    "existing draws": ((*BOTH, "--draws-out", "there.csv"), "this file exists"),
    "one file for both": (
        (*BOTH, "--out", "one.csv", "--draws-out", "./one.csv"), "two different files",
    ),
    "its own input": (
        (*BOTH, "--history", "there.csv", "--draws-out", "there.csv", "--force"),
        "a file other than the one that is read",
    ),
    "no folder": ((*BOTH, "--draws-out", "no/draws.csv"), "a folder that exists"),
    "a history that is not there": ((*BOTH, "--history", "no.csv"), "no.csv"),
    "a malformed history": ((*BOTH, "--history", "there.csv"), "there.csv:1"),
    "inflation of nowhere": (
        ("backtest", "--from", "1985", "--to", "2000", "--inflation", "QQQ"), "QQQ: inflation",
    ),
    "inflation too early": (
        ("backtest", "--from", "1962", "--to", "2000", "--inflation", "CHF"),
        "inflation of CHF: at least 20 known years",
    ),
    "inflation with options of rates": (
        ("backtest", "--from", "1985", "--to", "2000", "--inflation", "CHF", "--draws-out", "d.csv",
         "--history", "h.csv", "--each"), "--draws-out: this is for rates",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_option_is_told_and_touches_nothing(sim: Any, case: str) -> None:
    """Exit code 2, the key and the remedy on stderr, nothing on stdout, nothing on disk."""
    Path("there.csv").write_text("old")
    arguments, wanted = WRONG[case]
    said = sim(*arguments)
    assert said.code == 2, said.err
    assert wanted in said.err
    assert said.out == ""
    assert "bug" not in said.err
    assert [(path.name, path.read_text()) for path in Path().iterdir()] == [("there.csv", "old")]


def test_problems_come_together(sim: Any) -> None:
    """Law, target, draws and seed in one answer."""
    said = sim(*BOTH[:-4], "--pairs", "USD", "--laws", "x", "--targets", "y", "--draws", "1",
               "--seed", "-4")  # fmt: skip
    assert "4 problems" in said.err


def test_without_the_package_the_environment_is_named(
    sim: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 3 and what to install; inflation needs no rates."""
    monkeypatch.setattr(daily_rates, "find_spec", lambda _: None)
    said = sim(*BOTH, "--draws-out", "draws.csv")
    assert said.code == 3
    assert "install the extra `fx`" in said.err
    assert list(Path().iterdir()) == []
    assert sim("backtest", "--from", "1985", "--to", "2000", "--inflation", "CHF").code == 0
