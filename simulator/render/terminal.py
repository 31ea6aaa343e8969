"""The one screen of a run: what each parent owes, what arrives, what drives it.

A pure function of what was stored, so a run and a look at its result a year later show the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from simulator.budget.published import PROPOSED
from simulator.render.caption import contains, data_in_words
from simulator.render.columns import Figure, Line, Sheet, plain, wrapped
from simulator.render.figures import Amounts, decimals, grouped, percent, scale_word
from simulator.render.pictures.drivers import moved
from simulator.render.pictures.shown import Shown
from simulator.render.sketches import in_words, sketches
from simulator.render.summary import Cell
from simulator.render.view import View
from simulator.store.summary import EXCEEDS
from simulator.units import period_label

STATISTICS = (
    Figure("mean", ("mean",), 0, "bold"),
    Figure("error", ("s.e.",), 3, "dim"),
    Figure("p5", ("P5",), 1),
    Figure("p25", ("P25",), 4),
    Figure("p50", ("P50",), 2),
    Figure("p75", ("P75",), 4),
    Figure("p95", ("P95",), 1),
    Figure("es95", ("mean of", "top 5 %"), 5),
)
TOP_DRIVERS = 3
Pictures = Literal["none", "words", "ascii", "blocks"]


@dataclass(frozen=True, slots=True)
class Screen:
    """Everything `sim run` says about a result, as wide as it is given room for.

    With `shown` there are pictures of it, in blocks or plain characters, or their words.
    """

    view: View
    shown: Shown | None = None
    pictures: Pictures = "none"

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        yield from _head(self.view, width)
        yield from _precision(self.view, width)
        yield plain("")
        yield from contributions(self.view).text_lines(width)
        drawn = self.shown is not None and self.pictures in ("blocks", "ascii")
        drivers = self._pictures if drawn else _drivers  # bars say what the lines would
        words = () if drawn else (self._pictures,)
        for part in (_thresholds, _money, drivers, *words, _caption, _warnings, _files):
            lines = list(part(self.view, width))
            if lines:
                yield plain("")
                yield from lines

    def _pictures(self, view: View, width: int) -> Iterator[Text]:
        """A fan, histograms and tornados, or what they show in words; nothing in a pipe."""
        unit = view.scenario.budget.unit
        if self.shown is None or self.pictures == "none":
            return
        if self.pictures == "words":
            for sentence in in_words(self.shown, unit):
                yield from wrapped(sentence, width)
            return
        ascii_only = self.pictures == "ascii"
        yield from sketches(self.shown, unit, width, ascii_only=ascii_only)


def _amounts(view: View) -> Amounts:
    budget = view.scenario.budget
    return Amounts(budget.unit, decimals(budget.cell))


def _statistics(cell: Cell, show: Amounts) -> dict[str, str]:
    shown = {key.key: show(cell[key.key]) for key in STATISTICS if key.key != "error"}
    return {**shown, "error": show.error(cell.error("mean"))}


def _head(view: View, width: int) -> Iterator[Text]:
    """What and from when."""
    scenario = view.scenario
    yield from wrapped(scenario.title, width, then="", style="bold")
    of = [scenario.budget.organization]
    if scenario.budget.document:
        of.append(scenario.budget.document)
    if scenario.budget.prior_period:
        of.append(f"{scenario.period} after {scenario.budget.prior_period}")
    of.append(f"scenario {scenario.name}, known on {scenario.known_on.isoformat()}")
    yield from wrapped("; ".join(of), width)
    sampling = scenario.sampling
    replicates = f" in {sampling.replicates} replicates" if sampling.replicates > 1 else ""
    text = (
        f"{grouped(float(view.draws), 0)} draws{replicates} ({sampling.sampler}, seed "
        f"{sampling.seed}); amounts as of {view.stage.replace('_', ' ')}"
    )
    if scenario.published:  # a run of figures that do not tie is refused
        text += f"; {len(scenario.published)} published figures tied out"
    yield from wrapped(text, width)


def _precision(view: View, width: int) -> Iterator[Text]:
    """What `--precision` asked for, and what plain random numbers would have taken for it."""
    asked = view.precision
    if asked is None:
        return
    made = f"{grouped(float(view.draws), 0)} draws"
    found = "reached with" if asked.reached else "not reached with"
    yield from wrapped(f"precision {asked.targets}: {found} {made}", width)
    for target, draws in asked.plain.items():
        of = f" of {target}" if len(asked.plain) > 1 else ""
        text = f"plain random numbers would need about {grouped(float(draws), 0)} draws"
        yield from wrapped(f"{text} for the same standard error{of}", width, first="  ")


def _threshold_names(view: View) -> tuple[str, ...]:
    """Names of thresholds on what is shown: what was proposed, then as the scenario has them."""
    stored: dict[str, None] = {}
    for parent in view.scenario.parents:
        for currency in view.currencies(parent):
            for period in view.scenario.periods:
                cell = view.cell(view.contribution(parent, currency), period)
                stored.update(dict.fromkeys(cell.named(EXCEEDS) if cell is not None else ()))
    declared = [t.name for t in view.scenario.thresholds if t.name in stored]
    implied = [name for name in stored if name not in declared]
    return tuple(dict.fromkeys([*implied, *declared]))


def contributions(view: View) -> Sheet:
    """What each parent owes: a row a period, in the budget's currency and in its own."""
    scenario, show = view.scenario, _amounts(view)
    names = _threshold_names(view)
    above = [Figure(EXCEEDS + name, ("above", name)) for name in names]
    lines: list[Line] = []
    for key, parent in scenario.parents.items():
        for currency in view.currencies(key):
            own = currency == parent.assessed_in and len(view.currencies(key)) > 1
            policy = f", {parent.policy.kind.replace('_', ' ')}" if own else ""
            heading = f"{parent.name or key}, {scale_word(scenario.budget.unit, currency)}{policy}"
            lines.append(Line(heading))
            for period in scenario.periods:
                cell = view.cell(view.contribution(key, currency), period)
                if cell is None:
                    continue
                odds = {EXCEEDS + n: percent(p) for n, p in cell.named(EXCEEDS).items()}
                lines.append(Line(period, {**_statistics(cell, show), **odds}, indent=2))
        lines += _exchange_gain(view, key, show)
    return Sheet("Owed", (*STATISTICS, *above), lines)


