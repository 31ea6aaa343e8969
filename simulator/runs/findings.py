"""Where a finding is kept: beside the result of the scenario that it is about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from simulator.errors import InputError
from simulator.findings import Finding
from simulator.render.figures import decimals
from simulator.runs.named import scenario_named
from simulator.runs.options import RunOptions
from simulator.scenario.fingerprint import fingerprint
from simulator.scenario.model import Scenario
from simulator.store import findings
from simulator.store.manifest import read_manifest


def whose(scenario: Scenario, mark: str = "") -> tuple[str, str, int, int]:
    """What a finding says of its scenario: name, fingerprint, and how amounts are printed.

    `mark` is the fingerprint where the scenario was asked about under other settings.
    """
    budget = scenario.budget
    return scenario.name, mark or fingerprint(scenario), budget.unit, decimals(budget.cell)


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
