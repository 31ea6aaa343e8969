"""`manifest.json`: what a result is, what made it, and the checksum of each of its files.

The time of the run stands here and nowhere else, so that the other files of two equal runs are
equal byte for byte. Needs only the standard library.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from simulator.errors import InputError, Problem
from simulator.files import read_bytes
from simulator.store.folder import (
    EVERYTHING,
    MANIFEST,
    MANIFEST_BYTES,
    PROGRAM,
    STATISTICS,
    which_result,
)

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Program:
    """The program that made a result; `sha256` is over its source files."""

    version: str
    sha256: str
    name: str = PROGRAM


@dataclass(frozen=True, slots=True)
class Vintage:
    """A source of numbers and the date on which they were known; "" when not stated."""

    source: str
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the result: checksum, bytes, and rows when it is a table."""

    sha256: str
    size: int
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class PrecisionAsked:
    """Targets of `--precision`, the most draws allowed, and whether the targets were reached.

    `plain` says of each target how many draws of plain random numbers would have been needed.
    """

    targets: str
    cap: int
    reached: bool
    plain: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of `manifest.json`, schema version 1.

    `identity` is equal for two runs exactly when their results are (see `run_identity`).
    `keep` is "all", or "summary" when the draws were not kept. `asked` names the file that was run
    and the settings that were given for it, when there was one. `created` is in UTC, ISO 8601.
    """

    program: Program
    libraries: Mapping[str, str]
    scenario: str
    fingerprint: str
    seed: int
    sampler: str
    replicates: int
    draws: int
    periods: tuple[str, ...]
    vintages: tuple[Vintage, ...]
    read_from: Mapping[str, str]
    files: Mapping[str, StoredFile]
    precision: PrecisionAsked | None
    created: str
    identity: str
    keep: str = EVERYTHING
    asked: Mapping[str, str] = field(default_factory=dict)
    schema_version: int = SCHEMA_VERSION

    def to_json(self) -> str:
        """As JSON text, keys in a fixed order, and a seal: the sha256 of all that is said.

        A text that `from_json` reads is as it was written exactly when `to_json` gives it again.
        """
        said = {**self._said(), "seal": self.seal}
        return json.dumps(said, indent=2, ensure_ascii=False) + "\n"

    @property
    def seal(self) -> str:
        """sha256 (hex) over all that the manifest says."""
        return hashlib.sha256(json.dumps(self._said()).encode()).hexdigest()

    def _said(self) -> dict[str, Any]:
        document = asdict(self)
        if self.keep == EVERYTHING:  # not said, as before there was a choice
            document.pop("keep")
        if not self.asked:
            document.pop("asked")
        return {"schema_version": document.pop("schema_version"), **document}

    @classmethod
    def from_json(cls, text: str | bytes, file: str = MANIFEST) -> Manifest:
        """From JSON text; InputError names every missing or wrong key, or the unknown version."""
        return _Reader(file).manifest(text)


def run_identity(
    *,
    fingerprint: str,
    program_sha256: str,
    libraries: Mapping[str, str],
    seed: int,
    sampler: str,
    replicates: int,
    draws: int,
) -> str:
    """sha256 (hex) over everything that a result's numbers depend on."""
    parts = {
        "fingerprint": fingerprint,
        "program": program_sha256,
        "libraries": dict(sorted(libraries.items())),
        "seed": seed,
        "sampler": sampler,
        "replicates": replicates,
        "draws": draws,
    }
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a result folder; InputError when there is none or it cannot be used."""
    path = folder / MANIFEST
    if not path.exists() or path.is_dir():
        raise InputError(
            Problem(
                file=str(folder),
                wanted=f"a result folder is wanted, and there is no {MANIFEST} in it",
                remedy=which_result(folder.name, folder.parent),
            )
        )
    text = read_bytes(path, str(path), limit=MANIFEST_BYTES, what="a manifest")
    return Manifest.from_json(text, str(path))


class _Reader:
    """Checks the types of a parsed manifest, key by key, and keeps every problem."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def fail(self, wanted: str, key: str = "", value: str = "", remedy: str = "") -> None:
        self.problems.append(
            Problem(file=self.file, key=key, wanted=wanted, value=value[:80], remedy=remedy)
        )

    def manifest(self, text: str | bytes) -> Manifest:
        again = "run the scenario again with --force"
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            self.fail("JSON is wanted; the file is damaged", value=str(error), remedy=again)
            raise InputError(self.problems) from None
        if not isinstance(document, dict):
            self.fail("a JSON object is wanted", remedy=again)
            raise InputError(self.problems)
        version = document.get("schema_version")
        if version != SCHEMA_VERSION or isinstance(version, bool):
            self.fail(
                f"schema version {SCHEMA_VERSION} is wanted: the result was written by another "
                "version of the program",
                key="schema_version",
                value=repr(version),
                remedy=f"read it with that version, or {again}",
            )
            raise InputError(self.problems)
        found = self._fields(document)
        seal = self.get(document, "seal", str)
        if not self.problems and seal != found.seal:
            self.fail("it is not as it was written", key="seal", value=seal, remedy=again)
        if self.problems:
            raise InputError(self.problems)
        return found

    def get(self, table: Mapping[str, Any], key: str, kind: type, at: str = "") -> Any:  # noqa: ANN401 - parsed JSON
        value = table.get(key)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            words = {str: "text", int: "a whole number", dict: "a table", list: "a list"}
            wanted = "true or false" if kind is bool else words[kind]
            shown = "nothing" if key not in table else repr(value)
            self.fail(f"{wanted} is wanted", key=f"{at}{key}", value=shown)
            return kind()
        return value

    def texts(self, table: Mapping[str, Any], key: str) -> dict[str, str]:
        found = self.get(table, key, dict)
        return {name: self.get(found, name, str, f"{key}.") for name in found}

    def _fields(self, document: Mapping[str, Any]) -> Manifest:
        program = self.get(document, "program", dict)
        name = self.get(program, "name", str, "program.")
        if name != PROGRAM:
            self.fail(f"a result of {PROGRAM} is wanted", key="program.name", value=repr(name))
        return Manifest(
            program=Program(
                version=self.get(program, "version", str, "program."),
                sha256=self.get(program, "sha256", str, "program."),
            ),
            libraries=self.texts(document, "libraries"),
            scenario=self.get(document, "scenario", str),
            fingerprint=self.get(document, "fingerprint", str),
            seed=self.get(document, "seed", int),
            sampler=self.get(document, "sampler", str),
            replicates=self.get(document, "replicates", int),
            draws=self.get(document, "draws", int),
            periods=tuple(map(str, self.get(document, "periods", list))),
            vintages=self._vintages(document),
            read_from=self.texts(document, "read_from"),
            files=self._files(document),
            precision=self._precision(document),
            created=self.get(document, "created", str),
            identity=self.get(document, "identity", str),
            asked=self.texts(document, "asked") if "asked" in document else {},
            keep=self._keep(document),
        )

    def _keep(self, document: Mapping[str, Any]) -> str:
        if "keep" not in document:
            return EVERYTHING
        found: str = self.get(document, "keep", str)
        if found != STATISTICS:
            self.fail(f"{STATISTICS!r}, or no such key, is wanted", key="keep", value=repr(found))
        return found

    def _tables(self, document: Mapping[str, Any], key: str) -> dict[str, dict[str, Any]]:
        """The tables inside a table or list, each with its key path."""
        kind = dict if key == "files" else list
        found = self.get(document, key, kind)
        pairs = found.items() if isinstance(found, dict) else enumerate(found)
        tables: dict[str, dict[str, Any]] = {}
        for name, table in pairs:
            if isinstance(table, dict):
                tables[str(name)] = table
            else:
                self.fail("a table is wanted", key=f"{key}.{name}", value=repr(table))
        return tables

    def _vintages(self, document: Mapping[str, Any]) -> tuple[Vintage, ...]:
        return tuple(
            Vintage(
                self.get(table, "source", str, f"vintages.{i}."),
                self.get(table, "as_of", str, f"vintages.{i}."),
            )
            for i, table in self._tables(document, "vintages").items()
        )

    def _files(self, document: Mapping[str, Any]) -> dict[str, StoredFile]:
        files: dict[str, StoredFile] = {}
        for name, table in self._tables(document, "files").items():
            at = f"files.{name}."
            if name in ("", ".", "..") or "/" in name or "\\" in name:
                self.fail("the name of a file in this folder is wanted", key="files", value=name)
            rows = None if table.get("rows") is None else self.get(table, "rows", int, at)
            files[name] = StoredFile(
                self.get(table, "sha256", str, at), self.get(table, "size", int, at), rows
            )
        return files

    def _plain(self, table: Mapping[str, Any]) -> dict[str, int]:
        found = self.get(table, "plain", dict, "precision.")
        return {name: self.get(found, name, int, "precision.plain.") for name in found}

    def _precision(self, document: Mapping[str, Any]) -> PrecisionAsked | None:
        if document.get("precision") is None:
            return None
        table = self.get(document, "precision", dict)
        return PrecisionAsked(
            self.get(table, "targets", str, "precision."),
            self.get(table, "cap", int, "precision."),
            self.get(table, "reached", bool, "precision."),
            self._plain(table) if "plain" in table else {},
        )