def _exchange_gain(view: View, parent: str, show: Amounts) -> Iterator[Line]:
    """What the rate leaves with the organization, where the policy leaves it anything at all."""
    budget = view.scenario.budget
    cell = view.cell(f"exchange_gain_{budget.currency.lower()}.{parent}", view.whole)
    if cell is None or not any(cell[figure] for figure in ("mean", "p5", "p95")):
        return
    where = scale_word(budget.unit, budget.currency)
    yield Line(f"Exchange gain (+) or loss (−) left with the organization, {where}")
    yield Line(view.whole, _statistics(cell, show), indent=2)


def _thresholds(view: View, width: int) -> Iterator[Text]:
    """The amounts of the whole period that the last columns compare with."""
    show, said = _amounts(view), {name: list[str]() for name in _threshold_names(view)}
    for parent in view.scenario.parents:
        for currency in view.currencies(parent):
            cell = view.cell(view.contribution(parent, currency), view.whole, PROPOSED)
            if cell is not None and PROPOSED in said:
                said[PROPOSED].append(f"{parent} {currency} {show(cell['central'])}")
    for threshold in view.scenario.thresholds:
        if threshold.name in said and threshold.period == view.whole:
            amount = float(view.scenario.amount(threshold.amount))
            said[threshold.name].append(f"{threshold.parent} {threshold.currency} {show(amount)}")
    for name, amounts in said.items():
        if amounts:
            yield from wrapped(", ".join(amounts), width, first=f"{name}, {view.whole}: ")


def _money(view: View, width: int) -> Iterator[Text]:
    """Extrabudgetary money: receipts by year, and what they leave short or pay for."""
    sheet = money(view)
    if sheet is not None:
        yield from sheet.text_lines(width)


