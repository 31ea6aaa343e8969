"""Find out that a result is up to date from its manifest alone, before the scenario is built.

The manifest says how the run was asked for and which files its scenario was read from, with their
checksums. Where all of that is the same, byte for byte, and so are program, libraries and the files
of the result, the scenario would be the same too: reading and checking it, which takes half a
second with the libraries it needs, can tell nothing new. In every other case nothing is said here,
and the run finds out for itself.
"""

from __future__ import annotations

import re
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import SimError
from simulator.files import read_text
from simulator.runs.asked import asked_of
from simulator.runs.versions import library_versions, program_hash
from simulator.scenario.depth import long_key
from simulator.scenario.inside import may_read
from simulator.store.folder import SCENARIO
from simulator.store.manifest import Manifest, read_manifest, run_identity
from simulator.store.remote import here
from simulator.store.result import THOROUGH_BYTES, problems_of
from simulator.store.sink import hash_of

if TYPE_CHECKING:
    from simulator.runs.options import RunOptions
    from simulator.scenario.model import Scenario

LONGEST = 1_000_000
"""Bytes of a scenario's file; a longer one takes longer to read twice than to read for good."""

_NAME = re.compile(r"[A-Za-z0-9_\-+]{1,60}")
"""Names that stand for themselves; of others the reader of scenarios makes one."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A result that is up to date; as `runs.run.RunResult`, its scenario read when asked for."""

    folder: Path
    manifest: Manifest
    seconds: float
    up_to_date = True
    precision_reached = None
    reached = ()

    @property
    def scenario(self) -> Scenario:
        """The scenario as it was run."""
        from simulator.scenario.read import read_scenario

        return read_scenario(here(self.folder, SCENARIO), stored=True)


def unchanged(path: Path | str, options: RunOptions) -> Unchanged | None:
    """The result of this very run, if it is there and whole; None when that is not certain."""
    began = time.perf_counter()
    if options.force or options.strict or options.precision is not None:
        return None
    file = Path(path)
    try:
        options.check()
        options.thread_count()
        folder = options.out / name_in(file)
        manifest = read_manifest(folder)
        if manifest.asked != asked_of(file, options) or manifest.keep != options.keep:
            return None
        same = _same_files(file.parent, manifest) and _same_program(manifest)
        if not same or next(problems_of(folder, manifest, THOROUGH_BYTES), None) is not None:
            return None
    except (OSError, ValueError, LookupError, RecursionError, SimError):
        return None  # whatever it is, the run says it better
    return Unchanged(folder, manifest, time.perf_counter() - began)


def name_in(file: Path) -> str:
    """The name of the scenario in a file, if it is a plain one."""
    text = read_text(file, str(file), limit=LONGEST, what="a scenario")
    if long_key(text):
        raise ValueError("a key with fewer parts is wanted")
    name = tomllib.loads(text).get("name", file.stem)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError("a plain name is wanted")
    return name


def _same_files(folder: Path, manifest: Manifest) -> bool:
    """Whether every file that the scenario was read from is there as it was."""
    return bool(manifest.read_from) and all(
        may_read(folder, name) and hash_of(folder / name) == sha256
        for name, sha256 in manifest.read_from.items()
    )


def _same_program(manifest: Manifest) -> bool:
    """Whether this program with these libraries made the result."""
    return manifest.identity == run_identity(
        fingerprint=manifest.fingerprint,
        program_sha256=program_hash(),
        libraries=library_versions(),
        seed=manifest.seed,
        sampler=manifest.sampler,
        replicates=manifest.replicates,
        draws=manifest.draws,
    )
