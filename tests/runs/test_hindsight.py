"""What really happened, placed in the fan of a result."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from simulator.cli import main
from simulator.errors import InputError
from simulator.runs.hindsight import hindsight
from simulator.runs.run import write_run
from simulator.scenario.actuals import read_actuals
from simulator.scenario.read import read_scenario
from simulator.store.result import Run

ROOT = Path(__file__).parents[2]
ACTUALS = ROOT / "scenarios" / "itc" / "actuals.toml"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Base with its own draws: what the percentiles below are of."""
    folder = tmp_path_factory.mktemp("hindsight") / "base"
    return write_run(read_scenario(ROOT / "scenarios" / "base.toml"), folder).open()


def _file(folder: Path, text: str) -> Path:
    path = folder / "actuals.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_figure_of_the_document_lies_where_the_draws_say(run: Run) -> None:
    """Percentiles are those of the stored draws, counted one by one."""
    for placed in hindsight(run, ACTUALS):
        actual = placed.actual
        stage = f"@{actual.stage}" if actual.stage else ""
        values = run.column(actual.output + stage, actual.period)
        if actual.per is not None:
            values = values / run.column(actual.per, actual.period)
        below = (values < float(actual.value)).sum() / len(values)
        assert placed.percentile == pytest.approx(below, abs=1 / len(values))
        assert placed.median == float(np.median(values))


def test_the_rates_that_came_lie_inside_the_bands(run: Run) -> None:
    """1.0832 and 1.0865 inside the 80 % band, inflation of both years too."""
    inside = {
        (placed.actual.output, placed.actual.period): placed.inside
        for placed in hindsight(run, ACTUALS)
    }
    for key in (("rate.chf_per_usd", "2008"), ("rate.chf_per_usd", "2009"),
                ("inflation.swiss", "2008"), ("inflation.swiss", "2009")):  # fmt: skip
        assert inside[key] is not None
        assert inside[key] <= 0.8
    # a decision of the parents, which no band contains
    assert inside["contribution_chf.WTO", "2009"] is None


def test_every_actual_has_a_source() -> None:
    """None is invented: each says where it was read."""
    assert all(actual.source for actual in read_actuals(ACTUALS).actual)


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ('output = "rate.chf_per_us"\nperiod = "2008"\nvalue = 1', "output", "did you mean"),
        ('output = "net_chf"\nperiod = "2007"\nvalue = 1', "period", "known: 2008, 2009"),
        ('output = "net_chf"\nperiod = "2008"\nstage = "initial"\nvalue = 1', "stage", "known:"),
        ('output = "net_chf"\nperiod = "2008"\nvalue = 1\nper = "x"', "per", ""),
        ('output = "net_chf"\nperiod = "2008"', "value", ""),
        ('output = "net_chf"\nperiod = "2008"\nvalue = 1\nvalu = 2', "valu", "unknown key"),
    ],
)
def test_a_wrong_figure_is_named(run: Run, tmp_path: Path, text: str, key: str, words: str) -> None:
    """File, key and what was wanted; exit code 2."""
    path = _file(tmp_path, f"[[actual]]\n{text}\n")
    with pytest.raises(InputError) as caught:
        hindsight(run, path)
    (problem,) = caught.value.problems
    assert problem.file == str(path)
    assert problem.key.endswith(f"actual[1].{key}")
    assert words in str(problem)


def test_the_command_shows_and_prints(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """A table with sentences, or one JSON object."""
    arguments = ["hindsight", str(run.folder), "--actuals", str(ACTUALS)]
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert "of the draws lie below it" in shown
    assert main([*arguments, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert len(document["rows"]) == 8
