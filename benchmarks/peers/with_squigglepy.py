"""Model M with squigglepy: every input is sampled by it, the formula is NumPy.

python with_squigglepy.py DRAWS FILE
"""

from __future__ import annotations

import sys

import pyarrow as pa
import pyarrow.parquet as pq
import squigglepy as sq
from model import INPUTS, outputs_of


def main(draws: int, path: str) -> None:
    """Simulate and write."""
    sq.set_seed(1)
    normals = [sq.sample(sq.norm(mean=0, sd=1), n=draws) for _ in INPUTS]
    pq.write_table(pa.table(outputs_of(normals)), path)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
