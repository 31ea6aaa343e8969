"""Which stored column holds an output at a stage."""

from __future__ import annotations

from simulator.errors import InputError, Problem, did_you_mean
from simulator.store.result import Run


def column_name(run: Run, output: str, stage: str = "") -> str:
    """The column of an output at a stage, the last one it was stored at unless given.

    Raises InputError for an output, or a stage of it, that was not stored.
    """
    columns = [column for column in run.columns() if column.output == output]
    where = f"use one of the outputs in {run.place}/summary.csv"
    if not columns:
        names = {column.output for column in run.columns()}
        wanted = f"an output of {run.place} is wanted"
        raise InputError(Problem(wanted, "--output", output, did_you_mean(output, names, where)))
    if not stage:  # the last stage goes without its name
        return next(c.name for c in columns if c.name == output)
    found = [column.name for column in columns if column.stage == stage]
    if not found:
        wanted = f"a stage at which {output} was stored is wanted"
        known = did_you_mean(stage, {column.stage for column in columns})
        raise InputError(Problem(wanted, "--stage", stage, known))
    return found[0]
