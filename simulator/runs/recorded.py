"""Writing runs and exports down in the ledger of their results folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator import __version__
from simulator.errors import EnvironmentFault
from simulator.store.faults import in_words
from simulator.store.ledger import LEDGER, append
from simulator.store.remote import origin_of
from simulator.store.sink import hash_of

if TYPE_CHECKING:
    from simulator.runs.run import RunResult
    from simulator.runs.unchanged import Unchanged
    from simulator.store.result import Run

RUN, FILE = "run", "file"
RESULTS = Path("results")


def record_run(result: RunResult | Unchanged) -> None:
    """One line for a run, computed or found up to date. Raises EnvironmentFault for the disk."""
    manifest = result.manifest
    line = {
        "what": RUN,
        "scenario": manifest.scenario,
        "identity": manifest.identity,
        "fingerprint": manifest.fingerprint,
        "seed": manifest.seed,
        "sampler": manifest.sampler,
        "draws": manifest.draws,
        "computed": not result.up_to_date,
        "seconds": round(result.seconds, 3),
        "folder": result.folder.name,
    }
    _append(result.folder, line, "the result is whole")


def record_files(command: str, files: Sequence[Path], runs: Iterable[Run]) -> None:
    """A line for each file that was made from results, in the ledger of the first one's folder."""
    found = list(runs)
    record_made(command, files, [run.manifest.identity for run in found], found[0].folder)


def record_made(
    command: str, files: Sequence[Path], identities: Sequence[str], folder: Path
) -> None:
    """As `record_files`, of runs by their identities; `folder` is the result of the first one."""
    for path in files:
        line = {
            "what": FILE,
            "command": command,
            "file": path.name,
            "sha256": hash_of(path),
            "size": path.stat().st_size,
            "runs": list(identities),
        }
        _append(folder, line, f"{path} is whole")


def record_table(command: str, path: Path, identity: str, results: Path) -> None:
    """A line for a table that was made without a result, in the ledger of a folder of results."""
    with in_words(results, "make the folder of results"):
        results.mkdir(parents=True, exist_ok=True)
    record_made(command, [path], [identity], results / path.name)


def _append(folder: Path, line: dict[str, Any], whole: str) -> None:
    now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
    ledger = folder.absolute().parent / LEDGER
    if line["what"] == FILE and origin_of(folder) is not None:  # it stands for an address
        ledger = RESULTS / LEDGER
        with in_words(ledger, "write down the file", making=True):
            ledger.parent.mkdir(exist_ok=True)
    try:
        append(ledger, {"at": now, "program": __version__, **line})
    except EnvironmentFault as fault:
        raise EnvironmentFault(f"{fault}\n    {whole}, but not written down there") from fault
