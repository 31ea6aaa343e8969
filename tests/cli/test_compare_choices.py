"""`sim compare`: chosen outputs, forward rates by year, and workbooks."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from simulator.scenario.fingerprint import to_toml
from simulator.scenario.model import Scenario

Varied = Callable[..., Scenario]


@pytest.fixture
def files(tmp_path: Path, varied: Varied) -> tuple[str, str]:
    """The small budget as a.toml, and one that extends it with three changes as b.toml."""
    (tmp_path / "a.toml").write_text(to_toml(varied(name="a")), encoding="utf-8")
    (tmp_path / "b.toml").write_text(
        'extends = "a.toml"\nname = "b"\ntitle = "=Dearer"\n'
        "rates.eur_per_usd.start = 0.85\n"
        "categories.professional.vacancy = 0.09\n"
        'pledges = [{ name = "one", amount = 900 }]\n',
        encoding="utf-8",
    )
    return "a.toml", "b.toml"


def document(sim: Any, *arguments: str) -> dict[str, Any]:
    """What `sim compare --json` says."""
    said = sim("compare", *arguments, "--json")
    assert said.code == 0, said.err
    return dict(json.loads(said.out))


def test_chosen_outputs_are_compared_and_shared(sim: Any, files: tuple[str, str]) -> None:
    """Only these, in every period and stage; amounts are shared among drivers, rates are not."""
    chosen = ("xb_receipts_usd", "rate.eur_per_usd")
    (found,) = document(sim, *files, "--output", ",".join(chosen))["comparisons"]
    assert {row["output"] for row in found["outputs"]} == set(chosen)
    assert {row["output"] for row in found["attribution"]} == {"xb_receipts_usd"}
    (all_of_it,) = document(sim, *files)["comparisons"]
    cells = [row for row in all_of_it["outputs"] if row["output"] in chosen]
    assert found["outputs"] == cells
    for row in found["attribution"]:
        shares = {share["driver"]: share["value"] for share in row["shares"]}
        assert shares["inflows"] == pytest.approx(row["change"], rel=1e-9)
    said = sim("compare", *files, "--output", "rate.eur_per_usd")
    assert said.code == 0
    assert "Asked for" in said.out
    assert "EUR/USD" in said.out
    assert "no output that was asked for is an amount" in " ".join(said.out.split())


def test_an_unknown_output_is_refused_with_the_nearest(sim: Any, files: tuple[str, str]) -> None:
    """Exit code 2, for every result that lacks it."""
    assert sim("run", *files, "--quiet").code == 0
    said = sim("compare", "a", "b", "--output", "contribution_usd.Q")
    assert said.code == 2
    assert "results/a: --output: an output of this result is wanted" in said.err
    assert "did you mean 'contribution_usd.A'?" in said.err
    assert "2 problems" in said.err


def test_shares_of_a_table_add_up(sim: Any, files: tuple[str, str]) -> None:
    """Rows of a CSV: whole shares of an output sum to the change of the rounded means."""
    assert sim("compare", *files, "--out", "c.csv").code == 0
    with Path("c.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["statistic"] == "mean"]
    sums: dict[tuple[str, str, str], float] = {}
    for row in rows:
        key = (row["output"], row["period"], row["stage"])
        if row["part"] == "share":
            sums[key] = sums.get(key, 0) + float(row["whole"])
    means = {(r["part"], r["output"], r["period"], r["stage"]): float(r["value"]) for r in rows}
    assert len(sums) == 9
    for key, total in sums.items():
        assert total == round(means["after", *key]) - round(means["before", *key])


def test_forward_rates_by_year(sim: Any, files: tuple[str, str]) -> None:
    """A rate for each year; one that is missing, of another year or upside down is refused."""
    found = document(sim, files[0], "--policies", "--forward", "2031=0.9,2032=0.88")
    at = {"cover": 1.0, "rates": {"2031": 0.9, "2032": 0.88}, "declared": False}
    assert found["forward"] == {"A": at}
    rows = {(r["policy"], r["what"], r["period"]): r["statistics"] for r in found["rows"]}
    for year, rate in at["rates"].items():
        owed = rows["forward", "contribution", year]
        assessed = rows["own_currency", "assessed", year]
        for name in ("mean", "p5", "p95"):
            assert owed[name] == pytest.approx(assessed[name] / rate, rel=1e-12)
    for rates, words in (
        ("2031=0.9", "2032 has none"),
        ("2030=0.9,2032=1", "2031=RATE,2032=RATE is wanted"),
        ("0", "a rate above zero"),
        ("0.2", "--forward: "),
    ):
        said = sim("compare", files[0], "--policies", "--forward", rates)
        assert (said.code, words in said.err) == (2, True), said.err
    said = sim("compare", files[0], "--policies", "--cover", "0.5")
    assert (said.code, "would not be used" in said.err) == (2, True)


def test_a_declared_forward_is_the_row(sim: Any, tmp_path: Path, varied: Varied) -> None:
    """Where the scenario has a forward of its own, none has to be given."""
    policy = {"kind": "forward", "cover": 0.6, "rates": {"2031": 0.91, "2032": 0.9}}
    scenario = varied(**{"parents.A.policy": policy})
    (tmp_path / "f.toml").write_text(to_toml(scenario), encoding="utf-8")
    said = sim("compare", "f.toml", "--policies")
    assert said.code == 0
    words = "forward, A: 60 % covered at 0.9100 in 2031, 0.9000 in 2032, as the scenario declares"
    assert words in " ".join(said.out.split())


def test_a_workbook_holds_what_the_document_holds(sim: Any, files: tuple[str, str]) -> None:
    """Inputs, outputs and drivers; levels are formulas that add up to the last unit."""
    assert sim("compare", *files, "--at", "p95", "--out", "c.xlsx").code == 0
    (found,) = document(sim, *files, "--at", "p95")["comparisons"]
    book = CalamineWorkbook.from_path("c.xlsx")
    assert book.sheet_names == ["About", "Inputs", "Outputs", "Drivers", "Waterfalls"]
    about = [row[0] for row in book.get_sheet_by_name("About").to_python()]
    assert "b: =Dearer (results/b)" in about  # a text, no formula
    assert any("Differences are b − a" in line for line in about)
    heads, *rows = book.get_sheet_by_name("Outputs").to_python()
    assert len(rows) == len(found["outputs"])
    for row, cell in zip(rows, found["outputs"], strict=True):
        named = dict(zip(heads, row, strict=True))
        assert named["output"] == cell["output"]
        assert named["difference mean"] == pytest.approx(cell["difference"]["mean"], rel=1e-14)
        assert named["a p95"] == pytest.approx(cell["before"]["p95"], rel=1e-14)
    heads, *rows = book.get_sheet_by_name("Drivers").to_python()
    steps = [dict(zip(heads, row, strict=True)) for row in rows]
    starts = [i for i, step in enumerate(steps) if step["step"] == "a"]
    for first, one in zip(starts, found["attribution"], strict=True):
        block = steps[first : first + len(one["shares"]) + 2]
        level = block[0]["level"]
        for step in block[1:]:
            level += step["change"]
            assert step["level"] == level
        assert (block[0]["level"], level) == (round(one["before"]), round(one["after"]))


def test_a_workbook_of_policies(sim: Any, files: tuple[str, str]) -> None:
    """Every row of the document; the same document makes the same bytes."""
    for name in ("one.xlsx", "two.xlsx"):
        assert sim("compare", files[0], "--policies", "--out", name).code == 0
    found = document(sim, files[0], "--policies")
    _, *rows = CalamineWorkbook.from_path("one.xlsx").get_sheet_by_name("Policies").to_python()
    assert len(rows) == len(found["rows"])
    assert rows[0][5] == found["rows"][0]["statistics"]["mean"]
    assert Path("one.xlsx").read_bytes() == Path("two.xlsx").read_bytes()
