"""`sim sweep` from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

START = "rates.eur_per_usd.start=0.8:1.0:0.1"


def test_the_screen_and_the_file(sim: Any, small_file: str) -> None:
    """A shaded list on stdout, the rows of the table on stderr."""
    said = sim("sweep", small_file, "--over", START, "--out", "grid.csv")
    assert said.code == 0
    assert "mean(contribution_usd.A), 2031-2032, thousand USD: 3 points" in said.out
    assert "lowest:" in said.out
    lines = Path("grid.csv").read_text().splitlines()
    assert lines[0] == (
        "point,rates.eur_per_usd.start,output,period,stage,unit,statistic,value,standard_error"
    )
    assert f"grid.csv: {len(lines) - 1} rows" in said.err
    assert not Path("grid.csv.partial").exists()


def test_one_json_object(sim: Any, small_file: str) -> None:
    """Axes, what is shown, and a value with its error at each point."""
    policies = "parents.A.policy=recosted,budget_rate"
    said = sim("sweep", small_file, "--over", START, "--over", policies,
               "--show", "p90(contribution_usd.A, 2032)", "--draws", "256", "--json")  # fmt: skip
    found = json.loads(said.out)
    assert found["axes"][0] == {"key": "rates.eur_per_usd.start", "values": ["0.8", "0.9", "1.0"]}
    assert found["shown"] == {
        "statistic": "p90", "output": "contribution_usd.A", "period": "2032", "unit": "USD",
    }  # fmt: skip
    assert found["draws"] == 256
    assert len(found["points"]) == 6
    assert found["points"][1]["values"] == ["0.8", "budget_rate"]
    fixed = {p["value"] for p in found["points"] if p["values"][1] == "budget_rate"}
    assert len(fixed) == 1  # under a fixed rate the start moves nothing


def test_a_higher_rate_asks_for_fewer_dollars(sim: Any, small_file: str) -> None:
    """Under `recosted` a share that is fixed in the budget's currency is divided by the rate."""
    said = sim("sweep", small_file, "--over", START, "--json")
    values = [point["value"] for point in json.loads(said.out)["points"]]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--over", "rates.eur_per_use.start=1"], "did you mean 'rates.eur_per_usd.start'?"),
        (["--over", "rates.eur_per_usd.start=-1,0.9"], "a number above zero is wanted"),
        (["--over", START, "--out", "grid.xlsx"], "ends in .parquet or .csv"),
        (["--over", START, "--out", "none/grid.csv"], "a folder that exists is wanted"),
        (["--over", START, "--threads", "0"], "--threads"),
        (["--over", START, "--draws", "1"], "at least as many draws as replicates"),
        ([], "--over"),
    ],
)
def test_wrong_use_ends_in_words(
    sim: Any, small_file: str, arguments: list[str], words: str
) -> None:
    """Exit code 2, nothing on stdout, no file."""
    said = sim("sweep", small_file, *arguments)
    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert "Traceback" not in said.err
    assert sorted(path.name for path in Path().iterdir()) == ["small.toml"]


def test_quiet_says_only_what_is_wrong(sim: Any, small_file: str) -> None:
    """The file is the answer."""
    said = sim("sweep", small_file, "--over", START, "--out", "grid.parquet", "--quiet")
    assert (said.code, said.out, said.err) == (0, "", "")
    assert Path("grid.parquet").exists()


def test_the_table_stands_in_the_ledger(sim: Any, small_file: str) -> None:
    """A sweep's table is a file that was made: the ledger says from what, and proves it later."""
    asked = "--draws 16 --over inflows.psc_rate=0.1,0.2"
    assert sim("sweep", small_file, *asked.split(), "--out", "grid.csv", "--quiet").code == 0
    assert sim("sweep", small_file, *asked.split(), "--quiet").code == 0
    listed = sim("runs", "--files", "--json")
    (line,) = map(json.loads, listed.out.splitlines())
    assert (line["command"], line["file"], len(line["runs"][0])) == ("sweep", "grid.csv", 64)
    assert sim("verify", "grid.csv").code == 0
    Path("grid.csv").write_bytes(Path("grid.csv").read_bytes().replace(b"1", b"2", 1))
    assert sim("verify", "grid.csv").code == 1
