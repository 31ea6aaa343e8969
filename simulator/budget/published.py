"""The published cascade: what the budget document prints, in exact arithmetic.

    appropriation + resource growth = before recosting, + recosting = estimate,
    − income = net, × share = contribution, ÷ budget rate = contribution in the own currency

Rules of rounding, read off table 13.2 of A/62/6 (Sect.13)/Add.1:

1. Halves are rounded up, to `budget.cell`.
2. A year's estimate is the year's part before recosting times all factors up to that year, on
   the **unrounded** path, rounded once. (Recosting the printed cell of the year before would
   give the same page here, but lets rounding grow with the years.)
3. Subtotals, totals and the whole period are sums of printed cells.
4. A contribution is the rounded share of each year's printed net; the whole period is the sum
   of its printed years, so it may exceed share × net of the period by a cell.
5. An amount in a parent's own currency is converted from the printed contribution of the same
   year or period at the budget rate and rounded to the parent's step.

Cells are in the file's unit (`budget.unit`) of the budget's currency unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from simulator.budget.posts import filled_equivalents
from simulator.errors import InputError, Problem
from simulator.scenario.model import Scenario
from simulator.scenario.parts import Line
from simulator.units import round_half_up

PROPOSED = "proposed"
"""The stage of what is published, before anything is drawn."""

CLASSES = ("posts", "non_posts")
RESERVED = (*CLASSES, "total", "income", "net")
AMOUNTS = ("appropriation", "growth", "before", "recosting", "estimate")

Row = Mapping[str, Fraction]


def contribution_name(parent: str, currency: str) -> str:
    """Name of the output: what a parent owes in a currency."""
    return f"contribution_{currency.lower()}.{parent}"


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """One line: its amounts before recosting by year, cumulative price factors, printed cells."""

    before: tuple[Fraction, ...]
    factors: tuple[Fraction, ...]
    bottom_up: bool
    cells: Row


@dataclass(frozen=True, slots=True)
class PublishedCascade:
    """The printed page. `rows[row][column]` holds every cell, as `cell` returns it.

    Rows: each line, `posts`, `non_posts`, `total`, `income`, `net`, each parent. Columns:
    `appropriation`, `growth`, `growth_percent`, `before`, `recosting`, `estimate` and the years.
    A cell that the scenario says nothing about (an appropriation that was never given) is absent.
    """

    scenario: Scenario
    lines: Mapping[str, PublishedLine]
    income_lines: Mapping[str, Row]
    parents: Mapping[str, Row]
    rows: Mapping[str, Row]

    def cell(self, row: str, column: str) -> Fraction:
        """A printed cell; KeyError when there is no such cell."""
        return self.rows[row][column]

    def line(self, name: str, year: int) -> Decimal:
        """Printed estimate of a line in a year."""
        return self._decimal(self.lines[name].cells[str(year)])

    def line_before_year(self, name: str, year: int) -> Fraction:
        """A line's part of a year before recosting, not rounded."""
        return self.lines[name].before[self._index(year)]

    def central_index(self, line: str, year: int) -> Fraction:
        """The price index that turns the year's part before recosting into the printed estimate.

        A line built bottom-up from its posts has no printed page to meet: there it is the
        product of the recosting factors, as it is for a line of zero.
        """
        published, index = self.lines[line], self._index(year)
        before = published.before[index]
        if published.bottom_up or before == 0:
            return published.factors[index]
        return published.cells[str(year)] / before

    def income(self, year: int) -> Decimal:
        """Printed income of a year."""
        return self._decimal(self.rows["income"][str(year)])

    def net(self, year: int) -> Decimal:
        """Printed net of a year."""
        return self._decimal(self.rows["net"][str(year)])

    def contribution(self, parent: str, period: int | str) -> Decimal:
        """Printed contribution of a parent in a year or in the whole period."""
        return self._decimal(self.parents[parent][self._column(period)])

    def contribution_own(self, parent: str, period: int | str) -> Decimal:
        """The contribution in whole units of the parent's own currency, at the budget rate.

        Rounded to the parent's step. The whole period is converted from the period's printed
        contribution, so it may differ from the sum of its converted years by that rounding.
        """
        its = self.scenario.parents[parent]
        whole = self.scenario.amount(self.contribution(parent, period))
        return round_half_up(whole / self.scenario.budget_rate(its.assessed_in), its.round_to)

    def _decimal(self, cell: Fraction) -> Decimal:
        return round_half_up(cell, self.scenario.budget.cell)

    def _index(self, year: int) -> int:
        try:
            return self.scenario.years.index(year)
        except ValueError:
            raise KeyError(year) from None

    def _column(self, period: int | str) -> str:
        """The column of a year or of the whole period."""
        label = str(period)
        if label not in self.scenario.periods:
            raise KeyError(label)
        return "estimate" if label == self.scenario.period else label


