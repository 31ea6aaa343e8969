"""A run: the files it leaves, what stands in them, and when nothing need be made."""

from __future__ import annotations

import dataclasses
import datetime as dt
import doctest
import functools
import hashlib
import json
import math
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

import simulator
from simulator.analysis.statistics import summarise
from simulator.budget.published import publish
from simulator.engine import simulate
from simulator.errors import EnvironmentFault, InputError
from simulator.runs import run as run_module
from simulator.runs import versions
from simulator.runs import write as write_module
from simulator.runs.run import RunOptions, RunResult, read_run, run_file, write_run
from simulator.scenario.model import Scenario
from simulator.store.manifest import Manifest, read_manifest

Hashes = Callable[[Path], dict[str, str]]
Varied = Callable[..., Scenario]
FILES = {
    "draws.parquet",
    "inputs.parquet",
    "summary.parquet",
    "summary.csv",
    "scenario.toml",
    "manifest.json",
}


@pytest.fixture
def done(small: Scenario, tmp_path: Path) -> RunResult:
    """The small budget, run."""
    return write_run(small, tmp_path / "small")


def rows_of(folder: Path) -> dict[tuple[str, str, str, str], tuple[float, float]]:
    """Value and standard error by output, period, stage and statistic."""
    return {
        (row.output, row.period, row.stage, row.statistic): (row.value, row.standard_error)
        for row in read_run(folder).summary()
    }


def test_a_run_leaves_its_files_and_nothing_beside(done: RunResult) -> None:
    """Six files, each named in the manifest with its size, rows and checksum."""
    assert {path.name for path in done.folder.iterdir()} == FILES
    assert [path.name for path in done.folder.parent.iterdir()] == ["small"]
    assert set(done.manifest.files) == FILES - {"manifest.json"}
    assert read_manifest(done.folder) == done.manifest
    assert done.manifest.files["draws.parquet"].rows == 512 * 3
    assert done.manifest.files["inputs.parquet"].rows == 512
    assert not done.up_to_date
    assert done.precision_reached is None


def test_every_draw_is_stored_bit_for_bit(done: RunResult, small: Scenario) -> None:
    """What `simulate` gives in memory."""
    outcomes, stored = simulate(small), done.open()
    assert stored.columns() == outcomes.columns
    for column in outcomes.columns:
        for period in outcomes.periods:
            found = stored.column(column.name, period)
            assert np.array_equal(found, outcomes.get(column.name, period))
    pieces = np.concatenate(list(stored.chunks("net_eur", "2031")))
    assert np.array_equal(pieces, outcomes.get("net_eur", "2031"))


def test_inputs_are_stored_as_drawn(done: RunResult, small: Scenario) -> None:
    """One column a factor and component, with the factor's name."""
    from simulator.engine import Plan

    stored = done.open()
    _, inputs = Plan(small).block(0, 512)
    assert {column.name for column in stored.input_columns()} == set(inputs)
    for name, values in inputs.items():
        assert np.array_equal(stored.inputs(name), values)


def test_the_scenario_is_stored_as_it_was_run(small: Scenario, tmp_path: Path) -> None:
    """With the settings of this run; running the stored file gives the stored numbers."""
    first = write_run(small, tmp_path / "small", draws=100, seed=7, sampler="random", replicates=2)
    stored = read_run(tmp_path / "small")
    assert stored.scenario == first.scenario
    sampling = stored.scenario.sampling
    assert (sampling.draws, sampling.seed, sampling.sampler, sampling.replicates) == (
        100,
        7,
        "random",
        2,
    )
    again = run_file(tmp_path / "small" / "scenario.toml", RunOptions(out=tmp_path / "again"))
    assert again.folder == tmp_path / "again" / "small"
    assert again.manifest.identity == first.manifest.identity
    assert again.manifest.files == first.manifest.files


