"""What a long piece of work has done survives a kill, and is never mistaken for another's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import EnvironmentFault, InputError
from simulator.store.kept import Kept

THREE = [{"a": 1.5}, [None, "é\n"], 0.1 + 0.2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with three values of the work "one"."""
    path = tmp_path / "work.partial"
    kept = Kept(path, "one")
    for value in THREE:
        kept.append(value)
    kept.close()
    return path


def test_values_come_back_bit_for_bit(path: Path) -> None:
    """A second start of the same work finds what the first one did, and goes on."""
    kept = Kept(path, "one")
    assert kept.count == 3
    assert list(kept.values()) == THREE
    kept.append("four")
    assert list(kept.values()) == [*THREE, "four"]
    kept.close(remove=True)
    kept.close()
    assert not path.exists()


@given(cut=st.integers(1, 200))
def test_a_torn_end_is_cut_off(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    """However many bytes the last write lacks, what remains is a beginning of the values."""
    path = tmp_path_factory.mktemp("torn") / "work.partial"
    kept = Kept(path, "one")
    for value in THREE:
        kept.append(value)
    kept.close()
    whole = path.read_bytes()
    path.write_bytes(whole[: max(0, len(whole) - cut)])
    again = Kept(path, "one")
    assert list(again.values()) == THREE[: again.count]
    for value in THREE[again.count :]:
        again.append(value)
    again.close()
    assert path.read_bytes() == whole


def test_a_flipped_byte_ends_what_is_trusted(path: Path) -> None:
    """A line whose checksum does not hold, and all after it, are done again."""
    lines = path.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b"null", b"nulL")
    path.write_bytes(b"".join(lines))
    kept = Kept(path, "one")
    assert list(kept.values()) == THREE[:1]
    kept.close()


def test_another_work_is_refused_and_begun_anew_by_force(path: Path) -> None:
    """Hours of another sweep are not lost by a slip in the options."""
    with pytest.raises(InputError, match="not of this work") as caught:
        Kept(path, "two")
    assert "--force" in caught.value.problems[0].remedy
    kept = Kept(path, "one")
    assert kept.count == 3
    kept.close()
    forced = Kept(path, "two", force=True)
    assert (forced.count, list(forced.values())) == (0, [])
    forced.close()


def test_a_heading_alone_is_no_work_to_lose(tmp_path: Path) -> None:
    """A file of another work with no value in it is begun anew without asking."""
    path = tmp_path / "work.partial"
    Kept(path, "one").close()
    kept = Kept(path, "two")
    assert kept.count == 0
    kept.close()
    Kept(path, "two").close()


def test_something_else_is_not_overwritten(tmp_path: Path) -> None:
    """A file of the same name that no work of ours wrote is somebody's."""
    path = tmp_path / "letter.partial"
    path.write_text("Dear all,\n")
    with pytest.raises(InputError, match="not of this work"):
        Kept(path, "one")
    assert path.read_text() == "Dear all,\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks there")
def test_two_at_the_same_work_are_told(path: Path) -> None:
    """The second one is refused while the first has the file open."""
    first = Kept(path, "one")
    with pytest.raises(InputError, match="under way"):
        Kept(path, "one")
    first.close()
    Kept(path, "one").close()


def test_a_missing_folder_is_the_environments_fault(tmp_path: Path) -> None:
    """Words and a remedy instead of a traceback."""
    with pytest.raises(EnvironmentFault, match="there is no folder"):
        Kept(tmp_path / "none" / "work.partial", "one")
