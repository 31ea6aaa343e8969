"""Extrabudgetary money of one draw: receipts, spending, programme support, outputs at risk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slow_budget import posts_cost
from slow_file import (
    ByYear,
    Columns,
    Drawn,
    File,
    Table,
    centre,
    exact,
    period_of,
    unit_of,
    years_of,
)
from slow_published import Published, budget_rates, pair_of
from slow_stages import Seen


def moved(amounts: Mapping[int, float], months: float, year: int) -> float:
    """What arrives in `year` of amounts due evenly within their years, when `months` late."""
    return sum(
        amount * max(0.0, 1 - abs(year - due - months / 12)) for due, amount in amounts.items()
    )


def spent_of_before(years: list[int], months: float) -> ByYear:
    """The part of money from before the period that each year spends.

    Left open: it is spent evenly over the lag, the first year's twelve months first.
    """
    parts, left = {}, 1.0
    for year in years:
        parts[year] = min(left, 12 / months) if months > 12 else left
        left -= parts[year]
    return parts


def receipts_of(file: File, drawn: Drawn, pledge: File) -> ByYear:
    """A pledge's receipts by year, in its currency."""
    at = f"pledges.{pledge['name']}"

    def value(name: str, number: Any) -> float:
        return drawn[name][0] if name in drawn else float(centre(number))

    arrives = value(f"{at}.arrives", pledge.get("probability", 1))
    amount = value(f"{at}.amount", pledge["amount"]) * unit_of(file) * arrives
    # Left open: nothing arrives before it is due, whatever the law of the delay allows.
    months = max(0.0, value(f"{at}.delay_months", pledge.get("delay_months", 0)))
    window = pledge["window"]
    common = file["windows"][window].get("delay_months", 0)
    months += max(0.0, value(f"windows.{window}.delay_months", common))
    due = {int(year): amount * float(exact(part)) for year, part in pledge["received"].items()}
    return {year: moved(due, months, year) for year in years_of(file)}


def in_budget_currency(
    file: File, rates: Mapping[str, ByYear], drawn: Drawn, only: Mapping[str, str] | None = None
) -> ByYear:
    """Receipts of all pledges by year, or of those with the keys in `only`."""
    total = dict.fromkeys(years_of(file), 0.0)
    for pledge in file["pledges"]:
        if any(pledge[key] != wanted for key, wanted in (only or {}).items()):
            continue
        received = receipts_of(file, drawn, pledge)
        for year in total:
            total[year] += received[year] * rate_to(file, rates, pledge["currency"], year)
    return total


def lag_of(file: File, drawn: Drawn, window: str, common: float) -> float:
    """Months from receipt to spending of what comes through a window."""
    its, name = file["windows"][window], f"windows.{window}.spending_lag_months"
    if "spending_lag_months" not in its:
        return common
    return max(0.0, drawn[name][0] if name in drawn else float(centre(its["spending_lag_months"])))


def rate_to(file: File, rates: Mapping[str, ByYear], currency: str, year: int) -> float:
    """Budget currency for one unit of `currency`."""
    if currency == file["budget"]["currency"]:
        return 1.0
    return rates[pair_of(file, currency)][year]


