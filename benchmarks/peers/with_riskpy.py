"""Model M with open-riskpy: a model of 103 named variables, sampled by it, the formula is NumPy.

Its own `formula` gives one output, so the inputs are asked for and 20 outputs are made of them.

python with_riskpy.py DRAWS FILE
"""

from __future__ import annotations

import sys

import pyarrow as pa
import pyarrow.parquet as pq
from model import INPUTS, outputs_of
from riskpy.mc import Model, Normal


def main(draws: int, path: str) -> None:
    """Simulate and write."""
    model = Model(**{f"x{i}": Normal(mean=0.0, sd=1.0) for i in range(len(INPUTS))})
    sample = model.sample(draws, seed=1)
    normals = [sample[f"x{i}"] for i in range(len(INPUTS))]
    pq.write_table(pa.table(outputs_of(normals)), path)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
