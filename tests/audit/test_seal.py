"""Seals: a file that was sent around tells whether it is as it was written, and from which runs."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest

from simulator.store.seal import is_whole, seal, seal_of

RUNS = ("a" * 64, "b" * 64)


@pytest.fixture(params=["book.xlsx", "page.html", "text.md", "picture.svg"])
def sealed(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file of each kind, with its seal."""
    path = tmp_path / request.param
    archive = path.suffix == ".xlsx"
    if archive:
        with zipfile.ZipFile(path, "w") as book:
            book.writestr("sheet.xml", "<sheet/>" * 100)
    else:
        path.write_text("<p>Words, mots, 字</p>\n" * 20, encoding="utf-8")
    seal(path, RUNS, archive=archive)
    return path


def test_a_sealed_file_is_whole(sealed: Path) -> None:
    """And names the runs it was made from."""
    assert is_whole(sealed) is True
    found = seal_of(sealed)
    assert found is not None
    assert found.runs == RUNS


def test_a_sealed_archive_is_an_archive(tmp_path: Path) -> None:
    """Programs read it as before: the seal is the comment that archives may have."""
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("sheet.xml", "<sheet/>")
    seal(path, RUNS, archive=True)
    with zipfile.ZipFile(path) as book:
        assert book.testzip() is None
        assert book.comment.startswith(b"sim seal sha256:")


def test_every_flipped_bit_is_found(sealed: Path) -> None:
    """300 places by chance: in the contents, in the seal, in the length of the comment."""
    whole, chance = sealed.read_bytes(), random.Random(9)  # noqa: S311
    for at in chance.sample(range(8 * len(whole)), 300):
        text = bytearray(whole)
        text[at // 8] ^= 1 << at % 8
        sealed.write_bytes(text)
        assert is_whole(sealed) is not True, at


@pytest.mark.parametrize("added", [b" ", b"\n", b"\0" * 70_000])
def test_what_is_added_is_found(sealed: Path, added: bytes) -> None:
    """Before the contents or behind the seal."""
    whole = sealed.read_bytes()
    for text in (added + whole, whole + added):
        sealed.write_bytes(text)
        assert is_whole(sealed) is not True


def test_what_is_cut_is_found(sealed: Path) -> None:
    """At every length, down to an empty file."""
    whole = sealed.read_bytes()
    for kept in range(0, len(whole), 7):
        sealed.write_bytes(whole[:kept])
        assert is_whole(sealed) is not True


def test_a_file_without_a_seal_has_none(tmp_path: Path) -> None:
    """Neither whole nor damaged."""
    path = tmp_path / "page.html"
    path.write_text("<p>Words</p>", encoding="utf-8")
    assert is_whole(path) is None
    assert seal_of(path) is None


def test_runs_cannot_be_exchanged(sealed: Path) -> None:
    """The names of the runs stand under the seal too."""
    sealed.write_bytes(sealed.read_bytes().replace(b"a" * 64, b"c" * 64))
    assert is_whole(sealed) is False


def test_an_archive_with_a_comment_is_not_ours(tmp_path: Path) -> None:
    """Nothing is put over somebody else's."""
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as book:
        book.comment = b"somebody"
    with pytest.raises(ValueError, match="without a comment"):
        seal(path, RUNS, archive=True)
