"""Laws of numbers: Anderson-Darling (or chi-square) and two moments, for each law and sampler."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from draws import Sizes, runs, singles
from judging import (
    Result,
    ad_result,
    anderson_darling,
    anderson_darling_below,
    counted,
    mean_result,
)
from known import LAWS, Known, Weights

from simulator.sampling.points import SAMPLERS

Array = np.ndarray
SHAPE, MEAN, VARIANCE = "shape", "mean", "variance"
WITHIN = "shape within runs"


def law_results(known: Known, sampler: str, sizes: Sizes) -> Iterator[Result]:
    """The shape over many scramblings, mean and variance of whole runs."""
    factor = f"income.{known.name}.estimate"
    leading = [factor] if LAWS.index(known) % 2 else []
    one = known.law.ppf(singles(sampler, [factor], range(1), sizes, leading).ravel())
    yield shape(known, sampler, one)
    mean, variance = known.moments
    means: list[Array] = []
    squares: list[Array] = []
    within: list[float] = []
    for uniforms in runs(sampler, factor, sizes, leading):
        values = known.law.ppf(uniforms.ravel()).reshape(uniforms.shape)
        means.append(values.mean(axis=0))
        squares.append(((values - mean) ** 2).mean(axis=0))
        if sampler == "random" and not isinstance(known.other, Weights):
            within.append(anderson_darling_below(anderson_darling(known.cdf(values.ravel()))))
    yield mean_result(MEAN, known.name, sampler, np.concatenate(means), mean)
    yield mean_result(VARIANCE, known.name, sampler, np.concatenate(squares), variance)
    if within:  # the probabilities of all runs are uniform in turn
        yield ad_result(WITHIN, known.name, sampler, np.array(within))


def shape(known: Known, sampler: str, values: Array) -> Result:
    """Independent values against the law's distribution."""
    if isinstance(known.other, Weights):
        counts = np.array([(values == value).sum() for value in known.other.values])
        assert counts.sum() == len(values)
        return counted(SHAPE, known.name, sampler, counts, np.array(known.other.weights))
    return ad_result(SHAPE, known.name, sampler, known.cdf(values))


def all_results(sizes: Sizes) -> Iterator[Result]:
    """Every law with every sampler."""
    for known in LAWS:
        for sampler in SAMPLERS:
            yield from law_results(known, sampler, sizes)
