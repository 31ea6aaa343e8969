"""Model M as fast as NumPy goes: chunks that fit the cache, a fast generator, two threads.

Chunks of 8 192 draws inside row groups of 131 072, `out=`, SFC64, no dictionary,
BYTE_STREAM_SPLIT and LZ4. Row groups are made by two threads and written in order.

python numpy_chunked.py DRAWS FILE
"""

from __future__ import annotations

import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from model import (
    BEFORE,
    BUDGET,
    EXPOSURE,
    FACTOR,
    INCOME,
    INCOME_LAW,
    LINES,
    MONTHS,
    OUTPUTS,
    PRICE_SD,
    RATES,
    SD,
    SHARES,
    START,
)

CHUNK, GROUP, THREADS = 8192, 131_072, 2
PLACE = {name: i for i, name in enumerate(OUTPUTS)}


class Chunk:
    """Arrays of one thread, used again and again."""

    def __init__(self) -> None:
        self.normals = np.empty((MONTHS, CHUNK))
        self.averages = np.empty((MONTHS, CHUNK))
        self.a, self.b = np.empty(CHUNK), np.empty(CHUNK)

    def fill(self, rng: np.random.Generator, out: np.ndarray) -> None:
        """The outputs of one chunk into the columns of `out`, shape (20, n)."""
        n = out.shape[1]
        normals, averages = self.normals[:, :n], self.averages[:, :n]
        a, b = self.a[:n], self.b[:n]
        for name in RATES:
            rng.standard_normal(out=self.normals)
            np.matmul(SD[name] * FACTOR, normals, out=averages)
            np.exp(averages, out=averages)
            rate = np.add.reduce(averages, axis=0, out=out[PLACE[f"rate.{name}"]])
            rate *= START[name] / MONTHS
        total = out[PLACE["non_posts_eur"]]
        total[:] = 0.0
        for name in LINES:
            line = out[PLACE[f"line_eur.{name}"]]
            rng.standard_normal(out=self.a)
            np.multiply(a, PRICE_SD[name], out=line)
            line += 1.0
            b[:] = 1.0 - sum(EXPOSURE[name].values())
            for rate, part in EXPOSURE[name].items():
                b += np.multiply(out[PLACE[f"rate.{rate}"]], part / BUDGET[rate], out=a)
            line *= b
            line *= BEFORE[name]
            total += line
        income = out[PLACE["income_eur"]]
        income[:] = sum(INCOME_LAW[name][0] for name in INCOME)
        for name in INCOME:
            rng.standard_normal(out=self.a)
            income += np.multiply(a, INCOME_LAW[name][1], out=a)
        out[PLACE["total_eur"]] = total
        net = np.subtract(total, income, out=out[PLACE["net_eur"]])
        for name, share in SHARES.items():
            np.multiply(net, share, out=out[PLACE[f"contribution_eur.{name}"]])


def group(start: int, stop: int) -> np.ndarray:
    """One row group, shape (20, stop - start)."""
    rng = np.random.Generator(np.random.SFC64([1, start]))
    out, chunk = np.empty((len(OUTPUTS), stop - start)), Chunk()
    for first in range(0, stop - start, CHUNK):
        chunk.fill(rng, out[:, first : first + CHUNK])
    return out


def main(draws: int, path: str) -> None:
    """Simulate and write."""
    schema = pa.schema([pa.field(name, pa.float64(), nullable=False) for name in OUTPUTS])
    spans = [(s, min(s + GROUP, draws)) for s in range(0, draws, GROUP)]
    waiting: deque = deque()
    with (
        ThreadPoolExecutor(THREADS) as pool,
        pq.ParquetWriter(
            path,
            schema,
            compression="lz4",
            use_dictionary=False,
            write_statistics=False,
            column_encoding=dict.fromkeys(OUTPUTS, "BYTE_STREAM_SPLIT"),
        ) as writer,
    ):

        def write(table: np.ndarray) -> None:
            size = table.shape[1]
            columns = [
                pa.Array.from_buffers(pa.float64(), size, [None, pa.py_buffer(column)])
                for column in table
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema), row_group_size=size)

        for span in spans:
            waiting.append(pool.submit(group, *span))
            if len(waiting) > THREADS:
                write(waiting.popleft().result())
        while waiting:
            write(waiting.popleft().result())


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
