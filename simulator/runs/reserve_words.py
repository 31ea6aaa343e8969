"""What `sim reserve` found, in sentences and tables."""

from __future__ import annotations

import math
from collections.abc import Iterator

from simulator.analysis.order import INTERVAL
from simulator.findings import Finding, Heading, Listing, Sentence, Value
from simulator.runs.reserve import Reserve, Reserved
from simulator.scenario.fingerprint import fingerprint


def in_words(found: Reserved) -> Finding:
    """The finding of a question that is answered."""
    scenario, ask = found.scenario, found.ask
    settings: dict[str, str | int | float | bool] = {
        "confidence": ask.confidence,
        "for": ask.kind or "all",
        "draws": scenario.sampling.draws,
        "seed": scenario.sampling.seed,
    }
    return Finding(
        command="reserve",
        label=ask.kind or "",
        title=f"{scenario.title or scenario.name}: reserves for {scenario.period}",
        sentences=tuple(s for one in found.reserves for s in _sentences(one)),
        listings=tuple(_listing(one) for one in found.reserves if one.levels[-1].reserve.value > 0),
        scenario=scenario.name,
        fingerprint=fingerprint(scenario),
        unit=scenario.budget.unit,
        digits=max(0, -int(scenario.budget.cell.as_tuple().exponent)),
        warnings=tuple(_warnings(found)),
        settings=settings,
    )


def _sentences(found: Reserve) -> Iterator[Sentence]:
    """The reserve, how sure it is, what one per cent more costs, and what lies beyond."""
    first, currency = found.levels[0], found.loss.currency
    common: dict[str, Value] = {
        "confidence": first.confidence,
        "what": found.loss.what,
        "needed": found.needed,
    }
    if first.reserve.value == 0:
        template = (
            "No reserve is needed to cover {what} with {confidence:share} confidence: it happens "
            "in {needed:share} of the draws."
        )
        yield Sentence(template, common)
        return
    template = (
        "A reserve of {amount:money} covers {what} with {confidence:share} confidence"
        "{between}; some is needed in {needed:share} of the draws."
    )
    low, high = first.reserve.low, first.reserve.high
    known = math.isfinite(low) and math.isfinite(high)
    values = {**common, "amount": (first.reserve.value, currency)}
    if known:
        template = template.replace(
            "{between}", " ({sure:share} interval {low:money} to {high:money})"
        )
        values |= {"sure": INTERVAL, "low": (low, currency), "high": (high, currency)}
    else:
        template = template.replace("{between}", "")
    yield Sentence(template, values)
    yield from _more(found, currency)


def _more(found: Reserve, currency: str) -> Iterator[Sentence]:
    if len(found.levels) > 1:
        second = found.levels[1]
        template = "One per cent more, {confidence:share}, costs another {step:money}."
        step = second.step, currency
        yield Sentence(template, {"confidence": second.confidence, "step": step})
    if math.isfinite(found.missing):
        template = "Where it does not suffice, {missing:money} more is missing on average."
        yield Sentence(template, {"missing": (found.missing, currency)})
    if found.months is not None:
        template = "With that confidence, at most {months:figure} months of these posts are unpaid."
        yield Sentence(template, {"months": found.months.value})


def _listing(found: Reserve) -> Listing:
    currency = found.loss.currency
    rows = tuple(
        (
            f"{level.confidence * 100:.10g} %",
            level.reserve.value,
            _cell(level.reserve.low),
            _cell(level.reserve.high),
            _cell(level.standard_error),
            _cell(level.step),
        )
        for level in found.levels
    )
    titles = ("reserve", "interval from", "to", "s.e.", "this per cent costs")
    headings = (Heading("confidence"), *(Heading(t, "amount", currency) for t in titles))
    return Listing(f"levels-{found.loss.name}", f"To cover {found.loss.what}", headings, rows)


def _warnings(found: Reserved) -> Iterator[Sentence]:
    yield Sentence(
        "The interval holds the true amount with {sure:share} confidence, whatever the law; the "
        "laws themselves are taken as the scenario gives them.",
        {"sure": INTERVAL},
    )
    if len(found.reserves) > 1:
        yield Sentence(
            "Each reserve stands for itself: losses do not all come together, so one reserve for "
            "all of them can be less than the sum."
        )
    if any(one.loss.kind == "psc" for one in found.reserves):
        yield Sentence(
            "Programme support and posts are compared at the end of each year; within a year money "
            "may be short for some months."
        )


def _cell(number: float) -> float | None:
    return number if math.isfinite(number) else None
