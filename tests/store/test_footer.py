"""The footer of a Parquet file under a checksum of its own."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from simulator.store.footer import is_sealed, seal

FOOTER = b"footer" + (6).to_bytes(4, "little") + b"PAR1"
SEALED = b"pages" + seal(hashlib.sha256(FOOTER).digest()) + FOOTER
ENDING = b"pages" + b"footer" + (6).to_bytes(4, "little") + b"PAR1"


def stored(folder: Path, data: bytes) -> Path:
    """A file that holds `data` behind a beginning."""
    path = folder / "file"
    path.write_bytes(b"PAR1" + data)
    return path


def test_a_sealed_footer_is_recognised(tmp_path: Path) -> None:
    """It is as it was written."""
    assert is_sealed(stored(tmp_path, SEALED)) is True


def test_a_file_that_was_never_sealed_is_told_apart(tmp_path: Path) -> None:
    """Another program wrote it."""
    assert is_sealed(stored(tmp_path, b"many more pages than that, surely" * 2 + ENDING)) is None


def test_any_flipped_bit_of_footer_or_seal_is_found(tmp_path: Path) -> None:
    """Every one of them."""
    data = SEALED
    for place in range(len(b"pages"), len(data)):
        for bit in range(8):
            damaged = bytearray(data)
            damaged[place] ^= 1 << bit
            assert is_sealed(stored(tmp_path, bytes(damaged))) is not True


@pytest.mark.parametrize("data", [b"", b"PAR1", ENDING[:-1], b"\xff\xff\xff\xffPAR1", b"x" * 100])
def test_what_is_no_parquet_is_not_sealed(tmp_path: Path, data: bytes) -> None:
    """Too short, cut, or something else."""
    assert is_sealed(stored(tmp_path, data)) is not True