def bottom_up_cost(scenario: Scenario, line: Line, year: int, *, scaled: bool = True) -> Fraction:
    """Σ filled-post equivalents × standard cost × scale of a posts line, not rounded.

    New posts are filled with the central delay of their category.
    """
    delayed = {
        name: Fraction(category.delayed_recruitment.centre)
        for name, category in scenario.categories.items()
    }
    filled = filled_equivalents(scenario, line.fund, year, delayed)
    cost = sum((n * scenario.grades[g].standard_cost.exact for g, n in filled.items()), Fraction(0))
    scale = line.standard_cost_scale.get(year)
    return cost * scale.exact if scaled and scale is not None else cost


def _is_bottom_up(line: Line) -> bool:
    return line.kind == "posts" and line.appropriation is None


def _growth(line: Line) -> Fraction:
    return sum((Fraction(item.amount) for item in line.growth), Fraction(0))


class _Printer:
    """Rounds to the scenario's cell and derives the columns that follow from others."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.years = tuple(str(year) for year in scenario.years)

    def cell(self, number: Fraction) -> Fraction:
        return Fraction(round_half_up(number, self.scenario.budget.cell))

    def row(self, given: Row, years: tuple[Fraction, ...]) -> dict[str, Fraction]:
        """`given` (appropriation, growth, before) completed from the printed years."""
        row = {**given, **dict(zip(self.years, years, strict=True))}
        row["estimate"] = sum(years, Fraction(0))
        row["recosting"] = row["estimate"] - row["before"]
        return _with_percent(row)

    def line(self, line: Line) -> PublishedLine:
        """Rules 1 and 2: appropriation + growth in equal parts, each year recosted."""
        count = len(self.years)
        given: dict[str, Fraction] = {}
        if _is_bottom_up(line):
            before = tuple(bottom_up_cost(self.scenario, line, y) for y in self.scenario.years)
        else:
            appropriation = line.appropriation.exact if line.appropriation else Fraction(0)
            given = {"appropriation": self.cell(appropriation), "growth": self.cell(_growth(line))}
            before = ((appropriation + _growth(line)) / count,) * count
        factors: list[Fraction] = []
        level = Fraction(1)
        for year in self.scenario.years:
            level *= line.recosting[year].exact if year in line.recosting else 1
            factors.append(level)
        given["before"] = self.cell(sum(before, Fraction(0)))
        years = tuple(self.cell(b * f) for b, f in zip(before, factors, strict=True))
        cells = self.row(given, years)
        return PublishedLine(before, tuple(factors), _is_bottom_up(line), cells)

    def income(self, name: str) -> dict[str, Fraction]:
        """Income is stated for the period, split equally over its years and not recosted."""
        line = self.scenario.income[name]
        stated = Fraction(line.estimate.centre)
        given = {"before": self.cell(stated)}
        if line.appropriation is not None:
            given["appropriation"] = self.cell(line.appropriation.exact)
            given["growth"] = given["before"] - given["appropriation"]
        return self.row(given, (self.cell(stated / len(self.years)),) * len(self.years))

    def parent(self, share: Fraction, net: Row) -> dict[str, Fraction]:
        """Rule 4. The growth is the exact share of the net's growth (the page prints 40.75)."""
        given = {"before": self.cell(share * net["before"])}
        if "appropriation" in net:
            given["appropriation"] = self.cell(share * net["appropriation"])
        if "growth" in net:
            given["growth"] = share * net["growth"]
        return self.row(given, tuple(self.cell(share * net[year]) for year in self.years))

    def combined(self, parts: list[tuple[int, Row]]) -> dict[str, Fraction]:
        """Rule 3: signed sums of printed cells; a column that a part lacks is absent."""
        return _with_percent(
            {
                column: sum((sign * part[column] for sign, part in parts), Fraction(0))
                for column in (*AMOUNTS, *self.years)
                if all(column in part for _, part in parts)
            }
        )


