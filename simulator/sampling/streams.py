"""Named streams of random words: the same on every machine, whatever else is drawn.

A stream is a SHA-256 key of the seed and of the parts of a name. Nothing is shared between
streams and none has a state, so a stream may be read again, anywhere, by any thread.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

UInt64 = npt.NDArray[np.uint64]


def _encode(part: str | int) -> bytes:
    """Type, length, content: no two different lists of parts have the same encoding."""
    if isinstance(part, str):
        tag, content = b"s", part.encode("utf-8")
    else:
        number = int(part)
        if number < 0:
            raise ValueError(f"seeds and numbers of a stream start at 0, not {number}")
        tag, content = b"i", number.to_bytes((number.bit_length() + 7) // 8, "big")
    return tag + len(content).to_bytes(8, "big") + content


def stream_key(seed: int, *parts: str | int) -> bytes:
    """The 32-byte key of the stream that `parts` name under `seed` (any integer from 0)."""
    return hashlib.sha256(b"".join(map(_encode, (seed, *parts)))).digest()


def stream_keys(count: int, seed: int, *parts: str | int) -> list[bytes]:
    """The keys of the streams (seed, *parts, 0), (seed, *parts, 1) and so on."""
    common = b"".join(map(_encode, (seed, *parts)))
    return [hashlib.sha256(common + _encode(number)).digest() for number in range(count)]


def random_words(key: bytes, count: int) -> UInt64:
    """The first `count` 64-bit words of the stream, shape (count,); more words extend fewer.

    SHAKE-256 (FIPS 202) as an extendable output: defined by bytes, read as little-endian.
    """
    words = np.frombuffer(hashlib.shake_256(key).digest(8 * count), dtype="<u8")
    return words.astype(np.uint64)
