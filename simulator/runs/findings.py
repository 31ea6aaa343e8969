"""Where a finding is kept: beside the result of the scenario that it is about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from simulator.errors import InputError
from simulator.findings import Finding
from simulator.runs.named import scenario_named
from simulator.runs.options import RunOptions
from simulator.scenario.fingerprint import fingerprint
from simulator.store import findings
from simulator.store.manifest import read_manifest


def about(finding: Finding, name: str) -> Finding:
    """A finding as one about the scenario that a user named, whatever draws it was made with.

    Raises InputError when there is no such scenario or result.
    """
    own = fingerprint(scenario_named(name, RunOptions()))
    return replace(finding, fingerprint=own)


def keep_with(result: Path, finding: Finding) -> Path | None:
    """Keep a finding beside `result` when that is of the same scenario; where, or None.

    Raises EnvironmentFault for the disk.
    """
    try:
        manifest = read_manifest(result)
    except InputError:
        return None
    return findings.keep(result, finding) if manifest.fingerprint == finding.fingerprint else None
