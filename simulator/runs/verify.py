"""`sim verify`: is a result, or a file made from results, as it was written?

Every check says in words what it looked at; the first thing that differs does not hide the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import InputError, Problem
from simulator.files import read_bytes
from simulator.runs.options import RESULTS
from simulator.runs.versions import library_versions, program
from simulator.scenario.fingerprint import fingerprint
from simulator.scenario.read import read_scenario
from simulator.store.faults import in_words
from simulator.store.findings import LIMIT, folder_of, read_finding, to_json
from simulator.store.folder import (
    DRAWS,
    INPUTS,
    MANIFEST,
    MANIFEST_BYTES,
    SCENARIO,
    SUMMARY,
    SUMMARY_CSV,
)
from simulator.store.ledger import LEDGER, Entry, entries
from simulator.store.manifest import Manifest, read_manifest, run_identity
from simulator.store.result import files_of, problems_of
from simulator.store.seal import SEALED, is_whole, seal_of
from simulator.store.sink import hash_of
from simulator.store.summary import read_summary_csv

if TYPE_CHECKING:
    from simulator.scenario.model import Scenario


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `holds` None when it could not be decided."""

    about: str
    holds: bool | None
    words: str


def verify(path: Path, *, replay: bool = False, ledger: Path | None = None) -> list[Check]:
    """Look at a result folder, a ledger, or a file that was made from results.

    `replay` simulates a result again and compares every file byte for byte. A file without a seal
    (CSV, Parquet, JSON) is looked up in `ledger`, `runs.jsonl` of results/ unless given. Raises
    InputError when there is nothing to verify.
    """
    with in_words(path, "look at it"):
        there, folder = path.exists(), path.is_dir()
    if not there:
        wanted = "a result folder, or a file made from results, is wanted; there is none"
        raise InputError(
            Problem(
                wanted,
                file=str(path),
                remedy="`sim runs` lists results, `sim runs --files` what was made of them",
            )
        )
    if folder:
        return list(_folder(path, replay=replay))
    if replay:
        remedy = "name the result folder, or leave --replay out"
        raise InputError(Problem("a result folder is wanted", "--replay", str(path), remedy))
    if path.name == LEDGER:
        return _ledger(path)
    if path.parent.joinpath(MANIFEST).is_file():
        return _part(path)
    return _file(path, ledger or RESULTS / LEDGER)


# --- A result folder --------------------------------------------------------------------------


def _folder(folder: Path, *, replay: bool) -> Iterator[Check]:
    try:
        manifest = read_manifest(folder)
    except InputError as error:
        yield Check(MANIFEST, False, str(error))
        return
    yield _manifest(folder, manifest)
    damaged = {problem.file: str(problem) for problem in problems_of(folder, manifest)}
    for name in manifest.files:
        words = damaged.get(str(folder / name))
        yield Check(name, words is None, words or "size and sha256 are those of the manifest")
    yield from _contents(folder, manifest)
    yield from _findings(folder)
    if replay:
        from simulator.runs.replay import replayed

        yield from replayed(folder, manifest)


def _manifest(folder: Path, manifest: Manifest) -> Check:
    path = folder / MANIFEST
    data = read_bytes(path, str(path), limit=MANIFEST_BYTES, what="a manifest")
    if data != manifest.to_json().encode():
        return Check(MANIFEST, False, "it is not as it was written: its seal does not fit")
    missing = sorted(files_of(manifest) - set(manifest.files))
    if missing:
        return Check(MANIFEST, False, f"it does not name {', '.join(missing)}")
    return Check(MANIFEST, True, "its seal fits; run " + manifest.identity[:16])


def _contents(folder: Path, manifest: Manifest) -> Iterator[Check]:
    """What the files say, against what the manifest says of them."""
    try:
        scenario = read_scenario(folder / SCENARIO, stored=True)
        yield _scenario(scenario, manifest)
    except InputError as error:
        yield Check("scenario", False, str(error))
    for name in sorted(files_of(manifest) & {DRAWS, INPUTS}):
        try:
            yield _parquet(folder / name, manifest)
        except InputError as error:
            yield Check(f"contents of {name}", False, str(error))
    try:
        yield _summaries(folder)
    except InputError as error:
        yield Check("summary", False, str(error))


def _scenario(scenario: Scenario, manifest: Manifest) -> Check:
    sampling = scenario.sampling
    told = fingerprint(scenario)
    identity = run_identity(
        fingerprint=told,
        program_sha256=manifest.program.sha256,
        libraries=manifest.libraries,
        seed=sampling.seed,
        sampler=sampling.sampler,
        replicates=sampling.replicates,
        draws=sampling.draws,
    )
    if told != manifest.fingerprint:
        words = f"its fingerprint is {told[:16]}, the manifest has {manifest.fingerprint[:16]}"
        return Check("scenario", False, words)
    if identity != manifest.identity:
        words = f"run {identity[:16]} follows from it, the manifest has {manifest.identity[:16]}"
        return Check("scenario", False, words)
    return Check("scenario", True, "fingerprint and run identity follow from it")


