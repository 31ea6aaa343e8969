"""A folder with two results and what is made of them, and how to tell that an artefact is whole."""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import io
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ground import SMALL, scenario

from simulator.cli import main
from simulator.store.ledger import LEDGER, Entry, entries

SWEEP = "--over inflows.psc_rate=0.1:0.2:0.01 --draws 256 --threads 1 --force --quiet"


def sim(words: str, folder: Path) -> int:
    """The exit code of a command in a folder, without its words."""
    said = io.StringIO()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
    ):
        return main(words.split())


@dataclass(frozen=True)
class Artefact:
    """What one command makes: for 0 and 1 the two sides, and which file or folder it is."""

    words: str
    path: str

    def asked(self, side: int) -> str:
        """The command that makes the artefact of a side in the place of the other's."""
        return self.words.format(result=f"results/{'ab'[side]}", seed=side + 1)


ARTEFACTS = {
    "run": Artefact("run small.toml --seed {seed} --draws 20000 --force --threads 2 --quiet",
                    "results/small"),
    "export xlsx": Artefact("export {result} --to xlsx --out o.xlsx --force", "o.xlsx"),
    "export csv": Artefact("export {result} --to csv --out o.csv --force", "o.csv"),
    "export sipmath": Artefact("export {result} --to sipmath --out o.json --force", "o.json"),
    "report": Artefact("report {result} --out o.html --force", "o.html"),
    "sweep": Artefact("sweep small.toml --seed {seed} --out o.parquet " + SWEEP, "o.parquet"),
    "plot": Artefact("plot {result} --to svg --out o.svg --force", "o.svg"),
    "compare": Artefact("compare {result} results/b --no-drivers --unpaired --out o.md --force",
                        "o.md"),
}  # fmt: skip


_prepared: dict[str, Path] = {}


def prepare(folder: Path) -> None:
    """As `_prepare`, which is done once a process."""
    if "whole" not in _prepared:
        _prepared["whole"] = Path(tempfile.mkdtemp(prefix="sim-faults-"))
        atexit.register(shutil.rmtree, _prepared["whole"], ignore_errors=True)
        _prepare(_prepared["whole"])
    shutil.copytree(_prepared["whole"], folder, dirs_exist_ok=True)


def _prepare(folder: Path) -> None:
    """The small scenario as small.toml, a.toml and b.toml, and results of the last two."""
    assert SMALL.is_file()
    for name, seed in (("small", 0), ("a", 1), ("b", 2)):
        text = scenario().replace("seed = 0", f"seed = {seed}")
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    assert sim("run a.toml b.toml small.toml --quiet", folder) == 0


def content(path: Path) -> str:
    """A checksum over a file; of a result over the file that its draws are in."""
    one = path / "draws.parquet" if path.is_dir() else path
    return hashlib.sha256(one.read_bytes()).hexdigest()


def both(artefact: Artefact, folder: Path) -> list[str]:
    """The contents of both sides; the first one is there afterwards."""
    found = []
    for side in (1, 0):
        assert sim(artefact.asked(side), folder) == 0, artefact.asked(side)
        found.append(content(folder / artefact.path))
    return found[::-1]


def whole(artefact: Artefact, folder: Path) -> bool:
    """What `sim verify` says; a file that nobody wrote down may have no seal."""
    path = folder / artefact.path
    if path.is_dir() or path.suffix in (".xlsx", ".html", ".svg", ".md"):
        return sim(f"verify {artefact.path} --ledger nowhere.jsonl", folder) == 0
    return path.stat().st_size > 0


def torn(folder: Path) -> list[Entry]:
    """Lines of the ledger that are not whole, and not what a kill leaves either."""
    found = [entry for entry in entries(folder / "results" / LEDGER) if entry.damage]
    return [entry for entry in found if "torn" not in entry.damage]
