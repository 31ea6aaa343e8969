"""A small budget used all over the tests: two parents, two lines, one foreign currency."""

from __future__ import annotations

import copy
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from simulator.scenario.model import Scenario

settings.register_profile("patient", deadline=None)  # no test measures time
settings.load_profile("patient")
# A shell that runs the suite in the background has it ignore Ctrl-C, and all that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

SMALL: dict[str, Any] = {
    "name": "small",
    "title": "A small budget",
    "known_on": "2030-10-31",
    "budget": {"organization": "Example", "currency": "EUR", "years": [2031, 2032]},
    "parents": {
        "A": {"share": "1/3", "assessed_in": "USD", "policy": "recosted"},
        "B": {"share": "2/3", "assessed_in": "EUR", "policy": "own_currency"},
    },
    "lines": {
        "staff": {
            "kind": "posts",
            "fund": "RB",
            "recosting": {"2031": 1.02, "2032": 1.01},
        },
        "travel": {
            "kind": "non_posts",
            "appropriation": 400,
            "recosting": {"2031": 1.01, "2032": 1},
            "exposure": {"eur_per_usd": 0.5},
            "inflation": {"euro": 1},
            "price_error": {"normal": {"mean": 0, "sd": 0.01}},
        },
    },
    "income": {"rent": {"estimate": {"pert": {"min": 10, "mode": 20, "max": 30}}}},
    "categories": {
        "professional": {
            "vacancy": {"normal": {"mean": 0.05, "sd": 0.015}, "min": 0, "max": 1},
            "budgeted_vacancy": 0.05,
            "delayed_recruitment": 0.5,
            "standard_cost_error": {"normal": {"mean": 0, "sd": 0.01}},
            "exposure": {"eur_per_usd": 0.15},
            "inflation": {"euro": 1},
        },
    },
    "grades": {
        "P2": {"category": "professional", "standard_cost": 100},
        "P1": {"category": "professional", "standard_cost": 80},
    },
    "posts": [
        {"office": "Here", "fund": "RB", "grade": "P2", "posts": 10},
        {"office": "Here", "fund": "RB", "grade": "P1", "posts": 5},
        {"office": "Here", "fund": "XB", "grade": "P1", "posts": 1},
    ],
    "post_changes": [
        {"change": "new", "office": "Here", "fund": "RB", "grade": "P1", "posts": 2},
    ],
    "rates": {"eur_per_usd": {"budget": 0.9, "start": 0.92}},
    "exchange": {"law": "random_walk", "volatility": {"eur_per_usd": 0.03}},
    "inflation": {"euro": {"law": "ar1", "sd": 0.01, "persistence": 0.5}},
    "correlation": {
        "independent": [
            {"between": ["exchange", "inflation"]},
            {"between": ["exchange", "inflows"]},
            {"between": ["inflation", "inflows"]},
        ]
    },
    "inflows": {
        "stated_in": "USD",
        "psc_rate": 0.13,
        "spending_lag_months": 3,
        "unspent_before": 100,
        "regions": {"South": 0.4},
        "deliverables": {"courses": {"planned": 60}},
    },
    "windows": {"I": {}},
    "pledges": [
        {
            "name": "one",
            "window": "I",
            "currency": "USD",
            "amount": {"lognormal": {"median": 1000, "log_sd": 0.2}},
            "probability": 0.8,
            "stage": "pledged",
            "received": {"2031": 0.5, "2032": 0.5},
            "delay_months": {"pert": {"min": 0, "mode": 0, "max": 6}},
        },
    ],
    "sampling": {"seed": 0, "draws": 512, "replicates": 4},
}


SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public data beside the repository."""
    if not SHARED.is_dir():
        pytest.skip("../shared/data is not there: it is not part of the repository")
    return SHARED


@pytest.fixture
def small_dict() -> dict[str, Any]:
    """The small budget as a dictionary that a test may change."""
    return copy.deepcopy(SMALL)


@pytest.fixture
def small(small_dict: dict[str, Any]) -> Scenario:
    """The small budget."""
    return Scenario.model_validate(small_dict)


@pytest.fixture
def varied(small_dict: dict[str, Any]) -> Callable[..., Scenario]:
    """The small budget with keys replaced: varied(**{"lines.staff.fund": "XB"})."""

    def build(**changes: Any) -> Scenario:
        data = copy.deepcopy(small_dict)
        for path, value in changes.items():
            *parents, last = path.split(".")
            place: Any = data
            for key in parents:
                place = place[int(key)] if isinstance(place, list) else place[key]
            if isinstance(place, list):
                place[int(last)] = value
            else:
                place[last] = value
        return Scenario.model_validate(data)

    return build


@contextmanager
def _small_disk(where: Path, size: str) -> Iterator[Callable[[str], None]]:
    where.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(where)]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("this system has no mount")
    if done.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")

    def change(options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", str(where)], check=True)

    try:
        yield change
    finally:
        subprocess.run(["umount", str(where)], check=True)


SmallDisk = Callable[[Path, str], AbstractContextManager[Callable[[str], None]]]


@pytest.fixture
def small_disk() -> SmallDisk:
    """Mounts a disk in memory of a size such as "16m", and gives what changes its options.

    Skips where it cannot be had.
    """
    return _small_disk
