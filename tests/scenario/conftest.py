"""The small scenario's text, changed copies of it, and their problems."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.errors import InputError, Problem
from simulator.scenario.read import read_scenario

TEXT = (Path(__file__).parent / "small.toml").read_text(encoding="utf-8")


@pytest.fixture
def text() -> str:
    """The small scenario, valid as it is."""
    return TEXT


@pytest.fixture
def problems(tmp_path: Path) -> Callable[..., tuple[Problem, ...]]:
    """Problems of a scenario text; none when it is valid."""

    def read(content: str | bytes) -> tuple[Problem, ...]:
        path = tmp_path / "small.toml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        try:
            read_scenario(path)
        except InputError as error:
            return error.problems
        return ()

    return read


@pytest.fixture
def after(problems: Callable[..., tuple[Problem, ...]]) -> Callable[..., tuple[Problem, ...]]:
    """Problems of the small scenario after replacing passages: after((old, new), …)."""

    def read(*changes: tuple[str, str]) -> tuple[Problem, ...]:
        content = TEXT
        for old, new in changes:
            assert content.count(old) == 1, f"{old!r} stands {content.count(old)} times"
            content = content.replace(old, new)
        return problems(content)

    return read


@pytest.fixture
def line_of() -> Callable[[str], int]:
    """The line of a passage that stands once in the small scenario."""

    def line(passage: str) -> int:
        assert TEXT.count(passage) == 1, f"{passage!r} stands {TEXT.count(passage)} times"
        return TEXT[: TEXT.index(passage)].count("\n") + 1

    return line
