"""A sweep is a run at every point, on the same draws; stopped, it goes on where it was."""

from __future__ import annotations

import csv
import io
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from simulator.analysis.statistics import summarise
from simulator.engine import simulate
from simulator.errors import InputError, Interrupted
from simulator.runs.grid import parse_axis
from simulator.runs.options import RunOptions, Silent
from simulator.runs.sweep import SweepAsk, partial_of, sweep
from simulator.runs.sweep_points import Points, Shown, parse_shown
from simulator.runs.thresholds import proposed_of, thresholds_of
from simulator.scenario.fingerprint import to_toml
from simulator.scenario.model import Scenario

Varied = Callable[..., Scenario]
START, PSC = "rates.eur_per_usd.start=0.8,0.9,1.0", "inflows.psc_rate=0.1,0.2"


@pytest.fixture
def ask(tmp_path: Path, small: Scenario) -> SweepAsk:
    """The small budget over three starts and two rates of programme support, in one thread."""
    path = tmp_path / "small.toml"
    path.write_text(to_toml(small), encoding="utf-8")
    axes = (parse_axis(START), parse_axis(PSC))
    return SweepAsk(str(path), axes, RunOptions(threads=1), ("*",), None, tmp_path / "grid.csv")


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV table."""
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_a_point_is_what_a_run_of_it_would_be(ask: SweepAsk, varied: Varied) -> None:
    """Every output, period, stage and statistic, bit for bit, from the engine by another way."""
    found = sweep(ask, Silent())
    assert ask.out is not None
    rows = rows_of(ask.out)
    assert found.rows == len(rows)
    assert {row["point"] for row in rows} == {"1", "2", "3", "4", "5", "6"}
    point = varied(
        **{"rates.eur_per_usd.start": Decimal("0.9"), "inflows.psc_rate": Decimal("0.2")}
    )
    outcome = simulate(point)
    thresholds = thresholds_of(point, tuple(proposed_of(point)))
    wanted = {
        (column.output, period, column.stage, s.name): (s.value, s.standard_error)
        for column in outcome.columns
        for period in outcome.periods
        for s in summarise(
            np.ascontiguousarray(outcome.get(column.name, period)),
            4,
            thresholds.get((column.output, period), {}),
        )
    }
    its = [row for row in rows if row["point"] == "4" and row["stage"] != "proposed"]
    assert {(row["rates.eur_per_usd.start"], row["inflows.psc_rate"]) for row in its} == {
        ("0.9", "0.2")
    }
    assert len(its) == len(wanted)
    for row in its:
        value, error = wanted[row["output"], row["period"], row["stage"], row["statistic"]]
        assert float(row["value"]) == value
        assert row["standard_error"] == ("" if np.isnan(error) else repr(error))


def test_points_share_their_draws(ask: SweepAsk) -> None:
    """What a key does not touch is the same at all its values, to the last bit."""
    sweep(ask, Silent())
    assert ask.out is not None
    rows = rows_of(ask.out)

    def column(output: str) -> dict[tuple[str, str], set[str]]:
        found: dict[tuple[str, str], set[str]] = {}
        for row in rows:
            if row["output"] == output and row["statistic"] == "p95":
                key = row["rates.eur_per_usd.start"], row["period"] + row["stage"]
                found.setdefault(key, set()).add(row["value"])
        return found

    assert all(len(values) == 1 for values in column("contribution_usd.A").values())
    assert all(len(values) == 2 for values in column("psc_income_eur").values())


def test_parquet_and_csv_say_the_same(ask: SweepAsk, tmp_path: Path) -> None:
    """Same rows, same numbers; swept numbers are numbers; the file says what it is of."""
    sweep(ask, Silent())
    out = tmp_path / "grid.parquet"
    sweep(replace(ask, out=out), Silent())
    table = pq.read_table(out)
    rows = rows_of(tmp_path / "grid.csv")
    assert table.num_rows == len(rows)
    assert table["value"].to_pylist() == [float(row["value"]) for row in rows]
    assert table["rates.eur_per_usd.start"].to_pylist()[-1] == 1.0
    assert table["statistic"].to_pylist() == [row["statistic"] for row in rows]
    about = table.schema.metadata[b"sim"].decode()
    assert '"kind":"sweep"' in about
    assert '"inflows.psc_rate":["0.1","0.2"]' in about


def test_threads_change_no_byte(ask: SweepAsk, tmp_path: Path) -> None:
    """Points are written in order whoever made them."""
    sweep(ask, Silent())
    other = replace(ask, out=tmp_path / "other.csv", options=RunOptions(threads=3))
    sweep(other, Silent())
    assert (tmp_path / "other.csv").read_bytes() == (tmp_path / "grid.csv").read_bytes()


class Stopping(Silent):
    """Presses Ctrl-C when so many draws are made."""

    def __init__(self, after: int) -> None:
        self.after = after

    def begin(self, phase: str, unit: str, total: int) -> None:
        """Counts anew in each phase."""
        self.counting = unit == "draws"

    def advance(self, n: int) -> None:
        """Some more are done."""
        if self.counting:
            self.after -= n
            if self.after <= 0:
                raise KeyboardInterrupt


@pytest.mark.parametrize("points", [1, 4])
def test_a_stopped_sweep_goes_on(
    ask: SweepAsk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, points: int
) -> None:
    """Points that are done are not made again, and the table is the same to the last byte."""
    assert ask.out is not None
    sweep(replace(ask, out=tmp_path / "whole.csv"), Silent())
    with pytest.raises(Interrupted, match=f"{points} points that are done are kept"):
        sweep(ask, Stopping(after=512 * points))
    assert not ask.out.exists()
    assert partial_of(ask.out).exists()
    made: list[Any] = []
    whole = Points.make
    monkeypatch.setattr(
        Points, "make", lambda self, point: (made.append(point), whole(self, point))[1]
    )
    found = sweep(ask, Silent())
    assert (found.resumed, len(made)) == (points, 6 - points)
    assert ask.out.read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert not partial_of(ask.out).exists()
    assert len(found.values) == 6


KILLED = """
import os, signal, sys
from simulator.cli import main
from simulator.store import kept

