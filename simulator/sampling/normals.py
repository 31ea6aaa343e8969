"""Standard normals from uniforms: by the inverse where it counts, in pairs where it is costly.

The first components of a factor lead (see `points`) and go through the inverse, which keeps the
evenness of a Sobol' net. Later ones go in pairs, as x = r·cos θ and y = r·sin θ with
r = √(−2·ln u) and θ = 2π·(v − ½), which also carries a net into a net of normals and takes a
quarter of the time (Ökten and Göncü 2011). Sine and cosine come from t = tan(θ/2), for which there
is a vector instruction: cos θ = (1 − t²)/(1 + t²), sin θ = 2t/(1 + t²).

G. E. P. Box and M. E. Muller (1958), A note on the generation of random normal deviates, Ann. Math.
Stat. 29, 610-611; G. Ökten and A. Göncü (2011), Generating low-discrepancy sequences from the
normal distribution, Math. Comput. Modelling 53, 1268-1281.
"""

from __future__ import annotations

import math

import numpy as np

from simulator.sampling.points import LEADING_COMPONENTS
from simulator.sampling.scores import normal_scores
from simulator.tables import Float64


def into_normals(uniforms: Float64) -> Float64:
    """Standard normals, shape (n_draws, components) in Fortran order, written over the uniforms.

    The uniforms lie strictly between 0 and 1. A pair depends on its own two components alone.
    """
    count = uniforms.shape[1]
    paired = max(0, count - LEADING_COMPONENTS) // 2 * 2
    first = min(count, LEADING_COMPONENTS)
    for part in (uniforms[:, :first], uniforms[:, first + paired :]):
        normal_scores(part, out=part)
    work = np.empty(len(uniforms))
    for i in range(first, first + paired, 2):
        _pair(uniforms[:, i], uniforms[:, i + 1], work)
    return uniforms


def _pair(u: Float64, v: Float64, work: Float64) -> None:
    """Turn two columns of uniforms into two columns of normals, in place."""
    radius = np.log(u, out=u)
    radius *= -2.0
    np.sqrt(radius, out=radius)
    v -= 0.5
    v *= math.pi
    t = np.tan(v, out=v)
    square = np.multiply(t, t, out=work)  # from here on 1 + t², at most 1e33
    square += 1.0
    radius /= square
    t *= 2.0
    t *= radius
    np.subtract(2.0, square, out=square)
    radius *= square