def inflows(file: File, published: Published, seen: Seen, drawn: Drawn) -> Table:
    """Receipts, shortfall, spending, programme support and what a shortfall puts at risk."""
    years, currency, given = years_of(file), file["budget"]["currency"].lower(), file["inflows"]
    stated, unit = given["stated_in"], unit_of(file)
    columns: Columns = {}
    for pledge in file["pledges"]:
        name = f"xb_receipts_{pledge['currency'].lower()}.{pledge['name']}"
        columns[name] = receipts_of(file, drawn, pledge)
    received = in_budget_currency(file, seen.rates, drawn)
    columns[f"xb_receipts_{currency}"] = received
    for key, prefix in (("window", "xb_window"), ("stage", "xb_stage")):
        for group in dict.fromkeys(pledge[key] for pledge in file["pledges"]):
            columns[f"{prefix}_{currency}.{group}"] = in_budget_currency(
                file, seen.rates, drawn, {key: group}
            )
    columns[f"xb_receipts_{stated.lower()}"] = {
        year: received[year] / rate_to(file, seen.rates, stated, year) for year in years
    }

    lag = given.get("spending_lag_months", 0)
    name = "inflows.spending_lag_months"
    months = max(0.0, drawn[name][0] if name in drawn else float(centre(lag)))
    spending = dict.fromkeys(years, 0.0)
    for window in file["windows"]:
        through = in_budget_currency(file, seen.rates, drawn, {"window": window})
        for year in years:
            spending[year] += moved(through, lag_of(file, drawn, window, months), year)
    for year, part in spent_of_before(years, months).items():
        spending[year] += float(exact(given.get("unspent_before", 0))) * unit * part
    support = {year: float(exact(given.get("psc_rate", 0))) * spending[year] for year in years}
    cost = posts_cost(file, published, seen, priced_as(file), given.get("fund", "XB"))
    columns[f"xb_spending_{currency}"] = spending
    columns[f"xb_spending_{stated.lower()}"] = {
        year: spending[year] / rate_to(file, seen.rates, stated, year) for year in years
    }
    columns[f"psc_income_{currency}"] = support
    columns[f"xb_posts_cost_{currency}"] = cost
    # Left open: regions have a part of the receipts, not of the spending.
    for region, part in given.get("regions", {}).items():
        columns[f"xb_region_{currency}.{region}"] = {
            year: float(exact(part)) * received[year] for year in years
        }
    table = {name: over_periods(file, column) for name, column in columns.items()}

    # Not sums: each period's own difference and quotients.
    plan = in_budget_currency(file, budget_rates(file), central_pledges(file))
    if "planned" in given:
        plan = {year: float(exact(given["planned"][str(year)])) * unit for year in years}
    planned = over_periods(file, plan)
    actual = table[f"xb_receipts_{currency}"]
    shortfall = {label: max(0.0, planned[label] - actual[label]) for label in planned}
    table[f"xb_shortfall_{currency}"] = shortfall
    income, costs = table[f"psc_income_{currency}"], table[f"xb_posts_cost_{currency}"]
    table["xb_posts_coverage"] = {label: income[label] / costs[label] for label in income}
    if "psc_balance" in given:
        left = float(exact(given["psc_balance"])) * unit
        table[f"psc_balance_{currency}"] = year_ends(file, left, support, cost)
    for name, output in given.get("deliverables", {}).items():
        whole = float(exact(output["planned"]) * exact(output.get("xb_share", 1)))
        over = planned[period_of(file)] or 1  # left open: where nothing is planned, no shortfall is
        # Left open: a year's shortfall too is measured against the receipts of the whole period.
        table[f"outputs_at_risk.{name}"] = {
            label: whole * shortfall[label] / over for label in planned
        }
    return table


def year_ends(file: File, left: float, support: ByYear, cost: ByYear) -> dict[str, float]:
    """What is left of programme support at the end of each year and of the period."""
    found = {}
    for year in years_of(file):
        left += support[year] - cost[year]
        found[str(year)] = found[period_of(file)] = left
    return found


def priced_as(file: File) -> str:
    """The posts line that the posts paid by programme support are priced like."""
    lines = [name for name, line in file["lines"].items() if line["kind"] == "posts"]
    return file["inflows"].get("priced_as") or "".join(lines)  # there is one, unless it is named


def over_periods(file: File, column: ByYear, *, mean: bool = False) -> dict[str, float]:
    """A column by label: the years, and their sum (or mean) for the whole period."""
    labelled = {str(year): column[year] for year in years_of(file)}
    whole = sum(column.values()) / (len(column) if mean else 1)
    return {**labelled, period_of(file): whole}


def central_pledges(file: File) -> dict[str, list[float]]:
    """A draw in which each pledge counts with its probability and the rest is central."""
    return {
        f"pledges.{pledge['name']}.arrives": [float(exact(pledge.get("probability", 1)))]
        for pledge in file["pledges"]
    }