def _money_rows(view: View) -> Iterator[tuple[str, str, Sequence[str]]]:
    """(output, words, periods) of the rows to show."""
    inflows = view.scenario.inflows
    if inflows is None:
        return
    budget, stated = view.scenario.budget.currency, inflows.stated_in
    unit, cur = view.scenario.budget.unit, budget.lower()
    whole = (view.whole,)
    for currency in dict.fromkeys((budget, stated)):
        name = f"xb_receipts_{currency.lower()}"
        yield name, f"receipts, {scale_word(unit, currency)}", view.scenario.periods
    yield f"xb_shortfall_{cur}", f"shortfall, {scale_word(unit, budget)}", whole
    yield f"xb_spending_{cur}", f"spending, {scale_word(unit, budget)}", whole
    yield f"psc_income_{cur}", f"programme support, {scale_word(unit, budget)}", whole
    yield f"xb_posts_cost_{cur}", f"cost of its posts, {scale_word(unit, budget)}", whole
    yield "xb_posts_coverage", "part of that cost covered", whole
    if inflows.psc_balance is not None:
        text = f"balance at the end of the year, {scale_word(unit, budget)}"
        yield f"psc_balance_{cur}", text, tuple(str(year) for year in view.scenario.years)
    for key, deliverable in inflows.deliverables.items():
        planned = grouped(deliverable.planned.value, 0)
        words = f"{key.replace('_', ' ')} at risk (of {planned})"
        yield f"outputs_at_risk.{key}", words, whole


def money(view: View) -> Sheet | None:
    """The sheet of extrabudgetary money; None when the scenario has none."""
    lines: list[Line] = []
    for output, words, periods in _money_rows(view):
        cells = [(period, view.cell(output, period)) for period in periods]
        rows = [(p, _by_unit(cell, view)) for p, cell in cells if cell is not None]
        if len(rows) > 1:
            lines.append(Line(words))
            lines += [Line(period, row, indent=2) for period, row in rows]
        else:
            lines += [Line(words, row) for _, row in rows]
    if not lines:
        return None
    return Sheet(f"Extrabudgetary, {period_label(view.scenario.years)}", STATISTICS, lines)


def _by_unit(cell: Cell, view: View) -> Mapping[str, str]:
    """Statistics in the manner of the cell's unit: percent, count or amount."""
    if cell.unit == "1":
        shown = {f.key: percent(cell[f.key]) for f in STATISTICS if f.key != "error"}
        return {**shown, "error": grouped(100 * cell.error("mean"), 2)}
    if cell.unit == "count":
        return _statistics(cell, Amounts(1, 0))
    return _statistics(cell, _amounts(view))


def top_drivers(view: View, parent: str) -> tuple[tuple[str, float], ...]:
    """The biggest drivers of what a parent owes in its own currency over the whole period."""
    return moved(view, parent)[:TOP_DRIVERS]


def _drivers(view: View, width: int) -> Iterator[Text]:
    said = {parent: top_drivers(view, parent) for parent in view.scenario.parents}
    if not any(said.values()):
        return
    title = f"What moves it, {view.whole}: part of the rank variance that each driver explains"
    yield from wrapped(title, width, then="", style="bold")
    for parent, drivers in said.items():
        if drivers:
            who = view.scenario.parents[parent].name or parent
            own = view.scenario.parents[parent].assessed_in
            moved = [f"{name.replace('_', ' ')} {percent(part)}" for name, part in drivers if part]
            text = ", ".join(moved) or "nothing, it is fixed"
            yield from wrapped(text, width, first=f"  {who}, {own}: ", then="    ")


def _caption(view: View, width: int) -> Iterator[Text]:
    """What the bands contain, and from when the rates are."""
    yield from wrapped(" ".join([contains(view.scenario), *data_in_words(view.scenario)]), width,
                       then="")  # fmt: skip


def _warnings(view: View, width: int) -> Iterator[Text]:
    for warning in view.warnings:
        yield from wrapped(warning, width, first="warning: ", style="yellow")


def _files(view: View, width: int) -> Iterator[Text]:
    if view.folder:
        yield from wrapped(", ".join(view.files), width, first=f"{view.folder}: ")
