"""Small CSV files of rates and prices."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.errors import InputError, Problem
from simulator.history.csv_rates import read_rates


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a CSV and returns its path."""

    def write(content: str | bytes, name: str = "rates.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def problems(csv_file: Callable[..., Path]) -> Callable[..., tuple[Problem, ...]]:
    """Every problem of reading a CSV of rates, none when it is read."""

    def read(content: str | bytes, **options: object) -> tuple[Problem, ...]:
        path = csv_file(content)
        try:
            read_rates(path, **options)  # type: ignore[arg-type]
        except InputError as error:
            found = error.problems
        else:
            found = ()
        assert {problem.file for problem in found} <= {str(path)}
        return found

    return read
