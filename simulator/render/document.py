"""What the screen says, for a program: plain dictionaries that become one JSON object."""

from __future__ import annotations

from typing import Any

from simulator.budget.tieout import TieOut, gap_in_words
from simulator.render.caption import contains, data_as_of
from simulator.render.summary import Cell
from simulator.render.view import View
from simulator.store.summary import DRIVER, EXCEEDS
from simulator.units import finite

Document = dict[str, Any]


def _cell(output: str, period: str, stage: str, cell: Cell) -> Document:
    """Statistics of one output in one period, in whole units of `unit`."""
    plain = [name for name in cell if not name.startswith((DRIVER, EXCEEDS))]
    return {
        "output": output,
        "period": period,
        "stage": stage,
        "unit": cell.unit,
        "statistics": {name: finite(cell[name]) for name in plain},
        "standard_errors": {name: finite(cell.error(name)) for name in plain},
        "exceeds": {name: finite(value) for name, value in cell.named(EXCEEDS).items()},
        "drivers": {name: finite(value) for name, value in cell.named(DRIVER).items()},
    }


def _precision(view: View) -> Document | None:
    """What `--precision` asked for, if it was given."""
    asked = view.precision
    if asked is None:
        return None
    return {"targets": asked.targets, "reached": asked.reached, "plain_draws": dict(asked.plain)}


def run_document(view: View, status: str) -> Document:
    """A run: what it was, where it lies, and every output of the last stage.

    `status` is "computed", "up to date" or "stored". Amounts are in whole units of currency,
    rates and shares are fractions.
    """
    scenario = view.scenario
    results = [
        _cell(output, period, view.stage, cell)
        for output in view.summary.outputs
        for period in scenario.periods
        if (cell := view.cell(output, period)) is not None
    ]
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "known_on": scenario.known_on.isoformat(),
        "bands_contain": contains(scenario),
        "data_as_of": [
            {
                "source": one.source,
                "oldest": one.oldest.isoformat(),
                "newest": one.newest.isoformat(),
            }
            for one in data_as_of(scenario)
        ],
        "status": status,
        "draws": view.draws,
        "precision": _precision(view),
        "replicates": scenario.sampling.replicates,
        "sampler": scenario.sampling.sampler,
        "seed": scenario.sampling.seed,
        "folder": view.folder,
        "files": list(view.files),
        "warnings": list(view.warnings),
        "results": results,
    }


def tie_out_document(name: str, tie_out: TieOut, *, faults_only: bool = False) -> Document:
    """A tie-out: the verdict, the counts and a row a figure."""
    wanted = ("source fault", "MISMATCH")
    rows = [
        {
            "id": row.id,
            "where": row.figure.where,
            "what": row.figure.what,
            "period": row.figure.period,
            "unit": row.figure.unit,
            "computed": float(row.computed),
            "printed": float(row.printed),
            "rule": row.rule,
            "verdict": row.verdict,
            "note": row.note,
        }
        for row in tie_out.rows
        if not faults_only or row.verdict in wanted
    ]
    return {
        "scenario": name,
        "ok": tie_out.ok,
        "counts": dict(tie_out.counts),
        "rows": rows,
        "gaps": [gap_in_words(gap) for gap in tie_out.gaps],
    }
