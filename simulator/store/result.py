"""A stored result, opened for reading: checked first, then read column by column."""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import InputError, Problem
from simulator.store.address import Place
from simulator.store.folder import (
    DRAWS,
    EVERYTHING,
    INPUTS,
    SCENARIO,
    STATISTICS,
    SUMMARY,
    SUMMARY_CSV,
)
from simulator.store.manifest import Manifest, read_manifest
from simulator.store.remote import here, origin_of
from simulator.store.sink import hash_of
from simulator.store.summary import SummaryRow, incomplete, read_summary_csv

if TYPE_CHECKING:
    from simulator.scenario.model import Scenario
    from simulator.tables import Column, Float64

SMALL_BYTES = 64 << 20
"""Files up to this size are verified by checksum whenever a result is opened."""

BESIDE = 8 << 20
"""Bytes from which on a file is worth a thread of its own."""

THOROUGH_BYTES = 128 << 20
"""Files up to this size are verified by checksum before a result is called up to date."""


def problems_of(
    folder: Path, manifest: Manifest, hash_up_to: int | None = None
) -> Iterator[Problem]:
    """What is wrong with the files of a result: missing, of another size, of another checksum.

    Files larger than `hash_up_to` bytes are checked by presence and size only; None hashes all.
    """
    again = "run the scenario again with --force"
    hashed = _hashes(folder, manifest, hash_up_to)
    away = origin_of(folder)
    there = Place(away).sizes() if away is not None else {}
    for name, stored in manifest.files.items():
        path = folder / name
        try:
            if name in there and not path.exists():
                if there[name] != stored.size:
                    wanted = f"a file of {stored.size} bytes is wanted"
                    yield Problem(wanted, file=f"{away}/{name}", value=f"{there[name]} bytes")
                continue
            size = path.stat().st_size
            if size != stored.size:
                wanted = f"a file of {stored.size} bytes is wanted"
                yield Problem(file=str(path), wanted=wanted, value=f"{size} bytes", remedy=again)
            elif (hash_up_to is None or size <= hash_up_to) and hashed(path) != stored.sha256:
                wanted = "the file is not as it was written: its checksum differs"
                yield Problem(file=str(path), wanted=wanted, remedy=again)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            wanted = "a file of the result is missing"
            yield Problem(file=str(path), wanted=wanted, remedy=again)


def _hashes(folder: Path, manifest: Manifest, hash_up_to: int | None) -> Callable[[Path], str]:
    """The checksum of a file; that of the largest is worked out beside the others."""
    large = max(manifest.files.items(), key=lambda file: file[1].size, default=None)
    if large is None or large[1].size < BESIDE or (hash_up_to or math.inf) < large[1].size:
        return hash_of
    found: list[str] = []

    def work() -> None:
        with contextlib.suppress(OSError):  # whoever asks for it is told
            found.append(hash_of(folder / large[0]))

    beside = threading.Thread(target=work, daemon=True)
    beside.start()

    def hashed(path: Path) -> str:
        if path.name != large[0]:
            return hash_of(path)
        beside.join()
        return found[0] if found else hash_of(path)

    return hashed


def files_of(manifest: Manifest) -> frozenset[str]:
    """The files that a result of this kind has beside its manifest."""
    kept = {SUMMARY, SUMMARY_CSV, SCENARIO}
    return frozenset(kept | ({DRAWS, INPUTS} if manifest.keep == EVERYTHING else set()))


@dataclass(frozen=True, slots=True)
class Run:
    """A result folder: its manifest, the scenario as it was run, and what came of it."""

    folder: Path
    manifest: Manifest
    scenario: Scenario

    @property
    def has_draws(self) -> bool:
        """Whether the draws were kept, or statistics only."""
        return self.manifest.keep == EVERYTHING

    def file(self, name: str) -> Path:
        """The file of draws or inputs; InputError when they were not kept."""
        if not self.has_draws:
            wanted = f"draws are wanted, and this result was made with --keep {STATISTICS}"
            remedy = f"run it again with --keep {EVERYTHING}"
            raise InputError(Problem(wanted, file=str(self.folder), remedy=remedy))
        return here(self.folder, name)

    @property
    def place(self) -> str:
        """Where it lies: its folder, or the address that this stands for."""
        return origin_of(self.folder) or str(self.folder)

    @property
    def periods(self) -> tuple[str, ...]:
        """Labels of the years and, when there are several, of the whole period, which is last."""
        return self.manifest.periods

    def summary(self) -> tuple[SummaryRow, ...]:
        """Every row of the summary, in the order of the file.

        Raises InputError when a column lacks statistics: checksums can be made to fit.
        """
        rows = read_summary_csv(here(self.folder, SUMMARY_CSV))
        for key in incomplete(rows, self.periods):
            raise self.lacks(*key)
        return rows

    def lacks(self, output: str, period: str, stage: str) -> InputError:
        """What to raise when the summary has no, or not all, statistics of a column."""
        return InputError(
            Problem(
                "the statistics of every column are wanted, some are missing",
                value=f"{output}, {period}, {stage}",
                remedy="run the scenario again with --force",
                file=str(self.folder / SUMMARY_CSV),
            )
        )

    def columns(self) -> tuple[Column, ...]:
        """The columns of outputs, with unit, description, output and stage."""
        from simulator.store.parquet import columns_of

        return columns_of(self.file(DRAWS))

    def column(self, name: str, period: str | None = None) -> Float64:
        """An output in a period (the whole one unless given), shape (n_draws,), in its unit."""
        from simulator.store.parquet import read_column

        return read_column(self.file(DRAWS), name, period)

    def chunks(self, name: str, period: str | None = None) -> Iterator[Float64]:
        """The same in pieces, for results that do not fit into memory."""
        from simulator.store.parquet import iter_column

        return iter_column(self.file(DRAWS), name, period)

    def input_columns(self) -> tuple[Column, ...]:
        """The columns of inputs; `output` is the name of the factor."""
        from simulator.store.parquet import columns_of

        return columns_of(self.file(INPUTS))

    def inputs(self, name: str) -> Float64:
        """An input as drawn, shape (n_draws,), in the unit of its column."""
        from simulator.store.parquet import read_column

        return read_column(self.file(INPUTS), name)


def read_run(folder: Path | str) -> Run:
    """Open a result folder.

    Raises InputError when it is none, when another version of the program wrote it, or when a
    file is missing, has another size or (files up to `SMALL_BYTES`) another checksum.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    known = files_of(manifest) - {SUMMARY}
    problems = [
        Problem(file=str(folder), key=name, wanted="the manifest does not name this file")
        for name in sorted(known - set(manifest.files))
    ]
    problems += problems_of(folder, manifest, SMALL_BYTES)
    if problems:
        raise InputError(problems)
    from simulator.scenario.read import read_scenario  # pydantic comes with it

    return Run(folder, manifest, read_scenario(here(folder, SCENARIO), stored=True))