def test_bytes_do_not_depend_on_threads_or_blocks(
    small: Scenario, tmp_path: Path, hashes: Hashes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file but the manifest, which holds the time."""
    write_run(small, tmp_path / "one", draws=5000, threads=1)
    wanted = hashes(tmp_path / "one")
    for threads, block in ((1, 777), (2, 4096), (5, 64)):
        simulation = functools.partial(write_module.Simulation, block=block)
        with monkeypatch.context() as patch:
            patch.setattr(write_module, "Simulation", simulation)
            write_run(small, tmp_path / "many", draws=5000, threads=threads, force=True)
        assert hashes(tmp_path / "many") == wanted


def test_the_summary_is_that_of_the_draws(done: RunResult, small: Scenario) -> None:
    """Every output, period and stage, with standard errors."""
    outcomes, rows = simulate(small), rows_of(done.folder)
    for column in outcomes.columns:
        for period in outcomes.periods:
            for found in summarise(outcomes.get(column.name, period), 4, {}):
                key = (column.output, period, column.stage, found.name)
                assert rows[key][0] == found.value
                assert rows[key][1] == found.standard_error or math.isnan(found.standard_error)


def test_the_proposed_contributions_stand_in_the_summary(done: RunResult, small: Scenario) -> None:
    """In the budget's currency and in the parent's own, as a stage of its own, without error."""
    published, rows = publish(small), rows_of(done.folder)
    for parent, own in (("A", "usd"), ("B", None)):
        for period in small.periods:
            key = (f"contribution_eur.{parent}", period, "proposed", "central")
            assert rows[key] == (float(published.contribution(parent, period) * 1000), 0.0)
            if own is not None:
                key = (f"contribution_{own}.{parent}", period, "proposed", "central")
                assert rows[key] == (float(published.contribution_own(parent, period)), 0.0)
    proposed = {key for key in rows if key[2] == "proposed"}
    assert len(proposed) == 3 * len(small.periods)


def test_contributions_are_compared_with_thresholds(varied: Varied, tmp_path: Path) -> None:
    """The proposed amount everywhere, a declared one in its currency and period, at all stages."""
    threshold = {"name": "ceiling", "parent": "A", "currency": "USD", "period": "2032"}
    scenario = varied(thresholds=[{**threshold, "amount": 600}])
    done = write_run(scenario, tmp_path / "small")
    outcomes, rows = simulate(scenario), rows_of(done.folder)
    above = {key for key in rows if key[3] == "exceeds:ceiling"}
    stages = {"initial", "first_performance", "second_performance"}
    assert above == {("contribution_usd.A", "2032", stage, "exceeds:ceiling") for stage in stages}
    part = (outcomes.get("contribution_usd.A", "2032") > 600_000).mean()
    assert rows["contribution_usd.A", "2032", "second_performance", "exceeds:ceiling"][0] == part
    assert 0 < part < 1
    proposed = float(publish(scenario).contribution_own("A", "2031-2032"))
    # stated to the dollar, after each of two years was stated to 100 euros at 0.90 for a dollar
    proposed += (1 + 200 / 0.9) / 2
    part = (outcomes.get("contribution_usd.A", "2031-2032") > proposed).mean()
    key = ("contribution_usd.A", "2031-2032", "second_performance", "exceeds:proposed")
    assert rows[key][0] == part


def test_drivers_of_what_each_parent_owes_are_told(done: RunResult) -> None:
    """In the parent's own currency, over the whole period, as parts of one."""
    found = {key: value for key, (value, _) in rows_of(done.folder).items() if "driver:" in key[3]}
    outputs = {key[:3] for key in found}
    assert outputs == {
        ("contribution_usd.A", "2031-2032", "second_performance"),
        ("contribution_eur.B", "2031-2032", "second_performance"),
    }
    assert all(0 <= value <= 1 for value in found.values())
    assert max(found.values()) > 0.1


def test_every_table_carries_the_identity(done: RunResult) -> None:
    """So that a file that was moved can still be traced."""
    for name in ("draws.parquet", "inputs.parquet", "summary.parquet"):
        about = json.loads(pq.read_metadata(done.folder / name).metadata[b"sim"])
        assert about["identity"] == done.manifest.identity
        assert about["seed"] == 0
        assert about["scenario"] == "small"


def test_the_manifest_says_what_made_the_result(
    varied: Varied, small_file: Path, tmp_path: Path
) -> None:
    """Program, libraries, settings, sources with dates, the file read, the time in UTC."""
    done = run_file(small_file, RunOptions(out=tmp_path / "results"))
    manifest = done.manifest
    assert manifest.program.version == simulator.__version__
    assert set(manifest.libraries) == {"python", "numpy", "scipy", "pyarrow", "pydantic"}
    assert (manifest.scenario, manifest.seed, manifest.draws) == ("small", 0, 512)
    assert manifest.periods == ("2031", "2032", "2031-2032")
    assert list(manifest.read_from) == ["small.toml"]
    assert dt.datetime.fromisoformat(manifest.created).utcoffset() == dt.timedelta(0)
    scenario = varied(
        **{"rates.eur_per_usd.start": {"value": 0.9, "source": "a bank", "as_of": "2030-10-30"}}
    )
    found = write_run(scenario, tmp_path / "other").manifest.vintages
    assert [(vintage.source, vintage.as_of) for vintage in found] == [("a bank", "2030-10-30")]


def test_a_scenario_in_layers_is_the_one_written_out(small_file: Path, tmp_path: Path) -> None:
    """Every file that was read is in the manifest; the same scenario in full is up to date."""
    law, child = small_file.with_name("law.toml"), small_file.with_name("child.toml")
    law.write_text("[inflation.euro]\nsd = 0.02\n")
    child.write_text('extends = "small.toml"\ntitle = "A child"\nlaw_file = "law.toml"\n')
    options = RunOptions(out=tmp_path / "results")
    first = run_file(child, options)
    assert first.manifest.read_from == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (child, law, small_file)
    }
    full = tmp_path / "full.toml"
    shutil.copy(first.folder / "scenario.toml", full)
    assert run_file(full, options).up_to_date