append = kept.Kept.append

def then_die(self, value):
    append(self, value)
    if self.count == 2:
        os.kill(os.getpid(), signal.SIGKILL)

kept.Kept.append = then_die
main(sys.argv[1:])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal there")
def test_a_killed_process_leaves_what_it_did(ask: SweepAsk, tmp_path: Path) -> None:
    """SIGKILL after two of six points: the lock is gone, both points are kept, the rest is made."""
    assert ask.out is not None
    words = ["sweep", ask.file, "--over", START, "--over", PSC, "--outputs", "*", "--out"]
    command = [sys.executable, "-c", KILLED, *words, str(ask.out), "--threads", "1"]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    assert not ask.out.exists()
    assert sweep(ask, Silent()).resumed == 2
    sweep(replace(ask, out=tmp_path / "whole.csv"), Silent())
    assert ask.out.read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_a_write_torn_by_a_kill_is_made_again(ask: SweepAsk, tmp_path: Path) -> None:
    """Half a line at the end is cut off and its point simulated again."""
    assert ask.out is not None
    with pytest.raises(Interrupted):
        sweep(ask, Stopping(after=512 * 3))
    partial = partial_of(ask.out)
    partial.write_bytes(partial.read_bytes()[:-40])
    assert sweep(ask, Silent()).resumed == 2
    sweep(replace(ask, out=tmp_path / "whole.csv"), Silent())
    assert ask.out.read_bytes() == (tmp_path / "whole.csv").read_bytes()


@pytest.mark.parametrize(
    "other",
    [
        {"axes": (parse_axis(START),)},
        {"outputs": ("contribution_*",)},
        {"options": RunOptions(threads=1, draws=256)},
        {"options": RunOptions(threads=1, seed=9)},
        {"shown": Shown("mean", "net_eur")},
    ],
    ids=["axes", "outputs", "draws", "seed", "shown"],
)
def test_points_of_another_sweep_are_not_mixed_in(ask: SweepAsk, other: dict[str, Any]) -> None:
    """Anything that moves a number, or asks for others, makes it another sweep."""
    assert ask.out is not None
    with pytest.raises(Interrupted):
        sweep(ask, Stopping(after=512))
    if "shown" in other:  # with every output, another one shown asks for nothing more
        other = {**other, "outputs": ("contribution_*",)}
    with pytest.raises(InputError, match="not of this work"):
        sweep(replace(ask, **other), Silent())
    changed = replace(ask, **other)
    forced = replace(changed, options=replace(changed.options, force=True))
    assert sweep(forced, Silent()).resumed == 0


def test_a_finished_table_is_not_overwritten(ask: SweepAsk) -> None:
    """Unless that is asked for; nothing is simulated before that is known."""
    sweep(ask, Silent())
    with pytest.raises(InputError, match="not overwritten"):
        sweep(ask, Stopping(after=0))
    assert sweep(replace(ask, options=RunOptions(threads=1, force=True)), Silent()).rows > 0


