"""Between numpy, Python and Arrow through buffers, without copies of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from simulator.tables import Float64

KEY = b"sim"
"""Key of the file metadata under which a file says what it is, as JSON."""

_TYPES = {"int64": pa.int64(), "int32": pa.int32(), "float64": pa.float64()}


def from_numpy(values: npt.NDArray[np.generic]) -> pa.Array:
    """A contiguous array, shape (n,), of float64, int64 or int32, sharing its memory."""
    return pa.Array.from_buffers(
        _TYPES[values.dtype.name], len(values), [None, pa.py_buffer(values)]
    )


def strings(values: Sequence[str]) -> pa.Array:
    """Text as an Arrow array of strings."""
    encoded = [value.encode() for value in values]
    ends = np.array([0, *accumulate(map(len, encoded))], dtype=np.int32)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(values), buffers)


def words(values: Sequence[str]) -> pa.Array:
    """Text that repeats, as a dictionary of its distinct words and their places."""
    distinct = {word: i for i, word in enumerate(dict.fromkeys(values))}
    places = np.array([distinct[value] for value in values], dtype=np.int32)
    return pa.DictionaryArray.from_arrays(from_numpy(places), strings(tuple(distinct)))


def constant_strings(known: Sequence[str], place: int, count: int) -> pa.Array:
    """`known[place]`, `count` times."""
    places = np.full(count, place, dtype=np.int32)
    return pa.DictionaryArray.from_arrays(from_numpy(places), strings(known))


def floats(values: Sequence[float] | Float64) -> pa.Array:
    """Numbers as an Arrow array; NaN (a figure that cannot be had) becomes null."""
    numbers = np.array(values, dtype=np.float64)
    known = np.packbits(~np.isnan(numbers), bitorder="little")
    buffers = [pa.py_buffer(known), pa.py_buffer(numbers)]
    return pa.Array.from_buffers(pa.float64(), len(numbers), buffers)


def to_numpy(column: pa.ChunkedArray) -> Float64:
    """A float64 column without nulls as a numpy array, shape (n,)."""
    parts: list[Float64] = []
    for chunk in column.chunks:
        if len(chunk):
            whole = np.frombuffer(chunk.buffers()[1], dtype=np.float64)
            parts.append(whole[chunk.offset : chunk.offset + len(chunk)])
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.empty(0)
