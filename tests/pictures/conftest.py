"""Small results to draw; each is made once, as none is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from simulator.render.view import View, view_of
from simulator.runs.run import write_run
from simulator.scenario.model import Scenario
from simulator.store.result import Run, read_run

Made = Callable[..., Run]
_MADE: dict[str, Run] = {}


@pytest.fixture
def made(tmp_path_factory: pytest.TempPathFactory, varied: Callable[..., Scenario]) -> Made:
    """The small budget with other keys, simulated into a folder of its own."""

    def make(**changes: Any) -> Run:
        key = repr(sorted(changes.items()))
        if key not in _MADE:
            scenario = varied(**changes)
            folder = tmp_path_factory.mktemp("results") / scenario.name
            write_run(scenario, folder, threads=1)
            _MADE[key] = read_run(folder)
        return _MADE[key]

    return make


@pytest.fixture
def run(made: Made) -> Run:
    """The small budget, 512 draws."""
    return made()


@pytest.fixture
def view(run: Run) -> View:
    """Its summary."""
    return view_of(run)
