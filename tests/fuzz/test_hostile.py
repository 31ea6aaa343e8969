"""Some hundred hostile inputs of every kind; `make fuzz` tries many more of the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ground import prepare
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from targets import TARGETS, forged, read
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


@pytest.mark.parametrize("lost", [",p5,", ",2031,", "contribution_eur.A,2031-2032,", ",mean,"])
@pytest.mark.parametrize(
    "asked",
    [
        "show results/small",
        "compare results/small results/small",
        "plot results/small --to text --what distribution",
        "plot results/small --to text --what fan",
        "report results/small --out out/r.html --force",
        "export results/small --out out/b.xlsx --force",
    ],
)
def test_a_forged_summary_without_some_statistics_is_told(
    watch: Watch, asked: str, lost: str
) -> None:
    """With checksums that fit: whoever needs what is missing says so, and nobody fails."""
    name = "results/small/summary.csv"
    lines = read(watch.folder, name).decode().splitlines(keepends=True)
    kept = "".join(line for line in lines if lost not in line)
    assert kept.count("\n") < len(lines)
    files = forged(watch.folder, {name: kept.encode()})
    assert watch.attempt(asked.split(), files) == 2
