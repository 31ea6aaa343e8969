"""Explained inputs of a draw: numbers of the scenario, drawn factors, rates month by month.

They follow `budget.inputs` and `budget.rates`: what a stage knows is drawn, the rest central.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Concatenate, ParamSpec

from simulator.budget.plan import BudgetPlan
from simulator.budget.steps import Operand, Step, Term, mean, source_of
from simulator.scenario.exchange import Drawn, Event, FixedRates, PathRates
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Provenance, Quantity, Uncertain
from simulator.units import Month, rate_unit

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Book:
    """What an explanation is written from: constants, one draw (None: the centre), the stage.

    `known` years are known at the stage. Steps are made once: whoever needs one gets the same.
    """

    plan: BudgetPlan
    draw: Mapping[str, tuple[float, ...]] | None
    known: int
    steps: dict[tuple[Hashable, ...], Step] = field(default_factory=dict)

    @property
    def scenario(self) -> Scenario:
        """The scenario that is explained."""
        return self.plan.scenario

    @property
    def budget_currency(self) -> str:
        """The unit of amounts."""
        return self.scenario.budget.currency

    @property
    def file_unit(self) -> str:
        """The unit of amounts as the file has them."""
        unit = self.scenario.budget.unit
        return self.budget_currency if unit == 1 else f"{unit} {self.budget_currency}"

    def drawn(self, name: str, component: int = 0) -> float | None:
        """A drawn value; None at the centre and for what is certain."""
        if self.draw is None or name not in self.draw:
            return None
        return self.draw[name][component]


Maker = Callable[Concatenate[Book, P], Step]


def remembered(make: Maker[P]) -> Maker[P]:
    """The same step whenever it is asked for again with the same arguments."""

    def step(book: Book, /, *args: P.args, **kwargs: P.kwargs) -> Step:
        key: tuple[Hashable, ...] = (make.__qualname__, make.__module__, *args)
        if key not in book.steps:
            book.steps[key] = make(book, *args, **kwargs)
        return book.steps[key]

    step.__doc__ = make.__doc__
    return step


def stored(
    book: Book, output: str, y: int, operand: Operand, unit: str = "", source: str = ""
) -> Step:
    """The step of an output in a year, which a run stores."""
    term, period = operand.term(), str(book.plan.years[y])
    return Step(
        f"{output} {period}",
        term.value,
        unit or book.budget_currency,
        term.tokens,
        source=source,
        output=output,
        period=period,
    )


def made(
    name: str, operand: Operand, unit: str = "", cell: tuple[str, str] = ("", ""), key: str = ""
) -> Step:
    """A step on the way that no run stores."""
    term = operand.term()
    return Step(name, term.value, unit, term.tokens, key=key, cell=cell)


def given(name: str, key: str, quantity: Quantity, unit: str = "", exact: bool = False) -> Step:
    """A number of the scenario with its source."""
    value = quantity.exact if exact else float(quantity)
    return Step(name, value, unit, key=key, source=source_of(quantity))


def law_text(number: Uncertain) -> str:
    """The law of an uncertain number in words: `normal, mean 0, sd 0.01`."""
    law = number.law
    if law is None:
        return ""
    shown = [f"{key} {value}" for key, value in law.model_dump(exclude_defaults=True).items()]
    cut = [
        f"{key} {getattr(number, key)}"
        for key in ("min", "max")
        if getattr(number, key) is not None
    ]
    said = ", ".join([type(law).__name__.lower(), *shown, *(f"cut at {one}" for one in cut)])
    return said if len(said) <= 120 else type(law).__name__.lower()


def uncertain(
    words: str, key: str, number: Uncertain, value: float | None, unit: str, drawn: str
) -> Step:
    """An uncertain number: the value as drawn, or at its centre when there is none."""
    how, said = f"drawn: {law_text(number)}", source_of(number)
    if value is None:
        how = f"central value of: {law_text(number)}" if number.law is not None else ""
        value, drawn = float(number.centre), ""
    source = "; ".join(filter(None, (how, said)))
    return Step(words, value, unit, key=key, source=source, drawn=drawn)


@remembered
def yearly(book: Book, name: str, words: str, number: Uncertain, y: int, unit: str = "") -> Step:
    """A factor with one component a year."""
    year = book.plan.years[y]
    value = book.drawn(name, y) if y < book.known else None
    return uncertain(f"{words} {year}", name, number, value, unit, f"{name}[{year}]")


@remembered
def once(
    book: Book, name: str, words: str, number: Uncertain, unit: str = "", key: str = ""
) -> Step:
    """A factor drawn once, known as soon as one year has passed."""
    value = book.drawn(name) if book.known > 0 else None
    return uncertain(words, key or name, number, value, unit, name)


@remembered
def surprise(book: Book, name: str, y: int) -> Step:
    """The inflation surprise of a year: drawn where it is known, else none."""
    law = book.scenario.inflation[name]
    label, key = book.plan.years[y], f"inflation.{name}"
    value = book.drawn(key, y) if y < book.known else None
    how = f"drawn: ar1, sd {law.sd.value}" if value is not None else "no surprise is expected"
    said = "; ".join(filter(None, (how, source_of(law.sd))))
    column = f"{key}[{label}]" if value is not None else ""
    words = f"surprise of {name} {label}"
    return Step(words, value or 0.0, "1", key=key, source=said, drawn=column)


@remembered
def budget_rate(book: Book, pair: str) -> Step:
    """The rate written into the budget."""
    rate, unit, words = book.scenario.rates[pair], rate_unit(pair), f"budget rate {pair}"
    if rate.budget is not None:
        return given(words, f"rates.{pair}.budget", rate.budget, unit, exact=True)
    assert rate.pegged is not None  # noqa: S101 - a rate has a budget rate or a peg
    return made(words, ratio(book, pair) * budget_rate(book, rate.pegged.to), unit)


@remembered
def ratio(book: Book, pair: str) -> Step:
    """The constant of a pegged rate."""
    peg = book.scenario.rates[pair].pegged
    assert peg is not None  # noqa: S101 - asked for pegged rates only
    return given(f"peg of {pair}", f"rates.{pair}.pegged.ratio", peg.ratio, exact=True)


@remembered
def start(book: Book, pair: str) -> Step:
    """The last rate known before the path begins."""
    law, rate = book.scenario.exchange, book.scenario.rates[pair]
    if rate.pegged is not None:
        words = f"start {pair}"
        return made(words, ratio(book, pair) * start(book, rate.pegged.to), rate_unit(pair))
    if rate.start is not None and isinstance(law, Drawn):
        return given(f"start {pair}", f"rates.{pair}.start", rate.start, rate_unit(pair))
    return not_drawn(book, pair, book.scenario.months[0])


def not_drawn(book: Book, pair: str, month: Month) -> Step:
    """The rate of a month under a law that draws nothing."""
    law, rate = book.scenario.exchange, book.scenario.rates[pair]
    if isinstance(law, PathRates) and (quantity := law.at(pair, month)) is not None:
        label = str(month) if str(month) in law.rates[pair] else str(month.year)
        key = f"exchange.rates.{pair}.{label}"
        return given(f"given {pair} {label}", key, quantity, rate_unit(pair))
    if isinstance(law, FixedRates) and law.at == "start" and rate.start is not None:
        return given(f"start {pair}", f"rates.{pair}.start", rate.start, rate_unit(pair))
    return budget_rate(book, pair)


@remembered
def month_rate(book: Book, pair: str, month: Month) -> Step:
    """The monthly average of a rate: observed, drawn or given, pegged, moved by events."""
    scenario, unit, words = book.scenario, rate_unit(pair), f"{pair} {month}"
    rate = scenario.rates[pair]
    if rate.pegged is not None:
        return made(words, ratio(book, pair) * month_rate(book, rate.pegged.to, month), unit)
    if month not in scenario.months:
        observed = rate.observed[str(month)]
        said = "; ".join(filter(None, ("observed", source_of(observed))))
        key = f"rates.{pair}.observed.{month}"
        return Step(words, float(observed), unit, key=key, source=said)
    value = book.drawn(f"rates.{pair}", scenario.months.index(month))
    if value is None:
        base = not_drawn(book, pair, month)
    else:
        law = f"drawn: law {scenario.exchange.law}"
        base = Step(words, value, unit, key=f"rates.{pair}", source=law)
    column = "" if value is None else f"rates.{pair}[{month}]"
    moved: Operand = base
    for event in sorted(scenario.events, key=lambda event: event.name):
        if event.moves(pair) and event.factor(month) != 1.0:
            moved = moved * happened(book, event.name, month)
    if moved is base:
        return replace(base, drawn=column)
    return replace(made(f"{words} after events", moved, unit), drawn=column)


@remembered
def happened(book: Book, name: str, month: Month) -> Step:
    """The factor of an event on a month: by the calendar days from its date on."""
    event: Event = next(event for event in book.scenario.events if event.name == name)
    key, words = f"events.{name}.change", f"event {name}"
    said = "; ".join(filter(None, (f"on {event.date}", source_of(event))))
    change = Step(f"change of {words}", float(event.change), key=key, source=said)
    if Month.of(event.date) < month:
        return made(f"{words}, {month}", 1.0 + change)
    days = month.last_day().day
    return made(f"{words}, {month}", 1.0 + change * (days - event.date.day + 1) / days)


@remembered
def rate(book: Book, pair: str, y: int) -> Step:
    """A year's rate: actual mean in known years, afterwards the last known December's average."""
    output, unit, years = f"rate.{pair}", rate_unit(pair), book.plan.years
    if book.draw is None:
        said = "the centre takes the budget rate"
        return stored(book, output, y, budget_rate(book, pair), unit, said)
    if y < book.known:
        months = [month_rate(book, pair, Month(years[y], month)) for month in range(1, 13)]
        return stored(book, output, y, mean(months), unit, "mean of the year's monthly averages")
    december = Month(years[0] + book.known - 1, 12)
    its = book.scenario.rates[pair]
    anchor = its if its.pegged is None else book.scenario.rates[its.pegged.to]
    known = [*map(Month.parse, anchor.observed), *book.scenario.months]
    earlier = [month for month in known if month <= december]
    last = month_rate(book, pair, max(earlier)) if earlier else start(book, pair)
    return stored(book, output, y, last, unit, "the last rate known at this stage")


def converted(book: Book, operand: Operand, currency: str, y: int) -> Term:
    """An amount in another currency, in the budget's at the year's rate."""
    if currency == book.budget_currency:
        return operand.term()
    return operand * rate(book, book.scenario.pair(currency), y)


@remembered
def inflation(book: Book, name: str, y: int) -> Step:
    """Inflation itself: what was expected and the surprise."""
    label = book.plan.years[y]
    centre = book.scenario.inflation[name].centre[label]
    words = f"inflation of {name} expected in {label}"
    expected = given(words, f"inflation.{name}.centre.{label}", centre, "1")
    return stored(book, f"inflation.{name}", y, expected + surprise(book, name, y), "1")


def constant(name: str, value: float, key: str, source: Provenance | None = None) -> Step:
    """A number of the scenario that carries no provenance of its own."""
    return Step(name, value, key=key, source=source_of(source))
