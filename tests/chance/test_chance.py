"""Chance is what it says it is: a short form of `make statistics`, whose figures are in docs.

Seeds are fixed, so that a test which passes once passes always; the level is the probability that a
right program fails when its streams are changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import get_args

import nets_checked
import numbers_checked
import numpy as np
import pytest
import rates_checked
import ties_checked
from draws import Sizes, singles
from judging import (
    LEVEL,
    Result,
    ad_result,
    anderson_darling_below,
    mean_result,
    poisson_result,
    rejected,
)
from known import LAWS
from repeats_checked import all_repeats, equal_pairs, judged

from simulator.sampling.points import SAMPLERS
from simulator.scenario import numbers
from simulator.scenario.exchange import Drawn

QUICK = Sizes(seeds=2, replicates=256, runs=4, parts=32, points=64)
FEW = Sizes(seeds=2, replicates=128)
PARTS: dict[str, Callable[[], Iterator[Result]]] = {
    "laws of numbers": lambda: numbers_checked.all_results(QUICK),
    "laws of rates and prices": lambda: rates_checked.all_results(FEW),
    "correlation": lambda: ties_checked.correlation(QUICK),
    "streams": lambda: ties_checked.streams(FEW),
}


@pytest.mark.parametrize("part", PARTS)
def test_no_law_stream_or_correlation_is_off(part: str) -> None:
    """Nothing is rejected at a family-wise level of 1 % over all parts."""
    results = list(PARTS[part]())
    assert {result.sampler for result in results} >= set(SAMPLERS)
    assert rejected(results, LEVEL / len(PARTS)) == []


def test_every_law_is_tested() -> None:
    """A new law has to come with its distribution."""
    written = {key for known in LAWS for key in known.written} - {"min", "max"}
    assert written == {*get_args(numbers.LawName), "p10", "p50", "p90"}
    laws = {law.model_fields["law"].default or law.__name__ for law in get_args(Drawn)}
    assert len(laws) == len(rates_checked.EXCHANGE)


@pytest.mark.parametrize("known", LAWS, ids=lambda known: known.name)
def test_moments_are_those_of_the_other_distribution(known: object) -> None:
    """What the program says of a law's mean and deviation, by quadrature of another formula."""
    mean, variance = known.moments
    assert known.law.mean == pytest.approx(mean, rel=1e-9)
    assert known.law.sd == pytest.approx(variance**0.5, rel=1e-9)


def test_nets_are_nets() -> None:
    """Every elementary interval of every net is hit as often as it must."""
    found = nets_checked.nets(Sizes(runs=1), replicates=2)
    assert nets_checked.total(found, "intervals") > 500_000
    assert nets_checked.total(found, "missed") == 0


def test_no_draw_comes_twice() -> None:
    """Half a million draws of each; single uniforms as often as the birthday paradox says."""
    found = dict(all_repeats(500_000, 2, 1))
    for sampler, one in found.items():
        assert (one.vectors, one.within) == (0, 0)
        assert judged(sampler, one).p > LEVEL / len(found)


# --- The judges themselves ---


@pytest.mark.parametrize(("a2", "below"), [(1.933, 0.90), (2.492, 0.95), (1.248, 0.75)])
def test_quantiles_of_anderson_and_darling(a2: float, below: float) -> None:
    """Their limits for many observations (1954, table 1; Stephens 1974)."""
    assert anderson_darling_below(a2) == pytest.approx(below, abs=1e-4)


def wrong_results(twist: Callable[[np.ndarray], np.ndarray]) -> Sequence[Result]:
    """Tests of uniforms that are twisted a little."""
    uniforms = twist(singles("random", ["x"], range(2), Sizes(seeds=8)).reshape(-1, 2))
    return [
        ad_result("", "", "", uniforms[:, 0]),
        mean_result("", "", "", uniforms[:, 0], 0.5),
        *ties_checked.pairs_of(uniforms, "sobol"),
    ]


def test_small_faults_are_seen() -> None:
    """A bent margin, a shifted mean, a weak tie: each is rejected; nothing is when nothing is."""

    def tied(u: np.ndarray) -> np.ndarray:
        some = (u[:, 1] * 1000) % 1.0 < 0.1
        return np.column_stack([u[:, 0], np.where(some, u[:, 0], u[:, 1])])

    assert rejected(wrong_results(lambda u: u)) == []
    assert rejected(wrong_results(lambda u: u**1.1))
    assert rejected(wrong_results(lambda u: np.clip(u + 0.02, 0, 1 - 1e-9)))
    assert rejected(wrong_results(tied))


def test_repeats_are_seen() -> None:
    """Pairs are counted once each, and a word that comes three times is three pairs."""
    given = np.array([5, 1, 7, 1, 9, 7, 7, 2**63], dtype=np.uint64)
    for parts in (1, 2, 5):
        assert equal_pairs(lambda a, b: given[a:b], len(given), parts) == 4
    assert poisson_result("", "", "", 9, 1.0).p < 1e-4
    assert poisson_result("", "", "", 0, 20.0).p < 1e-6