def test_what_is_shown_is_in_the_table(ask: SweepAsk) -> None:
    """Unless told otherwise the mean of the first parent's contribution in its own currency."""
    found = sweep(replace(ask, outputs=()), Silent())
    assert str(found.shown) == "mean(contribution_usd.A)"
    assert ask.out is not None
    rows = [
        row
        for row in rows_of(ask.out)
        if (row["output"], row["statistic"], row["period"], row["stage"])
        == ("contribution_usd.A", "mean", "2031-2032", "second_performance")
    ]
    assert [float(row["value"]) for row in rows] == list(found.values)
    assert {row["output"].partition("_")[0] for row in rows_of(ask.out)} == {"contribution"}


def test_a_stage_can_be_shown(ask: SweepAsk) -> None:
    """`@initial` is the December before the period: the start is known, years are not."""
    shown = parse_shown("mean(contribution_usd.A@initial, 2031)")
    found = sweep(replace(ask, shown=shown, out=None, outputs=()), Silent())
    outcome = simulate(found.scenario)
    assert found.unit == "USD"
    assert found.values[0] > found.values[-1]
    assert "contribution_usd.A@initial" in list(outcome)


def test_an_output_that_some_points_lack(ask: SweepAsk) -> None:
    """What a policy leaves with the organization's parts is a column under `split` alone."""
    axes = (parse_axis("parents.A.policy=recosted,budget_rate"),)
    shown = parse_shown("sd(exchange_gain_eur.A)")
    found = sweep(replace(ask, axes=axes, shown=shown, out=None, outputs=()), Silent())
    assert found.values[0] == 0
    assert found.values[1] > 0


def test_a_budget_rate_moves_what_is_proposed(ask: SweepAsk) -> None:
    """The stage `proposed` follows the rate: the printed contribution over it, to the unit."""
    axes = (parse_axis("rates.eur_per_usd.budget=0.8,1.0"),)
    sweep(replace(ask, axes=axes), Silent())
    assert ask.out is not None
    proposed = [
        float(row["value"])
        for row in rows_of(ask.out)
        if (row["stage"], row["output"], row["period"])
        == ("proposed", "contribution_usd.A", "2031-2032")
    ]
    assert proposed[0] == round(proposed[1] / 0.8)


def test_an_impossible_correlation_is_refused_before_anything_runs(
    ask: SweepAsk, varied: Varied, tmp_path: Path
) -> None:
    """A matrix of two cannot hold 1.0 twice over; the point is named."""
    matrix = {"rates.eur_per_usd": {"inflation.euro": 0.2}}
    independent = {"correlation": {"matrix": matrix}}
    path = tmp_path / "tied.toml"
    path.write_text(to_toml(varied(**independent)), encoding="utf-8")
    key = 'correlation.matrix."rates.eur_per_usd"."inflation.euro"'
    axes = (parse_axis(f"{key}=0.5,1.5"),)
    with pytest.raises(InputError, match=r"= 1\.5"):
        sweep(replace(ask, file=str(path), axes=axes), Stopping(after=0))


WRONG = [
    ("p96(net_eur)", "a statistic is wanted", "p95"),
    ("net_eur", "a statistic of an output", "p95(contribution_xyz.A)"),
    ("mean()", "a statistic of an output", ""),
]


@pytest.mark.parametrize(("text", "words", "remedy"), WRONG)
def test_what_cannot_be_shown(text: str, words: str, remedy: str) -> None:
    """The statistic, or the way it is written."""
    with pytest.raises(InputError, match=words) as caught:
        parse_shown(text)
    assert remedy in caught.value.problems[0].remedy


@pytest.mark.parametrize(
    ("change", "words", "remedy"),
    [
        ({"shown": Shown("mean", "net_eurr")}, "name of an output", "net_eur"),
        ({"shown": Shown("mean", "net_eur", "2033")}, "period", "2031, 2032, 2031-2032"),
        ({"shown": Shown("exceeds:x", "contribution_usd.A")}, "threshold", "proposed"),
        ({"outputs": ("net_err",)}, "pattern", "net_eur"),
        ({"out": None}, "a table is wanted", "--out"),
    ],
)
def test_names_that_are_none(
    ask: SweepAsk, change: dict[str, Any], words: str, remedy: str
) -> None:
    """Refused with the nearest, before a draw is made."""
    with pytest.raises(InputError, match=words) as caught:
        sweep(replace(ask, **change), Stopping(after=0))
    assert remedy in caught.value.problems[0].remedy


def test_too_many_draws_for_the_memory(ask: SweepAsk) -> None:
    """All columns of a point are held at once; what cannot be held is refused in words."""
    options = RunOptions(threads=1, draws=2**24)
    with pytest.raises(InputError, match="draws are wanted for so many outputs"):
        sweep(replace(ask, options=options), Stopping(after=0))
