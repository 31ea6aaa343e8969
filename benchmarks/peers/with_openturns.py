"""Model M with OpenTURNS: a joint distribution, and a function of whole samples in NumPy.

python with_openturns.py DRAWS FILE
"""

from __future__ import annotations

import sys

import numpy as np
import openturns as ot
import pyarrow as pa
import pyarrow.parquet as pq
from model import INPUTS, OUTPUTS, outputs_of


def main(draws: int, path: str) -> None:
    """Simulate and write."""
    ot.RandomGenerator.SetSeed(1)
    inputs = ot.JointDistribution([ot.Normal(0.0, 1.0)] * len(INPUTS))

    def simulate(sample: ot.Sample) -> np.ndarray:
        made = outputs_of(list(np.asarray(sample).T))
        return np.column_stack([made[name] for name in OUTPUTS])

    model = ot.PythonFunction(len(INPUTS), len(OUTPUTS), func_sample=simulate)
    made = np.asarray(model(inputs.getSample(draws)))
    pq.write_table(pa.table(dict(zip(OUTPUTS, made.T, strict=True))), path)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
