"""Where a finding is kept: beside the result of the scenario that it is about."""

from __future__ import annotations

from pathlib import Path

from simulator.errors import InputError
from simulator.findings import Finding
from simulator.store import findings
from simulator.store.manifest import read_manifest


def keep_with(result: Path, finding: Finding) -> Path | None:
    """Keep a finding beside `result` when that is of the same scenario; where, or None.

    Raises EnvironmentFault for the disk.
    """
    try:
        manifest = read_manifest(result)
    except InputError:
        return None
    return findings.keep(result, finding) if manifest.fingerprint == finding.fingerprint else None
