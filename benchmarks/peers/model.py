"""Model M for programs that cannot read a scenario: its constants, and its formulas in NumPy.

Every program gets the same constants from ../model_m.toml and makes the same 20 outputs from 103
inputs: standard normals of 7 rates × 12 months, 7 price errors, 12 sources of income. Amounts are
in EUR. Nothing here imports the simulator.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

TOML = Path(__file__).resolve().parent.parent / "model_m.toml"
MODEL = tomllib.loads(TOML.read_text(encoding="utf-8"))
YEAR, MONTHS, UNIT = "2031", 12, 1000.0

RATES = tuple(MODEL["rates"])
LINES = tuple(MODEL["lines"])
INCOME = tuple(MODEL["income"])
SHARES = {name: float(Fraction(p["share"])) for name, p in MODEL["parents"].items()}

START = {name: float(rate["start"]) for name, rate in MODEL["rates"].items()}
BUDGET = {name: float(rate["budget"]) for name, rate in MODEL["rates"].items()}
SD = {name: float(sd) for name, sd in MODEL["exchange"]["volatility"].items()}
BEFORE = {
    name: UNIT * float(line["appropriation"]) * float(line["recosting"][YEAR])
    for name, line in MODEL["lines"].items()
}
EXPOSURE: Mapping[str, Mapping[str, float]] = {
    name: line["exposure"] for name, line in MODEL["lines"].items()
}
PRICE_SD = {name: line["price_error"]["normal"]["sd"] for name, line in MODEL["lines"].items()}
INCOME_LAW = {
    name: (UNIT * law["estimate"]["normal"]["mean"], UNIT * law["estimate"]["normal"]["sd"])
    for name, law in MODEL["income"].items()
}
INPUTS = (
    *(f"{rate}.{month}" for rate in RATES for month in range(MONTHS)),
    *(f"price.{name}" for name in LINES),
    *(f"income.{name}" for name in INCOME),
)
OUTPUTS = (
    *(f"contribution_eur.{name}" for name in SHARES),
    *(f"line_eur.{name}" for name in LINES),
    "non_posts_eur", "total_eur", "income_eur", "net_eur",
    *(f"rate.{name}" for name in RATES),
)  # fmt: skip


def _monthly_factor() -> np.ndarray:
    """Lower triangular: log averages of a unit walk's months from one normal a month.

    The averages of months s < t have the covariance s + ½, a month's own variance is t + ⅓.
    """
    s = np.arange(MONTHS)
    covariance = np.minimum.outer(s, s) + 0.5
    np.fill_diagonal(covariance, s + 1 / 3)
    return np.linalg.cholesky(covariance)


FACTOR = _monthly_factor()


def rest(
    rates: Mapping[str, np.ndarray], errors: Sequence[np.ndarray], income: np.ndarray
) -> dict[str, np.ndarray]:
    """The outputs from yearly rates, relative price errors by line, and the sum of the income."""
    lines = {}
    for name, error in zip(LINES, errors, strict=True):
        moved = sum(part * (rates[r] / BUDGET[r] - 1.0) for r, part in EXPOSURE[name].items())
        lines[name] = BEFORE[name] * (1.0 + error) * (1.0 + moved)
    non_posts = sum(lines.values())
    net = non_posts - income
    return {
        **{f"contribution_eur.{name}": share * net for name, share in SHARES.items()},
        **{f"line_eur.{name}": amount for name, amount in lines.items()},
        "non_posts_eur": non_posts,
        "total_eur": non_posts.copy(),
        "income_eur": income,
        "net_eur": net,
        **{f"rate.{name}": rate for name, rate in rates.items()},
    }


def outputs_of(normals: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """The outputs from 103 columns of standard normals, in the order of `INPUTS`."""
    rates = {}
    for i, name in enumerate(RATES):
        shocks = np.stack(normals[i * MONTHS : (i + 1) * MONTHS], axis=1)
        averages = START[name] * np.exp(SD[name] * (shocks @ FACTOR.T))
        rates[name] = averages.mean(axis=1)
    at = len(RATES) * MONTHS
    errors = [PRICE_SD[n] * z for n, z in zip(LINES, normals[at : at + len(LINES)], strict=True)]
    laws = zip(INCOME, normals[at + len(LINES) :], strict=True)
    income = sum(INCOME_LAW[name][0] + INCOME_LAW[name][1] * z for name, z in laws)
    return rest(rates, errors, income)