def _with_percent(row: dict[str, Fraction]) -> dict[str, Fraction]:
    if row.get("appropriation") and "growth" in row:
        row["growth_percent"] = 100 * row["growth"] / row["appropriation"]
    return row


def _problems(scenario: Scenario) -> Iterator[Problem]:
    """What would make the page ambiguous or leave a line without an amount."""
    for name, line in scenario.lines.items():
        key = f"lines.{name}"
        sisters = [other for other in scenario.lines.values() if other.kind == line.kind]
        if name in RESERVED and (name != line.kind or len(sisters) > 1):
            yield Problem("another name: this one is a row of totals on the page", key=key)
        if name in scenario.parents:
            yield Problem("a line and a parent with different names", key=key)
        if _is_bottom_up(line) and line.growth:
            yield Problem(
                "no growth on a line that is built from its posts",
                key=f"{key}.growth",
                remedy="change the posts, or give the line an appropriation",
            )
        if line.kind == "posts" and line.fund is None:
            yield Problem("the fund whose posts this line pays", key=f"{key}.fund")
        if line.kind != "posts" and line.appropriation is None and not line.growth:
            yield Problem("an appropriation or growth items", key=key)
    for name in scenario.parents:
        if name in RESERVED:
            yield Problem("another name: this one is a row of the page", key=f"parents.{name}")


def publish(scenario: Scenario) -> PublishedCascade:
    """The published cascade of a scenario.

    Raises InputError when a name of the scenario is also a row of totals, or when a line has
    no amount to print.
    """
    problems = tuple(_problems(scenario))
    if problems:
        raise InputError(problems)
    printer = _Printer(scenario)
    lines = {name: printer.line(line) for name, line in scenario.lines.items()}
    income_lines = {name: printer.income(name) for name in scenario.income}
    rows: dict[str, Row] = {}
    for kind in CLASSES:
        members = [lines[n].cells for n, line in scenario.lines.items() if line.kind == kind]
        rows[kind] = printer.combined([(1, cells) for cells in members])
    rows["total"] = printer.combined([(1, line.cells) for line in lines.values()])
    rows["income"] = printer.combined([(1, cells) for cells in income_lines.values()])
    rows["net"] = printer.combined([(1, rows["total"]), (-1, rows["income"])])
    parents = {n: printer.parent(scenario.share(n), rows["net"]) for n in scenario.parents}
    rows = {**{name: line.cells for name, line in lines.items()}, **rows, **parents}
    return PublishedCascade(scenario, lines, income_lines, parents, rows)


@dataclass(frozen=True, slots=True)
class Gap:
    """A posts line and year whose posts do not add up to its amount before recosting.

    `scale` is the standard cost scale that would close the gap; None when there are no posts.
    """

    line: str
    year: int
    bottom_up: Fraction
    before: Fraction
    scale: Fraction | None


def bottom_up_gaps(scenario: Scenario) -> tuple[Gap, ...]:
    """Where Σ N·k·scale of a posts line is off its appropriation by more than half a cell.

    At the centre the uncertain cascade meets the published one only where there is no gap.
    """
    cascade = publish(scenario)
    tolerance = Fraction(scenario.budget.cell) / 2
    gaps: list[Gap] = []
    for name, line in scenario.lines.items():
        if line.kind != "posts" or line.appropriation is None:
            continue
        for year in scenario.years:
            before = cascade.line_before_year(name, year)
            cost = bottom_up_cost(scenario, line, year)
            if abs(cost - before) > tolerance:
                plain = bottom_up_cost(scenario, line, year, scaled=False)
                gaps.append(Gap(name, year, cost, before, before / plain if plain else None))
    return tuple(gaps)
