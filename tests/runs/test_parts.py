"""The small parts of a run: ordered work in threads, versions, sources, files read."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import simulator
from simulator.runs import versions
from simulator.runs.blocks import in_order, spans
from simulator.runs.vintages import vintages_of
from simulator.scenario.model import Scenario
from simulator.store.manifest import Vintage


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_results_come_in_the_order_of_the_jobs(threads: int) -> None:
    """Whichever thread is first."""
    turns = [threading.Event() for _ in range(20)]
    turns[1].set()

    def make(job: int) -> int:
        if threads > 1 and job < 2:  # the first job waits until the second is done
            turns[1 - job].wait(10) if job == 0 else turns[0].set()
        return job * job

    assert list(in_order(make, range(20), threads)) == [(job, job * job) for job in range(20)]


@pytest.mark.parametrize("threads", [1, 3])
def test_few_results_wait(threads: int) -> None:
    """Whoever takes them slowly does not fill the memory."""
    begun: list[int] = []

    def make(job: int) -> int:
        begun.append(job)
        return job

    with closing(in_order(make, range(1000), threads)) as results:
        for taken, _ in enumerate(results):
            assert len(begun) <= taken + threads + 2
            if taken == 100:
                break
    assert len(begun) <= 100 + threads + 3


@pytest.mark.parametrize("threads", [1, 3])
def test_a_failing_job_stops_the_others(threads: int) -> None:
    """Its exception comes out at its place."""
    begun: list[int] = []

    def make(job: int) -> int:
        begun.append(job)
        if job == 10:
            raise ZeroDivisionError
        return job

    taken: list[int] = []
    with pytest.raises(ZeroDivisionError):
        taken.extend(job for job, _ in in_order(make, range(1000), threads))
    assert max(begun) <= 10 + threads + 2


def test_spans_cover_every_draw_once() -> None:
    """From any start, the last one short."""
    assert list(spans(0, 10, 4)) == [(0, 4), (4, 8), (8, 10)]
    assert list(spans(3, 4, 4)) == [(3, 4)]
    assert list(spans(5, 5, 4)) == []


def test_the_program_is_known_by_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed, added or renamed file is another program; compiled files are not looked at."""
    copy = tmp_path / "simulator"
    shutil.copytree(
        Path(simulator.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__")
    )
    monkeypatch.setattr(simulator, "__file__", str(copy / "__init__.py"))
    monkeypatch.setattr(versions, "program_hash", versions.program_hash.__wrapped__)
    first = versions.program_hash()
    (copy / "__pycache__").mkdir()
    (copy / "__pycache__" / "a.pyc").touch()
    assert versions.program_hash() == first
    found = {first}
    (copy / "new.py").touch()
    found.add(versions.program_hash())
    (copy / "new.py").rename(copy / "other.py")
    found.add(versions.program_hash())
    (copy / "other.py").write_text("# changed\n")
    found.add(versions.program_hash())
    assert len(found) == 4
    (copy / "other.py").unlink()
    assert versions.program_hash() == first


def test_every_source_and_date_is_found_once(varied: Callable[..., Scenario]) -> None:
    """Wherever in the scenario it stands, sorted; a source may lack a date and a date a source."""
    scenario = varied(
        **{
            "parents.A.source": "resolution 1",
            "rates.eur_per_usd.start": {"value": 0.9, "source": "a bank", "as_of": "2030-10-30"},
            "rates.eur_per_usd.budget": {"value": 0.9, "source": "a bank", "as_of": "2030-10-30"},
            "grades.P1.standard_cost": {"value": 80, "as_of": "2030-01-01"},
            "pledges.0.source": "letter",
        }
    )
    assert vintages_of(scenario) == (
        Vintage("", "2030-01-01"),
        Vintage("a bank", "2030-10-30"),
        Vintage("letter", ""),
        Vintage("resolution 1", ""),
    )
