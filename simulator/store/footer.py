"""A checksum for the footer of a Parquet file, which the format leaves without one.

Pages are checked one by one, but a flipped bit in the footer could name another column's page,
or end the process inside the library. The checksum stands in front of the footer, between the
pages and it, where other readers of Parquet never look.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from simulator.files import size_of

MARK = b"simF"
MAGIC = b"PAR1"
TAIL = 8  # length of the footer (4 bytes, little endian) and the magic
_SEAL = len(MARK) + 32


def seal(checksum: bytes) -> bytes:
    """What stands in front of a footer; `checksum` is the sha256 of it, length and magic."""
    return MARK + checksum


def is_sealed(path: Path) -> bool | None:
    """Whether the footer is as it was written; None when the file never had a checksum.

    A damaged file may count as either; both are refused.
    """
    size_of(path, str(path), "a file of results")
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - TAIL))
        tail = file.read(TAIL)
        start = size - TAIL - int.from_bytes(tail[:4], "little") - _SEAL
        if tail[4:] != MAGIC or start < len(MAGIC):
            return False
        file.seek(start)
        seal, footer = file.read(_SEAL), file.read()
    if not seal.startswith(MARK):
        return None
    return seal[len(MARK) :] == hashlib.sha256(footer).digest()
