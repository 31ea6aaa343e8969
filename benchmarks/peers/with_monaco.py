"""Model M with monaco: one case a draw, as that library works.

python with_monaco.py DRAWS FILE
"""

from __future__ import annotations

import sys
from typing import Any

import monaco as mc
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from model import INPUTS, OUTPUTS, outputs_of
from scipy.stats import norm


def preprocess(case: Any) -> tuple[list[float]]:  # noqa: ANN401 - monaco has no types
    """The inputs of a case."""
    return ([case.invals[name].val for name in INPUTS],)


def run(values: list[float]) -> tuple[dict[str, float]]:
    """The model, for one draw."""
    made = outputs_of([np.array([value]) for value in values])
    return ({name: float(value[0]) for name, value in made.items()},)


def postprocess(case: Any, made: dict[str, float]) -> None:  # noqa: ANN401
    """What is kept of a case."""
    for name, value in made.items():
        case.addOutVal(name, value)


def main(draws: int, path: str) -> None:
    """Simulate and write."""
    functions = {
        mc.SimFunctions.PREPROCESS: preprocess,
        mc.SimFunctions.RUN: run,
        mc.SimFunctions.POSTPROCESS: postprocess,
    }
    sim = mc.Sim(
        name="model-m", ndraws=draws, fcns=functions, seed=1, singlethreaded=True, verbose=False,
        samplemethod=mc.SampleMethod.RANDOM,
    )  # fmt: skip
    for name in INPUTS:
        sim.addInVar(name=name, dist=norm, distkwargs={"loc": 0, "scale": 1})
    sim.runSim()
    pq.write_table(pa.table({name: np.array(sim.outvars[name].nums) for name in OUTPUTS}), path)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
