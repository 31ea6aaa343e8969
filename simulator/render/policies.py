"""The five policies side by side: what a parent owes, and what is left with the organization."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult

from simulator.render.columns import Figure, Line, Sheet, plain, wrapped
from simulator.render.figures import NOTHING, grouped, percent, rate

Document = Mapping[str, Any]
FIGURES = (
    Figure("mean", ("mean",), 0, "bold"),
    Figure("standard_error", ("s.e.",), 3, "dim"),
    Figure("sd", ("sd",), 1),
    Figure("p5", ("P5",), 0),
    Figure("p50", ("P50",), 2),
    Figure("p95", ("P95",), 0),
)
WORDS = {
    "contribution": "owed",
    "assessed": "assessed",
    "exchange_gain": "exchange gain (+) or loss left with the organization",
    "balance": "received less needed, left with the organization",
}


@dataclass(frozen=True, slots=True)
class PoliciesPage:
    """The document of `runs.policies`: a sheet a parent and quantity, a row a policy."""

    document: Document

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width, document = options.max_width, self.document
        yield from wrapped(document["title"], width, then="", style="bold")
        draws = grouped(float(document["draws"]), 0)
        text = f"Who bears the exchange risk: five policies on the same {draws} draws"
        yield from wrapped(f"{text}; amounts in whole units of currency", width)
        for parent, code in document["parents"].items():
            yield plain("")
            yield from self._sheet(parent, code).text_lines(width)
        yield plain("")
        for line in explained(document):
            yield from wrapped(line, width)

    def _sheet(self, parent: str, code: str) -> Sheet:
        rows = [row for row in self.document["rows"] if row["parent"] == parent]
        periods = list(dict.fromkeys(row["period"] for row in rows))
        lines: list[Line] = []
        for what, words in WORDS.items():
            chosen = [r for r in rows if r["what"] == what and r["period"] == periods[-1]]
            if not chosen:
                continue
            lines.append(Line(f"{words}, {chosen[0]['unit']}, {periods[-1]}"))
            lines += [
                Line(row["policy"].replace("_", " "), _cells(row), indent=2) for row in chosen
            ]
            if what == "contribution":
                lines += [
                    Line(kind, {"mean": NOTHING}, indent=2)
                    for kind in self.document["missing"].get(parent, ())
                ]
        return Sheet(f"{parent}, assessed in {code}", FIGURES, lines)


def _cells(row: Document) -> dict[str, str]:
    values = {**row["statistics"], "standard_error": row["standard_error"]}
    return {
        figure.key: NOTHING if values[figure.key] is None else grouped(values[figure.key], 0)
        for figure in FIGURES
    }


def explained(document: Document) -> Iterator[str]:
    """What the rows stand on, in words."""
    cur = document["budget_currency"]
    yield (
        f"own currency: assessed in {cur}; owed is what that is worth at each year's rates, which "
        "is what recosted gives."
    )
    for parent, one in document["split"].items():
        rest = "the budget rate" if one["rest"] == "budget_rate" else "each year's rates"
        part, left = one["in_budget_currency"], 1 - one["in_budget_currency"]
        yield (
            f"split, {parent}: {percent(part, 0)} in the budget's currency, shown at each year's "
            f"rates, {percent(left, 0)} at {rest}, {_whence(one, 'as assumed here')}."
        )
    for parent, one in document["forward"].items():
        yield (
            f"forward, {parent}: {percent(one['cover'], 0)} covered at {_by_year(one['rates'])}, "
            f"{_whence(one, 'as asked')}, without any cost of the cover."
        )
    for parent, missing in document["missing"].items():
        for kind, words in missing.items():
            yield f"{kind}, {parent}: {words}."


def _whence(one: Document, otherwise: str) -> str:
    return "as the scenario declares" if one["declared"] else otherwise


def _by_year(rates: Mapping[str, float]) -> str:
    """One rate for all years, or each year's."""
    if len(set(rates.values())) == 1:
        return f"{rate(next(iter(rates.values())))} in every year"
    return ", ".join(f"{rate(value)} in {year}" for year, value in rates.items())
