"""What every decision command does with what it found: show it, and keep it with the result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli import talk

if TYPE_CHECKING:
    from simulator.findings import Finding

RESULTS = Path("results")


def folder_named(name: str) -> Path | None:
    """The result folder that a user named, by its path or its name; None for a scenario file."""
    return next((one for one in (Path(name), RESULTS / name) if one.is_dir()), None)


def deliver(
    finding: Finding, *, quiet: bool, json: bool, keep: bool, result: Path | None = None
) -> None:
    """Show a finding on stdout, unless `quiet`, and with `keep` lay it beside the result.

    `result` is the result asked about; for a scenario file it is the one of its name in results/,
    if that is of this very scenario. Workbook and report of the result show what is kept.
    """
    from simulator.render.finding import FindingPage, finding_document

    if json:
        talk.emit_json(finding_document(finding))
    elif not quiet:
        talk.show(FindingPage(finding))
    if keep:
        from simulator.runs.findings import keep_with

        path = keep_with(result or RESULTS / finding.scenario, finding)
        if path is None:
            where = result or RESULTS / finding.scenario
            talk.say(
                f"not kept: {where} holds no result of this scenario as it stands\n"
                "    → `sim run` makes one; then ask again"
            )
        elif not quiet:
            talk.say(f"{path}: kept for the workbook and the report")
