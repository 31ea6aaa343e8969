"""The published cascade in fractions: what the document prints."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from slow_file import (
    ByYear,
    File,
    Table,
    centre,
    exact,
    half_up,
    load,
    of_year,
    period_of,
    share_of,
    unit_of,
    years_of,
)


def standard_costs(file: File, line: File, fund: str) -> dict[str, dict[int, Fraction]]:
    """By category and year: what a fund's posts cost at standard cost and the line's scale."""
    return _costed(file, line, [post for post in file["posts"] if post["fund"] == fund])


def new_costs(file: File, line: File, fund: str) -> dict[str, dict[int, Fraction]]:
    """By category and year: the part of `standard_costs` for posts that are new."""
    changes = [
        change
        for change in file["post_changes"]
        if change["change"] == "new" and change["fund"] == fund
    ]
    return _costed(file, line, changes)


def _costed(file: File, line: File, entries: list[File]) -> dict[str, dict[int, Fraction]]:
    costs = {name: dict.fromkeys(years_of(file), Fraction(0)) for name in file["categories"]}
    for entry in entries:
        grade = file["grades"][entry["grade"]]
        for year in years_of(file):
            scale = of_year(line.get("standard_cost_scale", {}), year, 1)
            one = exact(grade["standard_cost"]) * scale
            costs[grade["category"]][year] += Fraction(entry["posts"]) * one
    return costs


@dataclass
class Published:
    """What the document prints, in the file's unit, exactly."""

    before: dict[str, dict[int, Fraction]]  # by line and year
    index: dict[str, dict[int, Fraction]]  # by line and year
    net: dict[int, Fraction]
    contribution: dict[str, dict[int, Fraction]]  # by parent and year


def publish(file: File) -> Published:
    """Lines before recosting and as estimated, the net and each parent's contribution."""
    years, step = years_of(file), Fraction(file["budget"].get("cell", Decimal("0.1")))
    before: dict[str, dict[int, Fraction]] = {}
    index: dict[str, dict[int, Fraction]] = {}
    net = dict.fromkeys(years, Fraction(0))
    for name, line in file["lines"].items():
        before[name], index[name] = {}, {}
        factor = Fraction(1)
        for year in years:
            factor *= of_year(line.get("recosting", {}), year, 1)
            before[name][year] = before_recosting(file, line, year)
            printed = half_up(before[name][year] * factor, step)
            net[year] += printed
            index[name][year] = factor
            if "appropriation" in line and before[name][year]:
                index[name][year] = printed / before[name][year]
    for income in file.get("income", {}).values():
        for year in years:
            net[year] -= half_up(centre(income["estimate"]) / len(years), step)
    contribution = {
        name: {year: half_up(share_of(parent) * net[year], step) for year in years}
        for name, parent in file["parents"].items()
    }
    return Published(before, index, net, contribution)


def before_recosting(file: File, line: File, year: int) -> Fraction:
    """A year's amount of a line at old prices: an equal part, or the posts built from below."""
    years = years_of(file)
    growth = sum((exact(item["amount"]) for item in line.get("growth", [])), Fraction(0))
    if "appropriation" in line:
        return (exact(line["appropriation"]) + growth) / len(years)
    amount = growth / len(years)
    full = standard_costs(file, line, line["fund"])
    new = new_costs(file, line, line["fund"])
    for name, category in file["categories"].items():
        amount += full[name][year]
        if year == years[0]:
            amount -= new[name][year] * centre(category.get("delayed_recruitment", 0))
    return amount


def budget_rate(file: File, pair: str) -> Fraction:
    """The rate written into the budget; a pegged one may leave it to its anchor."""
    rate = file["rates"][pair]
    if "budget" in rate:
        return exact(rate["budget"])
    return budget_rate(file, rate["pegged"]["to"]) * exact(rate["pegged"]["ratio"])


def budget_rates(file: File) -> dict[str, ByYear]:
    """Every pair at its budget rate in every year."""
    return {
        pair: dict.fromkeys(years_of(file), float(budget_rate(file, pair)))
        for pair in file.get("rates", {})
    }


def pair_of(file: File, currency: str) -> str:
    return f"{file['budget']['currency'].lower()}_per_{currency.lower()}"


def proposed(path: str | Path) -> Table:
    """Contributions as the document prints them, in both currencies."""
    file = load(path)
    published = publish(file)
    currency, unit = file["budget"]["currency"], unit_of(file)
    table: Table = {}
    for name, parent in file["parents"].items():
        printed = published.contribution[name]
        amounts = {str(year): amount * unit for year, amount in printed.items()}
        amounts[period_of(file)] = sum(printed.values()) * unit
        own = parent["assessed_in"]
        table[f"contribution_{currency.lower()}.{name}"] = {
            label: float(amount) for label, amount in amounts.items()
        }
        if own != currency:
            rate = budget_rate(file, pair_of(file, own))
            step = Fraction(parent.get("round_to", 1))
            table[f"contribution_{own.lower()}.{name}"] = {
                label: float(half_up(amount / rate, step)) for label, amount in amounts.items()
            }
    return table