def test_a_second_run_is_up_to_date(small: Scenario, tmp_path: Path, done: RunResult) -> None:
    """Nothing is written; what is returned is what is there."""
    before = {path: path.stat().st_mtime_ns for path in done.folder.iterdir()}
    again = write_run(small, tmp_path / "small")
    assert again.up_to_date
    assert again.manifest == done.manifest
    assert again.scenario == done.scenario
    assert {path: path.stat().st_mtime_ns for path in done.folder.iterdir()} == before
    spelled_out = write_run(small, tmp_path / "small", draws=512, seed=0, replicates=4)
    assert spelled_out.up_to_date


@pytest.mark.parametrize(
    "settings",
    [{"force": True}, {"seed": 1}, {"draws": 511}, {"replicates": 2}, {"sampler": "random"}],
)
def test_another_request_runs_again(
    small: Scenario, tmp_path: Path, done: RunResult, settings: dict[str, Any]
) -> None:
    """And so does the same with --force, to the same bytes."""
    again = write_run(small, tmp_path / "small", **settings)
    assert not again.up_to_date
    same = again.manifest.files == done.manifest.files
    assert same == ("force" in settings)


def test_a_changed_scenario_runs_again(varied: Varied, tmp_path: Path, done: RunResult) -> None:
    """One number is enough."""
    changed = varied(**{"lines.travel.appropriation": 401})
    assert not write_run(changed, tmp_path / "small").up_to_date


