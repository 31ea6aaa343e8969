"""One version everywhere, and a check that sees when it is not so."""

from __future__ import annotations

import datetime as dt
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from tests.test_docs import module_at

ROOT = Path(__file__).resolve().parent.parent
release: ModuleType = module_at(ROOT / "tools" / "release.py")
DAY = dt.date(2031, 1, 2)
CHANGES = """# Changelog

## [Unreleased]

### Added

- This.

## [0.1.0] - 2030-01-01

### Added

- That.
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A committed tree that knows its version three times."""
    (tmp_path / "simulator").mkdir()
    (tmp_path / release.CODE).write_text('__version__ = "0.1.0"\n')
    (tmp_path / release.CITATION).write_text("version: 0.1.0\ndate-released: 2030-01-01\n")
    (tmp_path / release.CHANGELOG).write_text(CHANGES)
    for words in (
        ("init", "--quiet"),
        ("add", "."),
        ("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "One"),
    ):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


def test_this_tree_agrees_with_itself() -> None:
    """Program, citation and changelog name one version; the build reads the program's."""
    assert list(release.faults(release.texts_of(ROOT))) == []
    built = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert built["tool"]["hatch"]["version"]["path"] == release.CODE


def test_the_citation_names_the_project() -> None:
    """What CITATION.cff must have; its author is the one of the licence."""
    text = (ROOT / release.CITATION).read_text("utf-8")
    keys = [line.partition(":")[0] for line in text.splitlines() if line[0] not in " -"]
    assert {"cff-version", "message", "title", "authors", "version", "license"} <= set(keys)
    author = text.partition("authors:\n  - name: ")[2].splitlines()[0]
    assert author.lower() in (ROOT / "LICENSE").read_text("utf-8")


def test_a_release_is_prepared_in_every_place(tree: Path) -> None:
    """The version is written thrice, the changes are dated, and the tree agrees again."""
    assert list(release.unfinished(tree)) == [
        "CHANGELOG.md: lines stand under [Unreleased]; make release VERSION=… dates them"
    ]
    release.prepare(tree, "0.2.0", DAY)
    assert (tree / release.CODE).read_text() == '__version__ = "0.2.0"\n'
    cited = (tree / release.CITATION).read_text()
    assert cited == "version: 0.2.0\ndate-released: 2031-01-02\n"
    changes = (tree / release.CHANGELOG).read_text()
    assert "## [Unreleased]\n\n## [0.2.0] - 2031-01-02\n\n### Added\n\n- This." in changes
    (uncommitted,) = release.unfinished(tree)
    assert set(uncommitted.removeprefix("not committed: ").split(", ")) == {
        release.CODE,
        release.CITATION,
        release.CHANGELOG,
    }


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("CITATION.cff", "0.1.0", "0.1.1", "the latest version is 0.1.1, the program's is 0.1.0"),
        ("CITATION.cff", "2030-01-01", "2030-01-02", "released 2030-01-02"),
        ("simulator/__init__.py", "0.1.0", "0.1.1", "the program's is 0.1.1"),
        ("simulator/__init__.py", "0.1.0", "0.1", "no __version__ like 1.2.3"),
        ("CHANGELOG.md", "[0.1.0] -", "0.1.0 -", "is not ## [1.2.3] - 2026-01-31"),
        ("CHANGELOG.md", "## [Unreleased]", "## [0.0.9] - 2029-01-01", "is not ## [Unreleased]"),
        ("CHANGELOG.md", "## [Unreleased]", "## [0.0.9] - 2029-01-01", "newest to the oldest"),
        ("CHANGELOG.md", "### Added\n\n- This", "### New\n\n- This", "has New, not some of"),
        ("CHANGELOG.md", "- That.\n", "", "[0.1.0] - 2030-01-01 has a part without a line"),
    ],
)
def test_what_does_not_agree_is_named(
    tree: Path, name: str, old: str, new: str, words: str
) -> None:
    """One thing changed in one file, and the check says which."""
    text = (tree / name).read_text()
    assert old in text
    (tree / name).write_text(text.replace(old, new))
    assert any(words in fault for fault in release.faults(release.texts_of(tree)))


@pytest.mark.parametrize("version", ["1", "1.2", "v1.2.3", "01.2.3", "0.0.9"])
def test_an_odd_or_older_version_is_refused(tree: Path, version: str) -> None:
    """Nothing is written for what is no version, or not the newest."""
    before = (tree / release.CODE).read_text()
    with pytest.raises(release.NotReady):
        release.prepare(tree, version, DAY)
    assert (tree / release.CODE).read_text() == before
