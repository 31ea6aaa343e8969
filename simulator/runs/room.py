"""Whether there is room on the disk for a result."""

from __future__ import annotations

import shutil
from pathlib import Path

from simulator.errors import EnvironmentFault
from simulator.store.faults import in_words

MEMORY = 1 << 30
"""Bytes of what is compared, shared out or swept at once that a command holds at most."""

LARGE = 2**30
"""Bytes from which on a result is not begun where it cannot fit."""


def refuse_too_large(folder: Path, wanted: int) -> None:
    """Before anything is made: a large result that cannot fit is not begun."""
    if wanted < LARGE:
        return
    place = next(parent for parent in folder.absolute().parents if parent.exists())
    with in_words(folder, "look for free space"):
        free = shutil.disk_usage(place).free
    if wanted > free:
        raise EnvironmentFault(
            f"{folder}: about {wanted / 2**30:.1f} GiB are wanted, the disk has "
            f"{free / 2**30:.1f} GiB free\n"
            "    → make fewer --draws, or name a folder on another disk with --out"
        )


def bytes_in(folder: Path | None) -> int:
    """What the files in a folder take; nothing where there is none."""
    if folder is None or not folder.is_dir():
        return 0
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