def _parquet(path: Path, manifest: Manifest) -> Check:
    from simulator.store.parquet import ColumnsReader

    about = f"contents of {path.name}"
    with ColumnsReader(path) as reader:
        layout = reader.layout
        rows = reader.contents.rows
    if layout.identity.get("identity") != manifest.identity:
        return Check(about, False, "it belongs to another run")
    if layout.draws != manifest.draws or rows != manifest.files[path.name].rows:
        return Check(about, False, f"{rows} rows of {layout.draws} draws are not what was made")
    words = f"{rows} rows, {len(reader.columns)} columns, of this run"
    return Check(about, True, words)


def _summaries(folder: Path) -> Check:
    """Both summaries say the same, bit for bit."""
    import math

    from simulator.store.summary import read_summary_parquet

    one, other = read_summary_csv(folder / SUMMARY_CSV), read_summary_parquet(folder / SUMMARY)

    def key(value: object) -> object:
        return "nan" if isinstance(value, float) and math.isnan(value) else value

    same = len(one) == len(other) and all(
        key(getattr(a, name)) == key(getattr(b, name))
        for a, b in zip(one, other, strict=True)
        for name in a.__slots__
    )
    words = f"{len(one)} rows, equal in CSV and Parquet" if same else "CSV and Parquet differ"
    return Check("summary", same, words)


def _findings(folder: Path) -> Iterator[Check]:
    """The answers kept beside a result."""
    kept = folder_of(folder)
    for path in sorted(kept.glob("*.json")) if kept.is_dir() else ():
        about = f"{kept.name}/{path.name}"
        try:
            same = to_json(read_finding(path)).encode() == read_bytes(
                path, str(path), limit=LIMIT, what="a finding"
            )
        except InputError as error:
            yield Check(about, False, str(error))
            continue
        words = "its seal fits" if same else "it is not as it was written"
        yield Check(about, same, words)


def same_program(manifest: Manifest) -> str:
    """What differs between the program that made a result and this one, in words; "" if nothing."""
    ours, libraries = program(), library_versions()
    said = []
    if manifest.program.sha256 != ours.sha256:
        said.append(f"sim {manifest.program.version} {manifest.program.sha256[:12]}")
    said += [
        f"{name} {version}"
        for name, version in manifest.libraries.items()
        if libraries.get(name) != version
    ]
    return ", ".join(said)


def _part(path: Path) -> list[Check]:
    """One file of a result folder, against its manifest."""
    try:
        manifest = read_manifest(path.parent)
    except InputError as error:
        return [Check(MANIFEST, False, str(error))]
    checks = [_manifest(path.parent, manifest)]
    if path.name in manifest.files:
        with in_words(path, "read it"):
            same = hash_of(path) == manifest.files[path.name].sha256
        words = "its sha256 is that of the manifest" if same else "it is not as it was written"
        checks.append(Check(path.name, same, words))
    elif path.name != MANIFEST:
        checks.append(Check(path.name, False, "it is no file of this result"))
    return checks


# --- Files made from results, and the ledger ----------------------------------------------------


def _file(path: Path, ledger: Path) -> list[Check]:
    with in_words(path, "read it"):
        sha256 = hash_of(path)
        whole = is_whole(path) if path.suffix.lower() in SEALED else None
    written = [entry for entry in entries(ledger) if entry.record.get("what") == "file"]
    known = [entry for entry in written if entry.record.get("sha256") == sha256]
    checks = []
    if path.suffix.lower() in SEALED:
        checks.append(_sealed(path, whole))
    if known:
        checks.append(Check("ledger", True, _told(known[-1])))
    elif any(entry.record.get("file") == path.name for entry in written):
        words = f"{ledger} has a file of this name with another checksum"
        checks.append(Check("ledger", whole or False, words))
    elif whole is None:
        wanted = "a file that carries a seal, or that the ledger knows, is wanted"
        remedy = "name the ledger of its results with --ledger"
        checks.append(Check("ledger", False, f"{wanted}\n    → {remedy}"))
    return checks


def _sealed(path: Path, whole: bool | None) -> Check:
    if whole is None:
        return Check("seal", False, "it has no seal, or the seal is damaged")
    found = seal_of(path)
    runs = ", ".join(run[:16] for run in found.runs) if found is not None else ""
    words = f"as it was written; made from run {runs}" if whole else "it is not as it was written"
    return Check("seal", whole, words)


def _told(entry: Entry) -> str:
    record = entry.record
    runs = ", ".join(str(run)[:16] for run in record.get("runs", ()))
    return f"as `sim {record.get('command')}` wrote it on {record.get('at')} from run {runs}"


def _ledger(path: Path) -> list[Check]:
    found = list(entries(path))
    wrong = [Check(f"line {entry.number}", False, entry.damage) for entry in found if entry.damage]
    return wrong or [Check("ledger", True, f"{len(found)} lines, each as it was written")]
