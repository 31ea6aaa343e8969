"""The picture that was asked for: which output, which statistics, which chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from rich.text import Text

from simulator.budget.published import publish
from simulator.errors import InputError, Problem, did_you_mean
from simulator.render import sketches
from simulator.render.charts import bars, distribution, fan, inflows, titles
from simulator.render.charts.frame import Spec
from simulator.render.charts.languages import wording_of
from simulator.render.charts.look import DARK, LIGHT, Look
from simulator.render.charts.wording import Wording
from simulator.render.pictures.columns import column_name
from simulator.render.pictures.distribution import histogram
from simulator.render.pictures.drivers import by_driver, ranked
from simulator.render.pictures.fans import Fan, contribution_fan, rate_fans, rate_pairs, stages_fan
from simulator.render.pictures.money import received
from simulator.render.summary import Cell
from simulator.render.view import View, view_of
from simulator.runs.export import known_months
from simulator.runs.plot import PlotOptions
from simulator.runs.thresholds import proposed_of, thresholds_of
from simulator.store.result import Run
from simulator.units import is_currency


@dataclass(frozen=True, slots=True)
class Subject:
    """A stored output that a picture shows: where it stands, its statistics, and its title."""

    run: Run
    view: View
    output: str
    period: str
    stage: str
    cell: Cell
    title: str

    @property
    def unit(self) -> int:
        """Amounts of a currency are shown as the scenario states them, all else as it is."""
        return self.run.scenario.budget.unit if is_currency(self.cell.unit) else 1

    @property
    def currency(self) -> str:
        """The unit in words; nothing for fractions and counts."""
        return "" if self.cell.unit in ("1", "count") else self.cell.unit


def specification(runs: Sequence[Run], options: PlotOptions) -> Spec:
    """The Vega-Lite specification of a picture of checked options."""
    words, look = wording_of(options.lang), DARK if options.dark else LIGHT
    look = look.wide(options.width) if options.width is not None else look
    if options.what == "fan":
        data, title, unit = _fan(runs[0], options, words)
        return fan.fan(data, words, look, title=title, unit=unit)
    if options.what == "inflows":
        return _inflows(runs[0], words, look)
    one = _subject(runs[0], options, words)
    if options.what == "distribution":
        return _distribution(one, words, look)
    if options.what == "tornado":
        title = titles.drivers_title(one.title, words)
        return bars.tornado(_drivers(one), words, look, title=title)
    if options.what == "waterfall":
        return _waterfall(one, runs[1], words, look)
    return _stages(one, words, look)


def drawn_lines(run: Run, options: PlotOptions, width: int, *, ascii_only: bool) -> list[Text]:
    """A fan, distribution or tornado in characters."""
    words, strokes = wording_of("en"), sketches.ASCII if ascii_only else sketches.BLOCKS
    if options.what == "fan":
        data, title, unit = _fan(run, options, words)
        if unit == 1:
            return list(sketches.fan(data, title, width, strokes))
        return list(
            sketches.fan(
                data,
                f"{title}, {words.scale(unit, data.unit)}",
                width,
                strokes,
                show=lambda value: words.number(value / unit, 1),
                beside="proposed",
            )
        )
    one = _subject(run, options, words)
    if options.what == "tornado":
        return list(sketches.tornado(_drivers(one), one.title, width, strokes))
    bins = histogram(run, one.output, one.cell, one.period, one.stage)
    unit_words = words.scale(one.unit, one.currency) if one.currency else ""
    title = ": ".join(filter(None, (one.title, unit_words)))
    return list(sketches.histogram(bins, one.cell, title, one.unit, width, strokes))


def contributions(view: View) -> Mapping[str, tuple[str, str]]:
    """Parent and currency of every contribution, by its name."""
    return {
        view.contribution(parent, currency): (parent, currency)
        for parent in view.scenario.parents
        for currency in view.currencies(parent)
    }


def _own(view: View, parent: str) -> str:
    return view.contribution(parent, view.scenario.parents[parent].assessed_in)


def _chosen(view: View, asked: str) -> str:
    """The output asked for; a parent's name, or nothing, stands for what is owed."""
    parents = view.scenario.parents
    if not asked:
        return _own(view, next(iter(parents)))
    return _own(view, asked) if asked in parents else asked


def _subject(run: Run, options: PlotOptions, words: Wording) -> Subject:
    """The output in its period at its stage; InputError names each of them that is not there."""
    view = view_of(run)
    output, period = _chosen(view, options.output), options.period or view.whole
    column_name(run, output, options.stage)
    if period not in run.periods:
        _refuse("--period", period, "a period of the result is wanted", run.periods)
    stage = options.stage or view.stage
    cell = view.cell(output, period, stage)
    if cell is None:
        raise run.lacks(output, period, stage)
    parent, currency = contributions(view).get(output, ("", ""))
    if parent:
        title = titles.contribution_title(_named(view, parent), currency, period, words)
    else:
        title = f"{cell.description}, {period}"
    if options.stage:
        title += f", {words.name(stage)}"
    return Subject(run, view, output, period, options.stage, cell, title)


