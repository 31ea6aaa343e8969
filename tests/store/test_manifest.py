"""The manifest: reads back as written, and refuses what it does not know in words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import InputError
from simulator.store.manifest import (
    Manifest,
    PrecisionAsked,
    Program,
    StoredFile,
    Vintage,
    read_manifest,
    run_identity,
)

MANIFEST = Manifest(
    program=Program("0.1.0", "a" * 64),
    libraries={"python": "3.11.0", "numpy": "2.0"},
    scenario="small",
    fingerprint="b" * 64,
    seed=0,
    sampler="sobol",
    replicates=8,
    draws=4096,
    periods=("2031", "2032", "2031-2032"),
    vintages=(Vintage("table 1", "2030-10-31"), Vintage("", "2030-01-01")),
    read_from={"small.toml": "c" * 64},
    files={"draws.parquet": StoredFile("d" * 64, 10, 12), "scenario.toml": StoredFile("e" * 64, 3)},
    precision=PrecisionAsked("mean(net_eur)=0.1%", 2**22, True),
    created="2031-01-01T00:00:00+00:00",
    identity="f" * 64,
)

PARTS: dict[str, Any] = {
    "fingerprint": "b",
    "program_sha256": "a",
    "libraries": {"python": "3.11", "numpy": "2.0"},
    "seed": 0,
    "sampler": "sobol",
    "replicates": 8,
    "draws": 4096,
}


@pytest.mark.parametrize("manifest", [MANIFEST, replace(MANIFEST, precision=None, vintages=())])
def test_a_manifest_reads_back_as_it_was_written(manifest: Manifest) -> None:
    """Every field, and the text itself."""
    again = Manifest.from_json(manifest.to_json())
    assert again == manifest
    assert again.to_json() == manifest.to_json()


def test_the_schema_version_stands_first() -> None:
    """So that a person sees it before anything that may have changed."""
    assert next(iter(json.loads(MANIFEST.to_json()))) == "schema_version"


@pytest.mark.parametrize("version", [0, 2, "1", None, True, 1.5])
def test_another_schema_version_is_refused(version: object) -> None:
    """Naming it, and what to do."""
    document = {**json.loads(MANIFEST.to_json()), "schema_version": version}
    with pytest.raises(InputError, match="schema version 1 is wanted") as caught:
        Manifest.from_json(json.dumps(document), "results/small/manifest.json")
    assert "results/small/manifest.json" in str(caught.value)


def test_every_missing_key_is_told_at_once() -> None:
    """Not only the first."""
    document = json.loads(MANIFEST.to_json())
    for key in ("seed", "files", "identity"):
        del document[key]
    with pytest.raises(InputError) as caught:
        Manifest.from_json(json.dumps(document))
    assert sorted(problem.key for problem in caught.value.problems) == ["files", "identity", "seed"]
    assert {problem.value for problem in caught.value.problems} == {"nothing"}


@pytest.mark.parametrize("key", sorted(set(json.loads(MANIFEST.to_json())) - {"precision"}))
def test_no_key_may_be_missing_or_of_another_kind(key: str) -> None:
    """Each is checked by itself."""
    document = json.loads(MANIFEST.to_json())
    for wrong in (None, 1.5):
        with pytest.raises(InputError) as caught:
            Manifest.from_json(json.dumps({**document, key: wrong}))
        assert any(problem.key.startswith(key) for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("program", "name"), "other"),
        (("program", "sha256"), 1),
        (("libraries", "numpy"), 2),
        (("vintages", 0), "table 1"),
        (("vintages", 0, "as_of"), None),
        (("files", "draws.parquet", "size"), "10"),
        (("files", "draws.parquet", "rows"), True),
        (("files", "draws.parquet"), []),
        (("files", "../draws.parquet"), {"sha256": "d", "size": 1, "rows": None}),
        (("precision", "reached"), 1),
    ],
)
def test_what_stands_inside_is_checked_too(path: tuple[Any, ...], value: object) -> None:
    """With the key's path in the message."""
    document = json.loads(MANIFEST.to_json())
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(InputError) as caught:
        Manifest.from_json(json.dumps(document))
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].key.startswith(str(path[0]))


@given(st.binary(max_size=300) | st.text(max_size=300) | st.just("[" * 100_000))
def test_whatever_else_the_file_holds_is_refused_in_words(text: str | bytes) -> None:
    """Never a traceback."""
    with pytest.raises(InputError):
        Manifest.from_json(text)


@given(st.integers(0, len(MANIFEST.to_json()) - 2))
def test_a_truncated_manifest_is_refused(kept: int) -> None:
    """Wherever it was cut."""
    with pytest.raises(InputError):
        Manifest.from_json(MANIFEST.to_json()[:kept])


def test_a_folder_without_a_manifest_is_no_result(tmp_path: Path) -> None:
    """And neither is a missing folder, or a file."""
    (tmp_path / "file").touch()
    for folder in (tmp_path, tmp_path / "none", tmp_path / "file"):
        with pytest.raises(InputError, match="a result folder is wanted"):
            read_manifest(folder)


def test_a_path_that_no_file_can_have_is_no_result() -> None:
    """A NUL byte, found by drawn command lines."""
    with pytest.raises(InputError, match="a result folder is wanted"):
        read_manifest(Path("a\0b"))


def test_the_identity_depends_on_everything_that_moves_a_number() -> None:
    """And on nothing else: not on the order of the libraries."""
    base = run_identity(**PARTS)
    changes: dict[str, Any] = {
        "fingerprint": "c",
        "program_sha256": "b",
        "libraries": {"python": "3.11", "numpy": "2.1"},
        "seed": 1,
        "sampler": "random",
        "replicates": 4,
        "draws": 4097,
    }
    assert set(changes) == set(PARTS)
    found = {run_identity(**{**PARTS, key: value}) for key, value in changes.items()}
    assert len(found | {base}) == len(changes) + 1
    turned = dict(reversed(PARTS["libraries"].items()))
    assert run_identity(**{**PARTS, "libraries": turned}) == base
