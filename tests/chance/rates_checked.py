"""Laws of exchange and inflation against their distributions in closed form, month by month."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from draws import SPAN, Sizes, place
from judging import Result, ad_result
from scipy import stats

from simulator.sampling.draw import Drawer
from simulator.sampling.points import SAMPLERS
from simulator.scenario.parts import Sampling
from simulator.scenario.read import scenario_from_dict

Array = np.ndarray
GROUP = "shape of rates and prices"
START, SD = 0.92, 0.03
CHANGES = [0.01 * (-1) ** i + 0.0007 * (i % 5) for i in range(24)]
CENTRED = np.array(CHANGES) - np.mean(CHANGES)
Cdf = Callable[[Array], Array]

WALK: dict[str, Any] = {"per": "month", "volatility": {"eur_per_usd": SD}}


def walk(month: int) -> Cdf:
    """Var log A_t = σ²(t + 1/3) about the start, t whole months before."""
    return stats.norm(math.log(START), SD * math.sqrt(month + 1 / 3)).cdf


def student(month: int, df: float, centre: float = math.log(START)) -> Cdf:
    """The same, times one Student scale of unit variance."""
    scale = SD * math.sqrt((month + 1 / 3) * (df - 2) / df)
    return stats.t(df, centre, scale).cdf


def blended(month: int) -> Cdf:
    """Its drift: −δ·t/12 and half of the gap closed along a half-life of 60 months."""
    t = month + 0.5
    drift = -0.01 * t / 12 + 0.5 * -0.1 * (1 - 0.5 ** (t / 60))
    return student(month, 8, math.log(START) + drift)


def returning(month: int) -> Cdf:
    """The mean of the month of an Ornstein-Uhlenbeck process, by double integration.

    σ is the sd of a month's change of the walk without return: dx = κ(θ − x)dt + σ dW.
    """
    rate = math.log(2) / 24
    nodes, weights = np.polynomial.legendre.leggauss(40)
    t, w = month + (nodes + 1) / 2, weights / 2
    mean = math.log(1.05) + math.log(START / 1.05) * float(np.dot(w, np.exp(-rate * t)))
    # ∫∫ Cov(x_s, x_t) ds dt = ∫ (∫_{r} of the kernel)² dr: exact where |s − t| has a kink.
    edges = np.linspace(0, month + 1, 4000 * (month + 1) + 1)
    r = (edges[1:] + edges[:-1]) / 2
    late = np.maximum(r, month)
    kernel = (np.exp(-rate * (late - r)) - np.exp(-rate * (month + 1 - r))) / rate
    variance = SD**2 * float((kernel**2).mean()) * (month + 1)
    return stats.norm(mean, math.sqrt(variance)).cdf


def resampled(month: int) -> Cdf:
    """The first month: half of one of the changes, and the place within the month."""
    assert month == 0
    within = math.sqrt(float((CENTRED**2).mean()) / 12)
    parts = stats.norm(math.log(START) + CENTRED / 2, within)
    return lambda x: parts.cdf(x[:, None]).mean(axis=1)


EXCHANGE: dict[str, tuple[dict[str, Any], dict[int, Cdf]]] = {
    "random_walk": (WALK, {m: walk(m) for m in (0, 1, 6, 13)}),
    "student_walk": ({**WALK, "degrees_of_freedom": 5}, {0: student(0, 5)}),
    "blended": (
        {
            **WALK,
            "measured_on": "ends",
            "inflation_differential": {"eur_per_usd": 0.01},
            "real_gap": {"eur_per_usd": -0.1},
        },
        {m: blended(m) for m in (0, 6, 13)},
    ),
    "ou": (
        {**WALK, "towards": {"eur_per_usd": 1.05}, "half_life_months": 24},
        {m: returning(m) for m in (0, 6, 13)},
    ),
    "bootstrap": ({"changes": {"eur_per_usd": CHANGES}}, {0: resampled(0)}),
}
INFLATION: dict[str, tuple[dict[str, Any], dict[int, Cdf]]] = {
    "normal": (
        {"sd": 0.01, "persistence": 0.6, "start": 0.02},
        {0: stats.norm(0.012, 0.01).cdf, 1: stats.norm(0.0072, 0.01 * math.sqrt(1.36)).cdf},
    ),
    "Student": (
        {"sd": 0.01, "persistence": 0.6, "start": 0.02, "degrees_of_freedom": 5},
        {0: stats.t(5, 0.012, 0.01 * math.sqrt(3 / 5)).cdf},
    ),
}


def scenario(exchange: dict[str, Any], inflation: dict[str, Any]) -> dict[str, Any]:
    """One line whose cost depends on a rate and on prices."""
    owed = {"assessed_in": "EUR", "policy": "own_currency"}
    line = {
        "kind": "non_posts",
        "appropriation": 100,
        "exposure": {"eur_per_usd": 0.5},
        "inflation": {"euro": 1},
    }
    return {
        "name": "rates",
        "title": "Rates and prices",
        "known_on": "2030-10-31",
        "budget": {"organization": "Example", "currency": "EUR", "years": [2031, 2032]},
        "parents": {"A": {"share": "1/2", **owed}, "B": {"share": "1/2", **owed}},
        "lines": {"travel": line},
        "rates": {"eur_per_usd": {"budget": 0.9, "start": START}},
        "exchange": exchange,
        "inflation": {"euro": inflation},
        "correlation": {"independent": [{"between": ["exchange", "inflation"]}]},
        "sampling": {"seed": 0, "draws": 64},
    }


def drawn(
    text: dict[str, Any], names: Sequence[str], sampler: str, sizes: Sizes, replicates: int = 256
) -> Array:
    """One draw of every scrambling of factors, shape (seeds · replicates, all components).

    With every other seed the factors are among the leading ones.
    """
    read = scenario_from_dict(text)
    replicates = min(replicates, sizes.replicates)
    found = []
    for seed in sizes.all_seeds(max(1, sizes.seeds * sizes.replicates // replicates)):
        sampling = Sampling(
            seed=seed,
            sampler=sampler,
            replicates=replicates,
            draws=replicates * SPAN,
            leading=tuple(names) if seed % 2 else (),
        )
        first = place(seed) * replicates
        draws = Drawer(read, sampling).block(first, first + replicates)
        found.append(np.hstack([draws[name] for name in names]))
    return np.vstack(found)


def all_results(sizes: Sizes) -> Iterator[Result]:
    """Every law with every sampler."""
    plain = {"sd": 0.01}
    for sampler in SAMPLERS:
        for law, (keys, cdfs) in EXCHANGE.items():
            text = scenario({"law": law, **keys}, plain)
            rates = drawn(text, ["rates.eur_per_usd"], sampler, sizes)
            for month, cdf in cdfs.items():
                uniforms = cdf(np.log(rates[:, month]))
                yield ad_result(GROUP, f"{law}, month {month + 1}", sampler, uniforms)
        for law, (keys, cdfs) in INFLATION.items():
            text = scenario({"law": "random_walk", **WALK}, {"law": "ar1", **keys})
            surprises = drawn(text, ["inflation.euro"], sampler, sizes)
            for year, cdf in cdfs.items():
                uniforms = cdf(surprises[:, year])
                yield ad_result(GROUP, f"inflation, {law}, year {year + 1}", sampler, uniforms)
