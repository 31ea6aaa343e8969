"""What is known at a stage: rates, prices, vacancy, errors and income of one draw."""

from __future__ import annotations

from calendar import Calendar
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from slow_file import ByYear, Drawn, File, centre, exact, half_up, unit_of, years_of
from slow_published import budget_rate


def months_drawn(file: File) -> list[str]:
    """Months from the one after `known_on` to the end of the period, as 2031-01."""
    year, month = file["known_on"].year, file["known_on"].month
    labels = []
    while (year, month) < (years_of(file)[-1], 12):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        labels.append(f"{year:04d}-{month:02d}")
    return labels


def constant_rate(file: File, pair: str) -> float | None:
    """The rate of every month when rates do not move, else None."""
    exchange = file.get("exchange", {"law": "fixed", "at": "budget"})
    if isinstance(exchange, str):
        exchange = {"law": exchange}
    if exchange["law"] != "fixed":
        return None
    if exchange.get("at", "start") == "budget" or "start" not in file["rates"][pair]:
        return float(budget_rate(file, pair))
    return float(exact(file["rates"][pair]["start"]))


def given_rate(file: File, pair: str, label: str) -> float | None:
    """The rate of a month that the file gives, for the month itself or for its year, else None."""
    exchange = file.get("exchange", {})
    if not isinstance(exchange, dict) or exchange.get("law") != "path":
        return constant_rate(file, pair)
    rates = exchange["rates"][pair]
    return float(exact(rates[label] if label in rates else rates[label[:4]]))


def moved_by_events(file: File, pair: str, label: str) -> float:
    """The factor of all events on a month: from its day on, each moves its rates by a part."""
    year, month = int(label[:4]), int(label[5:])
    days = [date for date in Calendar().itermonthdates(year, month) if date.month == month]
    factor = 1.0
    for event in file.get("events", []):
        if event.get("rates") and pair not in event["rates"]:
            continue
        after = sum(day >= event["date"] for day in days)
        factor *= 1 + float(exact(event["change"])) * after / len(days)
    return factor


def monthly_rate(file: File, drawn: Drawn, pair: str, label: str) -> float:
    """The average of a month: as observed, as drawn or given, or the last known before the path."""
    rate, months = file["rates"][pair], months_drawn(file)
    if label in rate.get("observed", {}):
        return float(exact(rate["observed"][label]))
    if label not in months:
        before = given_rate(file, pair, months[0])
        return float(exact(rate["start"])) if before is None else before
    given = given_rate(file, pair, label)
    if given is None:
        given = drawn[f"rates.{pair}"][months.index(label)]
    return given * moved_by_events(file, pair, label)


def yearly_rate(file: File, drawn: Drawn, pair: str, year: int, known: int) -> float:
    """A year's mean rate as seen when the first `known` years have passed."""
    pegged = file["rates"][pair].get("pegged")
    if pegged is not None:
        anchor = yearly_rate(file, drawn, pegged["to"], year, known)
        return anchor * float(exact(pegged["ratio"]))
    first = years_of(file)[0]
    if year < first + known:
        labels = [f"{year:04d}-{month:02d}" for month in range(1, 13)]
        return sum(monthly_rate(file, drawn, pair, label) for label in labels) / 12
    return monthly_rate(file, drawn, pair, f"{first + known - 1:04d}-12")


def rates_seen(file: File, drawn: Drawn, known: int) -> dict[str, ByYear]:
    """Every pair's yearly means as seen when the first `known` years have passed."""
    return {
        pair: {year: yearly_rate(file, drawn, pair, year, known) for year in years_of(file)}
        for pair in file.get("rates", {})
    }


@dataclass
class Seen:
    """Every uncertain number as it is seen once the first `known` years have passed."""

    rates: dict[str, ByYear]
    surprises: dict[str, ByYear]
    vacancy: dict[str, ByYear]
    delay: dict[str, float]
    cost_error: dict[str, float]
    price_error: dict[str, float]
    income: dict[str, ByYear]


def see(file: File, drawn: Drawn, known: int, rates: dict[str, ByYear]) -> Seen:
    """Actual in known years and central afterwards; what is drawn once is known from year one."""
    years = years_of(file)

    def by_year(name: str, number: Any) -> ByYear:
        seen = {}
        for i, year in enumerate(years):
            actual = i < known and name in drawn
            seen[year] = drawn[name][i] if actual else float(centre(number))
        return seen

    def once(name: str, number: Any) -> float:
        return drawn[name][0] if known and name in drawn else float(centre(number))

    income = {}
    for name, line in file.get("income", {}).items():
        part = centre(line["estimate"]) / len(years)
        printed = half_up(part, exact(file["budget"].get("cell", Decimal("0.1"))))
        central = float(centre(line["estimate"]))
        total = drawn[f"income.{name}"][0] if f"income.{name}" in drawn else central
        income[name] = {
            year: ((total if i < known else central) / len(years) + float(printed - part))
            * unit_of(file)
            for i, year in enumerate(years)
        }
    categories = file.get("categories", {})
    return Seen(
        rates=rates,
        surprises={name: by_year(f"inflation.{name}", 0) for name in file.get("inflation", {})},
        vacancy={
            name: by_year(f"categories.{name}.vacancy", category.get("vacancy", 0))
            for name, category in categories.items()
        },
        delay={
            name: once(
                f"categories.{name}.delayed_recruitment", category.get("delayed_recruitment", 0)
            )
            for name, category in categories.items()
        },
        cost_error={
            name: once(
                f"categories.{name}.standard_cost_error", category.get("standard_cost_error", 0)
            )
            for name, category in categories.items()
        },
        price_error={
            name: once(f"lines.{name}.price_error", line.get("price_error", 0))
            for name, line in file["lines"].items()
        },
        income=income,
    )
