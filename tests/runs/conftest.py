"""What the tests of runs share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.scenario.fingerprint import to_toml
from simulator.scenario.model import Scenario


@pytest.fixture
def hashes() -> Callable[[Path], dict[str, str]]:
    """sha256 of every file of a result but the manifest, which holds the time."""

    def found(folder: Path) -> dict[str, str]:
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.iterdir()
            if path.name != "manifest.json"
        }

    return found


@pytest.fixture
def small_file(tmp_path: Path, small: Scenario) -> Path:
    """The small budget as a TOML file."""
    path = tmp_path / "small.toml"
    path.write_text(to_toml(small), encoding="utf-8")
    return path
