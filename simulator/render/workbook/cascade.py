"""*Cascade*: the published page as live formulas over *Inputs*, and what was simulated beside it.

The rules of rounding are those of `budget.published`. A spreadsheet computes with binary floats:
the half of 34 392.1 comes out a hair below 17 196.05 and would print as 17 196.0. So a product is
lifted by 4E-15 of itself, some eighteen units of its last place, before ROUND takes it; sums of
printed cells go through ROUND only to lose their binary dust.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from simulator.render.figures import decimals, grouped
from simulator.render.workbook import styles
from simulator.render.workbook.book import Book
from simulator.render.workbook.inputs import Named
from simulator.render.workbook.page import Page
from simulator.render.workbook.staffing import Staffing, write_staffing
from simulator.render.workbook.stored import COLUMNS, STATISTICS, Stored, page_rows
from simulator.render.workbook.styles import LEGEND, Style
from simulator.units import split_pair

LIFT = "*(1+4E-15)"


def half_up(formula: str, step: Decimal) -> str:
    """`formula` rounded half up to `step`, in the arithmetic of a spreadsheet."""
    digits = -step.adjusted()
    if step == Decimal(1).scaleb(-digits):  # a power of ten
        return f"ROUND(({formula}){LIFT},{digits})"
    return clean(f"ROUND(({formula})/{step}{LIFT},0)*{step}", step)


def clean(formula: str, step: Decimal) -> str:
    """A sum of printed cells without binary dust."""
    return f"ROUND({formula},{max(decimals(step), 0)})"


@dataclass
class _Table:
    """The table under way: where each row stands, and the columns in their order."""

    page: Page
    stored: Stored
    columns: tuple[str, ...]
    places: dict[str, int] = field(default_factory=dict)

    @property
    def step(self) -> Decimal:
        return self.stored.scenario.budget.cell

    @property
    def years(self) -> tuple[str, ...]:
        return tuple(str(year) for year in self.stored.scenario.years)

    def column(self, name: str) -> int:
        return 1 + self.columns.index(name)

    def cell(self, row: str, column: str) -> str:
        return self.page.here(self.places[row], self.column(column))

    def has(self, row: str, column: str) -> bool:
        return row in self.places and column in self.stored.published.rows.get(row, {})

    def put(self, row: str, column: str, formula: str, value: Fraction, bold: bool) -> None:
        style = Style("live", "cell", self.stored.digits, bold=bold, top=bold)
        if column == "growth_percent":
            style, value = style.but(shown="growth", digits=1), value / 100
        elif column == "growth":  # a share of the growth is printed unrounded: 40.75
            style = style.but(digits=max(style.digits, _digits(value)))
        self.page.formula(self.places[row], self.column(column), formula, float(value), style)

    def derived(self, row: str, cells: Mapping[str, Fraction], bold: bool) -> None:
        """Columns that follow from the others: estimate, recosting, growth in per cent."""
        years = f"{self.cell(row, self.years[0])}:{self.cell(row, self.years[-1])}"
        estimate = clean(f"SUM({years})", self.step)
        self.put(row, "estimate", estimate, cells["estimate"], bold)
        less = f"{self.cell(row, 'estimate')}-{self.cell(row, 'before')}"
        self.put(row, "recosting", clean(less, self.step), cells["recosting"], bold)
        if "growth_percent" in cells:
            growth, base = self.cell(row, "growth"), self.cell(row, "appropriation")
            formula = f'IF({base}=0,"",{growth}/{base})'
            self.put(row, "growth_percent", formula, cells["growth_percent"], bold)


def _digits(value: Fraction) -> int:
    """Decimals that show a value of the page whole, four at most."""
    for digits in range(4):
        if (value * 10**digits).denominator == 1:
            return digits
    return 4


def write_cascade(book: Book, stored: Stored, page: Page, named: Named) -> None:
    """Fill the sheet: legend, the page, contributions in own currencies, what was simulated."""
    words, scenario = book.words, stored.scenario
    row = page.title(words("cascade_title"), words("cascade_note"))
    unit = f"{grouped(Decimal(scenario.budget.unit), 0)} {scenario.budget.currency}"
    page.text(1 + 1, 0, words("in_units", unit=unit), fits=False)
    row = _legend(page, book, row)
    years = tuple(str(year) for year in scenario.years)
    table = _Table(page, stored, (*COLUMNS, *years))
    page.heads(row, _heads(book, stored))
    page.freeze(row + 1, 1)
    row += 1
    rows = list(page_rows(book.words, stored))
    below = row + len(rows) + len(stored.foreign) + 2
    staffing = write_staffing(book, stored, page, named, below)
    for key, label, bold in rows:
        table.places[key] = row
        page.text(row, 0, label, Style(bold=bold, top=bold, indent=0 if bold else 1))
        _fill(table, key, named, staffing, bold)
        row += 1
    row = _own_currency(table, book, named, row + 1)
    row = max(row, staffing.last + 1)
    _simulated(table, book, named, row + 1)


def _heads(book: Book, stored: Stored) -> list[str]:
    words, budget = book.words, stored.scenario.budget
    prior = f"{budget.prior_period} " if budget.prior_period else ""
    years = stored.scenario.years
    return [
        words("head_category"),
        prior + words("head_appropriation"),
        words("head_growth"),
        words("head_growth_percent"),
        words("head_before"),
        words("head_recosting"),
        words("head_estimate", period=stored.scenario.period),
        words("head_estimate", period=str(years[0])),
        *(words("head_preliminary", period=str(year)) for year in years[1:]),
    ]


def _legend(page: Page, book: Book, row: int) -> int:
    """Which cells are inputs, formulas and simulated, in their own colours."""
    for kind in LEGEND:
        page.text(row, 0, book.words(f"legend_{kind}"), Style(kind), fits=False)
        row += 1
    return row + 1


def _fill(table: _Table, key: str, named: Named, staffing: Staffing, bold: bool) -> None:
    stored = table.stored
    scenario, published = stored.scenario, stored.published
    if key in scenario.lines:
        _line(table, key, named, staffing)
    elif key in scenario.parents:
        _parent(table, key, named)
    elif key.startswith("income."):
        name = key.removeprefix("income.")
        _income(table, key, name, published.income_lines[name], named)
    elif key == "income" and len(scenario.income) == 1:
        name = next(iter(scenario.income))
        _income(table, key, name, published.rows["income"], named)
    else:
        _combined(table, key, bold)


def _line(table: _Table, name: str, named: Named, staffing: Staffing) -> None:
    """Appropriation and growth in equal parts a year, times every factor up to that year."""
    stored, step = table.stored, table.step
    line, published = stored.scenario.lines[name], stored.published.lines[name]
    cells, years = published.cells, table.years
    given = []
    if not published.bottom_up:
        if line.appropriation is not None:
            given.append(named[f"lines.{name}.appropriation"])
        growth = f"SUM({named.growth[name]})" if name in named.growth else "0"
        appropriation = given[0] if given else "0"
        put = table.put
        put(name, "appropriation", half_up(appropriation, step), cells["appropriation"], False)
        put(name, "growth", half_up(growth, step), cells["growth"], False)
        whole = f"{appropriation}+{growth}"
        before = [f"({whole})/{len(years)}"] * len(years)
    else:
        before = [staffing.cost(name, year) for year in years]
        whole = "+".join(before)
    table.put(name, "before", half_up(whole, step), cells["before"], False)
    factors = ""
    for year, part in zip(years, before, strict=True):
        key = f"lines.{name}.recosting.{year}"
        factors += f"*{named[key]}" if key in named else ""
        table.put(name, year, half_up(part + factors, step), cells[year], False)
    table.derived(name, cells, False)


def _income(
    table: _Table, key: str, name: str, cells: Mapping[str, Fraction], named: Named
) -> None:
    """Stated for the period, in equal parts a year, not recosted."""
    stated, step, years = named[f"income.{name}.estimate"], table.step, table.years
    table.put(key, "before", half_up(stated, step), cells["before"], False)
    prior = f"income.{name}.appropriation"
    if prior in named:
        table.put(key, "appropriation", half_up(named[prior], step), cells["appropriation"], False)
        less = f"{table.cell(key, 'before')}-{table.cell(key, 'appropriation')}"
        table.put(key, "growth", clean(less, step), cells["growth"], False)
    for year in years:
        table.put(key, year, half_up(f"{stated}/{len(years)}", step), cells[year], False)
    table.derived(key, cells, False)


def _parts(table: _Table, key: str) -> list[tuple[str, str]]:
    """The rows that a total adds up, each with its sign."""
    scenario = table.stored.scenario
    if key == "net":
        return [("+", "total"), ("-", "income")]
    if key == "income":
        return [("+", f"income.{name}") for name in scenario.income]
    lines = [n for n, line in scenario.lines.items() if key in ("total", line.kind)]
    return [("+", name) for name in lines]


def _combined(table: _Table, key: str, bold: bool) -> None:
    """Signed sums of printed cells."""
    cells = table.stored.published.rows[key]
    parts = _parts(table, key)
    for column in ("appropriation", "growth", "before", *table.years):
        if column in cells:
            signed = "".join(f"{sign}{table.cell(row, column)}" for sign, row in parts)
            formula = clean(signed.removeprefix("+") or "0", table.step)
            table.put(key, column, formula, cells[column], bold)
    table.derived(key, cells, bold)


def _parent(table: _Table, name: str, named: Named) -> None:
    """The share of each printed year, rounded; the whole period is the sum of its years."""
    cells, share = table.stored.published.parents[name], named[f"parents.{name}.share"]
    for column in ("appropriation", "before", *table.years):
        if column in cells:
            formula = half_up(f"{share}*{table.cell('net', column)}", table.step)
            table.put(name, column, formula, cells[column], False)
    if "growth" in cells:
        table.put(name, "growth", f"{share}*{table.cell('net', 'growth')}", cells["growth"], False)
    table.derived(name, cells, False)


def _rate(stored: Stored, named: Named, currency: str) -> str:
    """The budget rate of a currency as a formula; a pegged one follows its anchor."""
    scenario = stored.scenario
    pair = scenario.pair(currency)
    if f"rates.{pair}.budget" in named:
        return named[f"rates.{pair}.budget"]
    pegged = scenario.rates[pair].pegged
    assert pegged is not None  # noqa: S101 - a currency without a budget rate is refused
    anchor = split_pair(pegged.to)[1]
    return f"{_rate(stored, named, anchor)}*{named[f'rates.{pair}.pegged.ratio']}"


def _own_currency(table: _Table, book: Book, named: Named, row: int) -> int:
    """Contributions in the currency of their parent, in whole units, at the budget rate."""
    stored, page, words = table.stored, table.page, book.words
    scenario, published = stored.scenario, stored.published
    for name in stored.foreign:
        parent = scenario.parents[name]
        own = parent.assessed_in
        label = words("own_currency", parent=stored.parent(name), currency=own)
        page.text(row, 0, label, Style(indent=1))
        rate = _rate(stored, named, own)
        for column, period in (("estimate", scenario.period), *((y, y) for y in table.years)):
            at = f"{table.cell(name, column)}*{scenario.budget.unit}/({rate})"
            value = float(published.contribution_own(name, period))
            style = Style("live", "amount", decimals(parent.round_to))
            page.formula(row, table.column(column), half_up(at, parent.round_to), value, style)
        row += 1
    return row


def _simulated(table: _Table, book: Book, named: Named, row: int) -> None:
    """The simulated contributions, in the page's unit: they do not move with *Inputs*."""
    stored, page, words = table.stored, table.page, book.words
    page.text(row, 0, words("simulated_beside"), styles.SUBTITLE, fits=False)
    row = _unchanged(table, book, named, row + 1)
    heads = [words("head_output"), words("head_unit"), words("head_period")]
    page.heads(row, [*heads, *(words(f"head_{s}") for s in STATISTICS)])
    row += 1
    unit = stored.scenario.budget.unit
    for name in stored.scenario.parents:
        for currency in stored.view.currencies(name):
            for period in stored.scenario.periods:
                cell = stored.owed(name, currency, period)
                if cell is None:
                    continue
                label = words("contribution_of", parent=stored.parent(name))
                page.text(row, 0, label, Style(indent=1))
                page.text(row, 1, f"{grouped(Decimal(unit), 0)} {currency}")
                page.text(row, 2, period)
                style = Style("simulated", "cell", stored.digits)
                for i, statistic in enumerate(STATISTICS):
                    page.number(row, 3 + i, cell[statistic] / unit, style)
                row += 1


def _unchanged(table: _Table, book: Book, named: Named, row: int) -> int:
    """Says whether the inputs still give what was run."""
    words = book.words
    keys = ("changed", "inputs_as_run", "inputs_changed")
    changed, same, other = (words(key).replace('"', '""') for key in keys)
    formula = f'IF(COUNTIF({named.states},"{changed}")=0,"{same}","{other}")'
    table.page.formula(row, 0, formula, words("inputs_as_run"), Style("live"))
    return row + 2