def test_a_changed_program_or_library_runs_again(
    small: Scenario, tmp_path: Path, done: RunResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The results of another program are another's."""
    monkeypatch.setattr(
        run_module, "library_versions", lambda: {**versions.library_versions(), "numpy": "0"}
    )
    assert not write_run(small, tmp_path / "small").up_to_date
    monkeypatch.setattr(
        run_module, "program", lambda: versions.Program(version="0", sha256="0" * 64)
    )
    assert not write_run(small, tmp_path / "small").up_to_date
    assert write_run(small, tmp_path / "small").up_to_date


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_damaged_or_missing_file_runs_again(
    small: Scenario, tmp_path: Path, done: RunResult, name: str
) -> None:
    """One bit, two bytes less, or nothing left; afterwards everything is whole."""
    path = done.folder / name
    whole = path.read_bytes()
    for damaged in (bytes([whole[0] ^ 1]) + whole[1:], whole[:-2], None):
        if damaged is None:
            path.unlink()
        else:
            path.write_bytes(damaged)
        assert not write_run(small, tmp_path / "small").up_to_date
        if name != "manifest.json":
            assert path.read_bytes() == whole
        assert read_run(done.folder).column("net_eur").shape == (512,)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_damaged_or_missing_file_is_not_read(done: RunResult, name: str) -> None:
    """Opening a result says which file is wrong."""
    path = done.folder / name
    whole = path.read_bytes()
    for damaged in (bytes([whole[0] ^ 1]) + whole[1:], whole[:-2], None):
        if damaged is None:
            path.unlink()
        else:
            path.write_bytes(damaged)
        with pytest.raises(InputError) as caught:
            read_run(done.folder)
        assert name in str(caught.value)


def test_a_manifest_that_names_no_draws_is_refused(done: RunResult) -> None:
    """Everything that it does not name is told."""
    files = dict(done.manifest.files)
    del files["draws.parquet"], files["scenario.toml"]
    other = dataclasses.replace(done.manifest, files=files)
    (done.folder / "manifest.json").write_text(other.to_json())
    with pytest.raises(InputError) as caught:
        read_run(done.folder)
    assert [problem.key for problem in caught.value.problems] == ["draws.parquet", "scenario.toml"]


@pytest.mark.parametrize("draws", [0, -1, 2**32 + 1, 10**12])
def test_draws_out_of_range_are_refused(small: Scenario, tmp_path: Path, draws: int) -> None:
    """Nothing on the disk is touched."""
    with pytest.raises(InputError, match="from 1 to 4 294 967 296"):
        write_run(small, tmp_path / "results" / "small", draws=draws)
    assert list(tmp_path.iterdir()) == []


def test_every_wrong_option_is_told_at_once(small: Scenario, tmp_path: Path) -> None:
    """By the name it has on the command line."""
    with pytest.raises(InputError) as caught:
        write_run(small, tmp_path / "small", draws=0, seed=-1, sampler="sobel", replicates=257)
    keys = {problem.key for problem in caught.value.problems}
    assert keys == {"--draws", "--seed", "--sampler", "--replicates"}
    with pytest.raises(InputError, match="--threads"):
        write_run(small, tmp_path / "small", threads=0)
    assert list(tmp_path.iterdir()) == []


def test_more_replicates_than_draws_are_refused(small: Scenario, tmp_path: Path) -> None:
    """A replicate without a draw has no statistics."""
    with pytest.raises(InputError, match="3 draws in 4 replicates"):
        write_run(small, tmp_path / "small", draws=3)
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_made_in_python_is_checked(varied: Varied, tmp_path: Path) -> None:
    """As one from a file is: the shares do not sum to one."""
    with pytest.raises(InputError, match="share"):
        write_run(varied(**{"parents.A.share": "1/2"}), tmp_path / "small")
    assert list(tmp_path.iterdir()) == []


def test_a_figure_that_does_not_tie_stops_the_run(varied: Varied, tmp_path: Path) -> None:
    """Exit code 1, the cell is named, nothing on the disk is touched."""
    cell = publish(varied()).net(2031)
    figure: dict[str, Any] = {
        "id": "T1",
        "where": "table 1",
        "what": "net",
        "period": "2031",
        "unit": "thousand EUR",
        "rule": 'cell("net", "2031")',
        "quantum": 0.1,
    }
    tied = varied(published=[{**figure, "printed": cell}])
    assert write_run(tied, tmp_path / "small").tie_out is not None
    before = (tmp_path / "small" / "manifest.json").read_bytes()
    broken = varied(published=[{**figure, "printed": 1}])
    with pytest.raises(InputError, match="T1") as caught:
        write_run(broken, tmp_path / "small", force=True)
    assert caught.value.exit_code == 2
    assert (tmp_path / "small" / "manifest.json").read_bytes() == before
    with pytest.raises(InputError):
        write_run(broken, tmp_path / "elsewhere" / "small")
    assert [path.name for path in tmp_path.iterdir()] == ["small"]


def test_a_scenario_that_cannot_be_simulated_touches_nothing(
    small: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What only shows when the plan is made (an indefinite correlation) is found before."""

    def refuse(*_: object) -> None:
        raise InputError([])

    monkeypatch.setattr(write_module, "Plan", refuse)
    with pytest.raises(InputError):
        write_run(small, tmp_path / "results" / "small")
    assert list(tmp_path.iterdir()) == []


def test_a_name_with_a_slash_cannot_name_a_folder(varied: Varied, tmp_path: Path) -> None:
    """An absolute one would lead anywhere."""
    from simulator.scenario.fingerprint import to_toml

    scenario = varied()
    path = tmp_path / "odd.toml"
    text = to_toml(scenario).replace('name = "small"', 'name = "/tmp/small"', 1)
    path.write_text(text)
    with pytest.raises(InputError, match="name"):
        run_file(path, RunOptions(out=tmp_path / "results"))
    assert [entry.name for entry in tmp_path.iterdir()] == ["odd.toml"]


def test_one_year_has_one_period(varied: Varied, tmp_path: Path) -> None:
    """And the summary says everything once."""
    scenario = varied(
        **{
            "budget.years": [2031],
            "lines.staff.recosting": {"2031": 1.02},
            "lines.travel.recosting": {"2031": 1.01},
            "pledges.0.received": {"2031": 0.5},
        }
    )
    done = write_run(scenario, tmp_path / "small", draws=64)
    assert done.manifest.periods == ("2031",)
    rows = done.open().summary()
    keys = [(row.output, row.period, row.stage, row.statistic) for row in rows]
    assert len(set(keys)) == len(keys)
    assert done.open().column("net_eur").shape == (64,)


def test_one_draw_is_a_run(small: Scenario, tmp_path: Path) -> None:
    """Without standard errors, and without warnings."""
    done = write_run(small, tmp_path / "small", draws=1, replicates=1)
    errors = {row.standard_error for row in done.open().summary() if row.statistic == "mean"}
    assert all(math.isnan(error) for error in errors)


class Recorder:
    """Notes what a run says of its progress."""

    def __init__(self) -> None:
        self.said: list[tuple[str, int]] = []

    def start(self, total: int) -> None:
        self.said.append(("start", total))

    def advance(self, n: int) -> None:
        self.said.append(("advance", n))

    def summarise(self, total: int) -> None:
        self.said.append(("summarise", total))

    def done(self) -> None:
        self.said.append(("done", 0))


def test_progress_counts_every_draw(small: Scenario, tmp_path: Path) -> None:
    """All draws, then all columns, then done; nothing when the result is up to date."""
    recorder = Recorder()
    write_run(small, tmp_path / "small", draws=20_000, threads=2, progress=recorder)
    assert recorder.said[0] == ("start", 20_000)
    assert recorder.said[-1] == ("done", 0)
    words = [word for word, _ in recorder.said]
    summary = words.index("summarise")
    assert sum(n for word, n in recorder.said[:summary] if word == "advance") == 20_000
    assert sum(n for word, n in recorder.said[summary + 1 :]) == recorder.said[summary][1] > 90
    assert words[summary + 1 : -1] == ["advance"] * recorder.said[summary][1]
    silent = Recorder()
    write_run(small, tmp_path / "small", draws=20_000, progress=silent)
    assert silent.said == []


def test_progress_ends_when_a_run_fails(
    small: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure in a block comes out as it is, and the terminal is given back."""

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(write_module.Plan, "block", fail)
    recorder = Recorder()
    with pytest.raises(EnvironmentFault, match="memory"):
        write_run(small, tmp_path / "small", threads=2, progress=recorder)
    assert [word for word, _ in recorder.said] == ["start", "done"]
    assert list(tmp_path.iterdir()) == []


UP_TO_DATE = """
import sys
from simulator.runs.run import Path, RunOptions, run_file
result = run_file(sys.argv[1], RunOptions(out=Path(sys.argv[2])))
heavy = {"numpy", "scipy", "pyarrow", "pandas", "rich"} & set(sys.modules)
print(result.up_to_date, sorted(heavy))
"""


def test_finding_a_result_up_to_date_imports_no_numbers(small_file: Path, tmp_path: Path) -> None:
    """It takes a fraction of a second because nothing heavy is loaded."""
    command = [sys.executable, "-c", UP_TO_DATE, str(small_file), str(tmp_path / "results")]
    first = subprocess.run(command, capture_output=True, text=True, check=True)
    assert first.stdout.startswith("False")
    second = subprocess.run(command, capture_output=True, text=True, check=True)
    assert second.stdout == "True []\n"


def test_importing_the_package_imports_nothing_else() -> None:
    """Help is quick."""
    code = "import sys, simulator; print([m for m in sys.modules if m.startswith('simulator.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_public_names_are_these() -> None:
    """Adding or removing one is a decision."""
    assert sorted(simulator.__all__) == ["read_run", "read_scenario", "simulate", "write_run"]
    assert set(simulator.__all__) <= set(dir(simulator))
    assert simulator.read_run is read_run
    assert simulator.simulate is simulate
    with pytest.raises(AttributeError, match="no attribute 'wrote_run'"):
        simulator.wrote_run  # noqa: B018


def test_the_example_of_the_package_runs() -> None:
    """The docstring's."""
    found = doctest.testmod(simulator)
    assert found.attempted > 5
    assert found.failed == 0


def test_a_manifest_is_what_a_reader_of_json_expects(done: RunResult) -> None:
    """Other programs read it without this one."""
    document = json.loads((done.folder / "manifest.json").read_text(encoding="utf-8"))
    assert document["schema_version"] == 1
    assert document["program"]["name"] == "simulator"
    assert Manifest.from_json(json.dumps(document)) == done.manifest
