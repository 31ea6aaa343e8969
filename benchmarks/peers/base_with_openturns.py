"""The regular budget of scenarios/base.toml with OpenTURNS, from the scenario's files alone.

    python base_with_openturns.py DRAWS FILE

Every law is OpenTURNS' own (Normal, TruncatedNormal, Beta, Student, ChiSquare), drawn by its
generator; the monthly rates are a random walk and the average of each month a Brownian bridge's.
Columns are `what, period`; amounts are in francs or dollars. Nothing here imports the simulator.
"""

from __future__ import annotations

import csv
import sys
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import openturns as ot
import pyarrow as pa
import pyarrow.parquet as pq

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
BASE = tomllib.loads((SCENARIOS / "base.toml").read_text(encoding="utf-8"))
LAW = tomllib.loads((SCENARIOS / BASE["law_file"]).read_text(encoding="utf-8"))
YEARS: list[int] = BASE["budget"]["years"]
UNIT = float(BASE["budget"]["unit"])
MONTHS = 2 + 12 * len(YEARS)  # the last two of the year in which it was known, and the period
SEED, PAIR = 2026, "chf_per_usd"


def value(given: dict[str, Any] | float) -> float:
    """A number, with or without its source."""
    return float(given["value"] if isinstance(given, dict) else given)


def rows(name: str) -> list[dict[str, str]]:
    """A list that lies beside the scenario."""
    with (SCENARIOS / BASE[name]).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def normal(law: dict[str, Any]) -> ot.Distribution:
    """A normal law, cut where the file cuts it."""
    mean, sd = value(law["normal"]["mean"]), value(law["normal"]["sd"])
    if "min" in law:
        return ot.TruncatedNormal(mean, sd, value(law["min"]), value(law["max"]))
    return ot.Normal(mean, sd)


def inputs() -> dict[str, ot.Distribution]:
    """Every uncertain number by name, independent of the others."""
    found: dict[str, ot.Distribution] = {
        "chi2": ot.ChiSquare(LAW["exchange"]["degrees_of_freedom"])
    }
    found |= {f"step {t}": ot.Normal() for t in range(MONTHS)}
    found |= {f"bridge {t}": ot.Normal() for t in range(MONTHS)}
    df = LAW["inflation"]["swiss"]["degrees_of_freedom"]
    first = LAW["inflation"]["swiss"]["last_published"] + 1
    found |= {f"shock {year}": ot.Student(df) for year in range(first, YEARS[-1] + 1)}
    for name, category in BASE["categories"].items():
        found |= {f"{name} vacancy {year}": normal(category["vacancy"]) for year in YEARS}
        found[f"{name} error"] = normal(category["standard_cost_error"])
    found["price error"] = normal(BASE["lines"]["non_posts"]["price_error"])
    pert = BASE["income"]["miscellaneous"]["estimate"]["pert"]
    low, mode, high = (float(pert[key]) for key in ("min", "mode", "max"))
    width = high - low
    found["income"] = ot.Beta(
        1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width, low, high
    )
    return found


def rates(drawn: dict[str, np.ndarray]) -> dict[int, np.ndarray]:
    """Yearly means of the months' averages."""
    law = LAW["exchange"]
    df, sd = law["degrees_of_freedom"], value(law["volatility"][PAIR])
    scale = sd * np.sqrt((df - 2) / drawn["chi2"])
    apart = value(law["inflation_differential"][PAIR])
    gap = value(law["real_gap"][PAIR]) * law["gap_closed"]
    walk = np.zeros_like(scale)
    monthly = []
    for t in range(MONTHS):
        late = t + 0.5
        drift = law["view"] * (
            gap * (1 - 2 ** (-late / law["half_life_months"])) - apart * late / 12
        )
        average = walk + drawn[f"step {t}"] / 2 + drawn[f"bridge {t}"] / np.sqrt(12)
        monthly.append(value(LAW["rates"][PAIR]["start"]) * np.exp(drift + scale * average))
        walk = walk + drawn[f"step {t}"]
    return {
        year: np.mean(monthly[2 + 12 * i : 14 + 12 * i], axis=0) for i, year in enumerate(YEARS)
    }


