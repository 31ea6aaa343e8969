"""Some hundred hostile inputs of every kind; `make fuzz` tries many more of the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ground import prepare
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from targets import TARGETS
from watch import Watch, prepared


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """Good files, and an eye on them."""
    folder = tmp_path_factory.mktemp("ground")
    prepare(folder)
    with prepared():
        yield Watch(folder)


@pytest.mark.parametrize("name", TARGETS)
def test_hostile_inputs_end_in_words(name: str, watch: Watch) -> None:
    """Exit code 0 to 3, words, no traceback, in time, and nothing on disk changed."""

    @settings(
        max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.data())
    def attack(data: st.DataObject) -> None:
        arguments, files = data.draw(st.composite(TARGETS[name])(watch.folder))
        watch.attempt(arguments, files)

    attack()
