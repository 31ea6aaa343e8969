"""What independent draws would know: closed forms, and the spread of independent samples."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.analysis.plain import plain_error
from simulator.analysis.statistics import summarise

STATISTICS = ["mean", "sd", "p5", "p25", "p50", "p95", "es95", "es95_low", "exceeds:one"]


def test_errors_of_a_normal_law_in_closed_form() -> None:
    """σ/√n, σ/√(2n), √(p(1 − p)/n)/φ(z), and √(P(1 − P)/n), to the noise of 10⁶ draws."""
    n = 1_000_000
    values = 5.0 + 2.0 * np.random.default_rng(1).standard_normal(n)
    density = math.exp(-(1.6448536269514722**2) / 2) / math.sqrt(2 * math.pi)
    above = 0.5 * math.erfc(0.5 / math.sqrt(2))  # of 6
    exact = {
        "mean": 2.0 / math.sqrt(n),
        "sd": 2.0 / math.sqrt(2 * n),
        "p50": 2.0 * math.sqrt(math.pi / 2 / n),
        "p95": 2.0 * math.sqrt(0.95 * 0.05 / n) / density,
        "exceeds:six": math.sqrt(above * (1 - above) / n),
    }
    for name, error in exact.items():
        # A percentile's error rests on the 2·√(np(1 − p)) draws between two of them.
        few = name.startswith("p")
        draws = 2 * math.sqrt(n * (0.25 if name == "p50" else 0.0475)) if few else n / 10
        found = plain_error(values, name, 6.0)
        assert found == pytest.approx(error, rel=5 / math.sqrt(draws)), name


@pytest.mark.parametrize("name", STATISTICS)
def test_errors_are_those_of_independent_samples(name: str) -> None:
    """The spread over 300 samples of a skewed law; known to one part in √600 or 20 with 5 sd."""
    rng = np.random.default_rng(2)
    samples = rng.gamma(2.0, size=(300, 4096))
    found = [
        {s.name: s.value for s in summarise(sample, 1, {"one": 1.0})}[name] for sample in samples
    ]
    told = math.sqrt(np.mean([plain_error(sample, name, 1.0) ** 2 for sample in samples]))
    assert told == pytest.approx(float(np.std(found, ddof=1)), rel=5 / math.sqrt(600))


def test_what_has_no_error() -> None:
    """Extremes, single draws and constants."""
    assert math.isnan(plain_error(np.arange(9.0), "max"))
    assert math.isnan(plain_error(np.array([1.0]), "mean"))
    assert plain_error(np.full(9, 0.1), "sd") == plain_error(np.full(9, 0.1), "p50") == 0.0
