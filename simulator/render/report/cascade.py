"""The budget document's own table, with what the simulation adds beside it."""

from __future__ import annotations

from fractions import Fraction

from simulator.budget.published import contribution_name
from simulator.render.figures import NOTHING
from simulator.render.report.blocks import Block, Cell, Paragraph, Row, Section, Strip, Table
from simulator.render.report.results import Made, Told
from simulator.render.workbook.stored import COLUMNS, Stored, page_rows

MARGIN = 0.15
BANDS = ("p5", "p25", "p50", "p75", "p95")


def cascade(made: Made) -> Section:
    """The table of the proposal; only the results' whole period has distributions here."""
    blocks: list[Block] = [_table(made, told) for told in made.results]
    note = made.speech.translate(
        "The central case as the document prints it, and beside it what the draws give for the "
        "whole period: from P5 to P95, thick between the quartiles, a tick at the median, a "
        "diamond at the central estimate."
    )
    blocks.append(Paragraph((note,), "note"))
    return Section("cascade", made.words("cascade_title"), tuple(blocks))


def _table(made: Made, told: Told) -> Table:
    words, stored = made.words, told.stored
    budget, years = stored.scenario.budget, tuple(map(str, stored.scenario.years))
    prior = f"{budget.prior_period} " if budget.prior_period else ""
    heads = (
        f"{words('head_category')}, {made.unit(told, budget.currency)}",
        prior + words("head_appropriation"),
        words("head_growth"),
        words("head_growth_percent"),
        words("head_before"),
        words("head_recosting"),
        words("head_estimate", period=stored.scenario.period),
        *(words("head_estimate", period=year) for year in years),
        words("head_p5"),
        words("head_p95"),
        words("sheet_distributions"),
    )
    rows = tuple(
        _row(made, told, key, label, strong=strong)
        for key, label, strong in page_rows(made.words, stored)
        if key in stored.published.rows
    )
    return Table(f"cascade-{told.name}", made.titled(told, words("cascade_title")), heads, rows)


def _row(made: Made, told: Told, key: str, label: str, *, strong: bool) -> Row:
    stored = told.stored
    cells = stored.published.rows[key]
    years = tuple(map(str, stored.scenario.years))
    figures = tuple(
        Cell(_printed(made, told, column, cells.get(column)), figure=True, strong=strong)
        for column in (*COLUMNS, *years)
    )
    output, whole = output_of(stored, key), stored.view.whole
    return (
        Cell(label, strong=strong, indent=not strong),
        *figures,
        made.figure(told, output, whole, "p5"),
        made.figure(told, output, whole, "p95"),
        _strip(made, told, output, cells.get("estimate")),
    )


def output_of(stored: Stored, key: str) -> str:
    """The simulated output that a row of the page is the central case of."""
    cur = stored.scenario.budget.currency.lower()
    if key in stored.scenario.parents:
        return contribution_name(key, cur)
    if key in stored.scenario.lines:
        return f"line_{cur}.{key}"
    if key.startswith("income."):
        return ""
    return f"{key}_{cur}"


def _printed(made: Made, told: Told, column: str, value: Fraction | None) -> str:
    if value is None:
        return ""
    if value == 0:
        return NOTHING
    if column == "growth_percent":
        return made.speech.percent(float(value) / 100)
    digits = told.stored.digits
    while column == "growth" and digits < 4 and (value * 10**digits).denominator != 1:
        digits += 1  # a share of the growth is printed unrounded
    return made.speech.number(float(value), digits)


def _strip(made: Made, told: Told, output: str, central: Fraction | None) -> Cell:
    """The distribution on one line, with some margin around P5, P95 and the mark."""
    cell = told.stored.view.cell(output, told.stored.view.whole)
    if cell is None or not cell["p5"] < cell["p95"]:
        return Cell("")
    unit = told.stored.scenario.budget.unit
    mark = None if central is None else float(central) * unit
    seen = (cell["p5"], cell["p95"], *(() if mark is None else (mark,)))
    margin = MARGIN * (cell["p95"] - cell["p5"])
    low, high = min(seen) - margin, max(seen) + margin
    first, second, middle, third, last = ((cell[name] - low) / (high - low) for name in BANDS)
    text = ", ".join(f"{name.upper()} {made.amount(told, cell[name])}" for name in BANDS)
    place = None if mark is None else (mark - low) / (high - low)
    return Cell("", strip=Strip((first, second, middle, third, last), place, text))