def _named(view: View, parent: str) -> str:
    return view.scenario.parents[parent].name or parent


def _refuse(key: str, value: str, wanted: str, known: Sequence[str]) -> NoReturn:
    raise InputError(Problem(wanted, key, value, did_you_mean(value, known)))


def _fan(run: Run, options: PlotOptions, words: Wording) -> tuple[Fan, str, int]:
    """The fan of a rate by month, or of a contribution by year; with its title and unit."""
    view, pairs = view_of(run), rate_pairs(run)
    asked = options.output.removeprefix("rates.").removeprefix("rate.")
    pair = asked or ("" if options.stage else next(iter(pairs), ""))
    if pair in pairs:
        if options.stage:
            _refuse("--stage", options.stage, "a rate has no stages: leave it out", ())
        data = rate_fans(run, known_months(run), (pair,))[pair]
        return data, titles.rate_title(data.unit, words), 1
    output, found = _chosen(view, options.output), contributions(view)
    if output not in found:
        wanted = "a contribution, a parent or a rate that was kept by month is wanted"
        _refuse("--output", options.output, wanted, [*view.scenario.parents, *found, *pairs])
    column_name(run, output, options.stage)
    parent, currency = found[output]
    published = publish(run.scenario)
    data = contribution_fan(view, published, parent, currency, options.stage or None)
    title = titles.contribution_title(_named(view, parent), currency, "", words)
    if options.stage:
        title += f", {words.name(options.stage)}"
    return data, title, run.scenario.budget.unit


def _distribution(one: Subject, words: Wording, look: Look) -> Spec:
    bins = histogram(one.run, one.output, one.cell, one.period, one.stage)
    known = thresholds_of(one.run.scenario, tuple(proposed_of(one.run.scenario)))
    return distribution.distribution(
        bins,
        one.cell,
        words,
        look,
        title=one.title,
        unit=one.unit,
        currency=one.currency,
        marks=known.get((one.output, one.period), {}),
    )


def _drivers(one: Subject) -> tuple[tuple[str, float], ...]:
    """What moves the output: stored for what each parent owes in its own currency."""
    found = ranked(one.cell)
    if not found:
        known = [_own(one.view, parent) for parent in one.view.scenario.parents]
        _refuse("--output", one.output, "an output with stored drivers is wanted", known)
    return found


def _stages(one: Subject, words: Wording, look: Look) -> Spec:
    if one.output not in contributions(one.view):
        known = list(contributions(one.view))
        _refuse("--output", one.output, "an output that is stored at every stage is wanted", known)
    data = stages_fan(one.run, one.view, one.output, one.period)
    title = titles.stages_title(one.title, words)
    return fan.stages(data, words, look, title=title, unit=one.unit)


def _waterfall(one: Subject, other: Run, words: Wording, look: Look) -> Spec:
    """The change of the mean, shared among drivers on the same draws as `sim compare` does."""
    from simulator.runs.attribute import attribution
    from simulator.runs.compare import refuse_unpaired
    from simulator.runs.options import RunOptions, Silent

    refuse_unpaired(one.run, other)
    column_name(other, one.output)
    rows, _note = attribution(
        one.run,
        other,
        {},
        outputs=(one.output,),
        asked=True,
        threads=RunOptions().thread_count(),
        progress=Silent(),
    )
    row = next((r for r in rows if (r["period"], r["statistic"]) == (one.period, "mean")), None)
    if row is None:
        wanted = "an amount of a currency is wanted"
        _refuse("--output", one.output, wanted, list(contributions(one.view)))
    ends = one.run.manifest.scenario, other.manifest.scenario
    return bars.waterfall(
        by_driver(ends, row),
        words,
        look,
        title=titles.steps_title(one.title, *ends, words),
        unit=one.unit,
        currency=one.currency,
    )


def _inflows(run: Run, words: Wording, look: Look) -> Spec:
    view = view_of(run)
    data = received(view)
    if not data:
        wanted = "a result with inflows is wanted"
        raise InputError(Problem(wanted, "--what", "inflows", file=str(run.folder)))
    scenario = run.scenario
    return inflows.inflows(
        data,
        {key: window.title or key for key, window in scenario.windows.items()},
        words,
        look,
        title=titles.inflows_title(view.whole, words),
        unit=scenario.budget.unit,
        currency=scenario.budget.currency,
    )
