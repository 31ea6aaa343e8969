"""Findings kept beside a result, `results/NAME.findings/COMMAND.json`, for workbook and report.

Beside and not inside, because a result is written once and stays whole; a finding of another
fingerprint than the result's is passed over.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulator.errors import InputError, Problem
from simulator.files import read_text
from simulator.findings import Finding, Heading, Listing, Sentence, Value
from simulator.store.faults import in_words
from simulator.store.manifest import read_manifest
from simulator.store.single import writing_file

VERSION = 1
LIMIT = 64 << 20
"""Bytes that a finding may have; the largest of base has some 20 kB."""


def folder_of(result: Path) -> Path:
    """Where the findings about a result lie."""
    return result.with_name(f"{result.name}.findings")


def keep(result: Path, finding: Finding) -> Path:
    """Write a finding beside the result, over an earlier answer to the same question.

    Raises EnvironmentFault for the disk.
    """
    folder = folder_of(result)
    with in_words(folder, "make", making=True):
        folder.mkdir(exist_ok=True)
    path = folder / f"{finding.name}.json"
    with writing_file(path, force=True) as place:
        place.write_text(to_json(finding), encoding="utf-8")
    return path


def findings_of(result: Path) -> tuple[Finding, ...]:
    """The findings about a result as it is now, by name. Raises InputError for a damaged one."""
    folder = folder_of(result)
    with in_words(folder, "look for findings"):
        paths = sorted(folder.glob("*.json")) if folder.is_dir() else []
    wanted = read_manifest(result).fingerprint if paths else ""
    found = [read_finding(path) for path in paths]
    return tuple(finding for finding in found if finding.fingerprint == wanted)


def to_json(finding: Finding) -> str:
    """A finding as text that `read_finding` reads; values that are no numbers are not written.

    It ends with a seal, the sha256 of all that is said before.
    """
    document = {"schema_version": VERSION, **dataclasses.asdict(finding)}
    said = {**document, "seal": sealed(document)}
    return json.dumps(said, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def sealed(document: Mapping[str, Any]) -> str:
    """sha256 (hex) over a document that JSON can hold."""
    return hashlib.sha256(json.dumps(document, allow_nan=False).encode()).hexdigest()


def read_finding(path: Path) -> Finding:
    """A finding from its file. Raises InputError when it is none."""
    text = read_text(path, str(path), limit=LIMIT, what="a finding")
    try:
        document = json.loads(text)
        whole = document.pop("seal") == sealed(document)
        version = document.pop("schema_version")
        document["sentences"] = _sentences(document["sentences"])
        document["warnings"] = _sentences(document["warnings"])
        document["listings"] = tuple(_listing(one) for one in document["listings"])
        finding = Finding(**document)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise InputError(_damaged(path)) from None
    if version != VERSION or not whole:
        raise InputError(_damaged(path))
    return finding


def _damaged(path: Path) -> Problem:
    remedy = "remove the file, and ask the question again"
    wanted = "a finding of this version of sim, as it was written, is wanted"
    return Problem(wanted, file=str(path), remedy=remedy)


def _sentences(given: list[Mapping[str, Any]]) -> tuple[Sentence, ...]:
    return tuple(_sentence(one) for one in given)


def _sentence(given: Mapping[str, Any]) -> Sentence:
    values: dict[str, Value] = {
        name: (float(value[0]), str(value[1])) if isinstance(value, list) else value
        for name, value in given["values"].items()
    }
    template = str(given["template"])
    return Sentence(template, values)


def _listing(given: Mapping[str, Any]) -> Listing:
    note = given["note"]
    return Listing(
        given["name"],
        given["title"],
        tuple(Heading(**one) for one in given["headings"]),
        tuple(tuple(row) for row in given["rows"]),
        None if note is None else _sentence(note),
        str(given.get("about", "")),
    )