def prices(drawn: dict[str, np.ndarray]) -> dict[int, np.ndarray]:
    """Price levels against the budget's: every surprise stays."""
    law = LAW["inflation"]["swiss"]
    df = law["degrees_of_freedom"]
    surprise = np.full_like(drawn["chi2"], value(law["start"]))
    level, found = np.ones_like(surprise), {}
    for year in range(law["last_published"] + 1, YEARS[-1] + 1):
        shock = drawn[f"shock {year}"] * np.sqrt((df - 2) / df)
        surprise = value(law["persistence"]) * surprise + value(law["sd"]) * shock
        if year in YEARS:
            level = level * (1 + surprise)
            found[year] = level
    return found


def half_up(amount: float) -> float:
    """A printed cell, to one decimal."""
    return float(np.floor(amount * 10 + 0.5) / 10)


def filled(category: str, year: int) -> float:
    """Filled posts of a category at standard cost, thousand francs."""
    grades = BASE["grades"]

    def cost(entries: list[dict[str, str]]) -> float:
        return sum(
            float(one["posts"]) * value(grades[one["grade"]]["standard_cost"])
            for one in entries
            if one["fund"] == "RB" and grades[one["grade"]]["category"] == category
        )

    whole = cost(rows("posts"))
    if year == YEARS[0]:
        new = [one for one in rows("post_changes") if one["change"] == "new"]
        whole -= cost(new) * value(BASE["categories"][category]["delayed_recruitment"])
    return whole * value(BASE["lines"]["posts"]["standard_cost_scale"][str(year)])


def index(line: dict[str, Any], year: int) -> tuple[float, float]:
    """A year before recosting, and the printed estimate over it."""
    before = value(line["appropriation"]) + sum(value(item["amount"]) for item in line["growth"])
    before /= len(YEARS)
    factor = 1.0
    for one in YEARS[: YEARS.index(year) + 1]:
        factor *= value(line["recosting"][str(one)])
    return before, half_up(before * factor) / before


def simulate(drawn: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Rates, amounts and what the parent owes, by year and for the period."""
    rate, level = rates(drawn), prices(drawn)
    budget = value(BASE["rates"][PAIR]["budget"])
    share = float(Fraction(BASE["parents"]["UN"]["share"]))
    made: dict[str, dict[int, np.ndarray]] = {}

    def put(name: str, year: int, values: np.ndarray) -> np.ndarray:
        made.setdefault(name, {})[year] = values
        return values

    def moved(part: float, year: int) -> np.ndarray:
        return (1 + part * (rate[year] / budget - 1)) * level[year]

    for year in YEARS:
        cost = np.zeros_like(drawn["chi2"])
        for name, category in BASE["categories"].items():
            part = value(category.get("exposure", {}).get(PAIR, 0))
            manned = (1 - drawn[f"{name} vacancy {year}"]) / (
                1 - value(category["budgeted_vacancy"])
            )
            error = 1 + drawn[f"{name} error"]
            cost += filled(name, year) * manned * error * moved(part, year)
        put("rate", year, rate[year])
        posts = put("posts", year, UNIT * cost * index(BASE["lines"]["posts"], year)[1])
        line = BASE["lines"]["non_posts"]
        before, factor = index(line, year)
        price = (1 + drawn["price error"]) * moved(value(line["exposure"][PAIR]), year)
        other = put("non_posts", year, UNIT * before * factor * price)
        income = put("income", year, UNIT * drawn["income"] / len(YEARS))
        net = put("net", year, posts + other - income)
        owed = put("contribution", year, share * net)
        put("contribution_own", year, owed / rate[year])
    found = {}
    for name, columns in made.items():
        whole = sum(columns.values())
        found |= {f"{name}, {year}": values for year, values in columns.items()}
        found[f"{name}, {YEARS[0]}-{YEARS[-1]}"] = whole / len(YEARS) if name == "rate" else whole
    return found


def main(draws: int, path: str) -> None:
    """Simulate and write."""
    ot.RandomGenerator.SetSeed(SEED)
    laws = inputs()
    sample = np.asarray(ot.JointDistribution(list(laws.values())).getSample(draws))
    made = simulate(dict(zip(laws, sample.T, strict=True)))
    pq.write_table(pa.table(made), path)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
