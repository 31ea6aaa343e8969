"""`sim runs`: what was run and exported, from the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from simulator.cli import talk
from simulator.cli.options import day, whole
from simulator.errors import CheckFailed, InputError, Problem


def runs(
    out: Annotated[
        str, typer.Option(metavar="FOLDER", help="The folder of results whose ledger is read.")
    ] = "results",
    scenario: Annotated[
        str | None, typer.Option(metavar="NAME", help="Runs of this scenario only.")
    ] = None,
    since: Annotated[
        dt.date | None, typer.Option(parser=day, metavar="DATE", help="From this day on (UTC).")
    ] = None,
    last: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="The last N only.")
    ] = None,
    files: Annotated[
        bool, typer.Option("--files", help="Files made from results, instead of runs.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> int:
    """List the runs of a folder of results, oldest first. Exit code 1 when the ledger is damaged.

    \b
    Examples:
      sim runs
      sim runs --scenario base --since 2031-10-31 --last 5
      sim runs --files --json
    """
    from simulator.store.ledger import LEDGER, entries
    from simulator.store.remote import results_at

    if last is not None and last < 1:
        raise InputError(Problem("a whole number above zero is wanted", "--last", str(last)))
    ledger = results_at(out)[0] / LEDGER
    found = list(entries(ledger))
    if not found:
        remedy = "`sim run FILE` begins one, or name the folder with --out"
        raise InputError(Problem("there is no ledger here yet", file=str(ledger), remedy=remedy))
    kept = [entry.record for entry in found if entry.record]
    kept = [r for r in kept if r.get("what") == ("file" if files else "run")]
    if scenario is not None:
        kept = [record for record in kept if record.get("scenario") == scenario]
    if since is not None:
        kept = [record for record in kept if str(record.get("at", "")) >= since.isoformat()]
    for record in kept[-last:] if last is not None else kept:
        if json:
            talk.emit_json(record)
        else:
            talk.show_text([_file(record) if files else _run(record)], then="    ")
    damaged = list(_damaged(str(ledger), found))
    if damaged:
        raise CheckFailed("\n".join(damaged))
    return 0


def _run(record: Mapping[str, Any]) -> str:
    took = f"{record['seconds']:.1f} s" if record["computed"] else "up to date"
    return (
        f"{record['at'][:19]}  {record['identity'][:12]}  {record['scenario']}  "
        f"{record['draws']} draws, seed {record['seed']}, {record['sampler']}  {took}"
    )


def _file(record: Mapping[str, Any]) -> str:
    made = ", ".join(run[:12] for run in record["runs"])
    return f"{record['at'][:19]}  {record['file']}  sim {record['command']} of {made}"


def _damaged(ledger: str, found: list[Any]) -> Iterator[str]:
    for entry in found:
        if entry.damage:
            yield f"{ledger}:{entry.number}: {entry.damage}"
