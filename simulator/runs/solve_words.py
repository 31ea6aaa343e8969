"""What `sim solve` found, in sentences and tables."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator

from simulator.findings import Cell, Finding, Heading, Listing, Sentence, Value
from simulator.runs.grid import text_of
from simulator.runs.solve import Answer, Boundary, Solved
from simulator.scenario.fingerprint import fingerprint
from simulator.units import CURRENCY

Piece = tuple[Boundary, Boundary]


def in_words(found: Solved) -> Finding:
    """The finding of a question that is solved."""
    scenario, ask = found.scenario, found.ask
    title = f"{scenario.title or scenario.name}: {ask.key} such that {found.condition}"
    if found.other is None:
        sentences = tuple(_sentences(found, found.answers[0]))
        listings = (*_edges(found), _scan(found))
    else:
        sentences, listings = tuple(_frontier_sentences(found)), (_frontier(found),)
    label = f"{ask.key}-{found.condition.subject}" + (
        f"-{found.other.key}" if found.other is not None else ""
    )
    settings: dict[str, str | int | float | bool] = {
        "for": ask.key,
        "such_that": str(found.condition),
        "from": found.low,
        "to": found.high,
        "draws": scenario.sampling.draws,
        "seed": scenario.sampling.seed,
    }
    if found.other is not None:
        settings["pareto"] = f"{found.other.key}={','.join(found.other.texts)}"
    return Finding(
        command="solve",
        label=re.sub(r"[^A-Za-z0-9]+", "-", label).strip("-")[:80],
        title=title,
        sentences=sentences,
        listings=listings,
        scenario=scenario.name,
        fingerprint=fingerprint(scenario),
        unit=scenario.budget.unit,
        digits=max(0, -int(scenario.budget.cell.as_tuple().exponent)),
        warnings=tuple(_warnings(found)),
        settings=settings,
    )


def written(x: float, error: float) -> str:
    """A number with two digits of its error; twelve digits where there is no error."""
    if not error > 0 or not math.isfinite(error):
        return f"{x:.12g}"
    return f"{x:.{min(15, max(0, 1 - math.floor(math.log10(error))))}f}"


def _kind(found: Solved) -> str:
    """How the subject is written in a sentence."""
    if CURRENCY.fullmatch(found.unit):
        return "money"
    condition = found.condition
    probable = condition.statistic is not None and condition.statistic.kind == "probability"
    return "share" if probable else "figure"


def _shown(found: Solved, value: float) -> Value:
    return (value, found.unit) if _kind(found) == "money" else value


def _sentences(found: Solved, answer: Answer) -> Iterator[Sentence]:
    """The answer, piece by piece, and where the key stands now."""
    if not answer.pieces:
        yield from _none(found, answer)
    for piece in answer.pieces:
        yield from _piece(found, piece)
    at = _nearest(answer, found.now)
    if at is not None:
        template = "The scenario has {now}, which gives {value:" + _kind(found) + "}."
        values = {"now": f"{found.now:.12g}", "value": _shown(found, at)}
        yield Sentence(template, values)


def _nearest(answer: Answer, now: float | None) -> float | None:
    """What the scan found at the present value, if that is one of its points."""
    return next((s.value for x, s in answer.scan if x == now), None)


def _none(found: Solved, answer: Answer) -> Iterator[Sentence]:
    kind = _kind(found)
    low = min(answer.scan, key=lambda one: one[1].value)
    high = max(answer.scan, key=lambda one: one[1].value)
    template = (
        "No value of {key} from {low} to {high} does: the least of {subject} is {least:KIND}, at "
        "{at_least}, and the most {most:KIND}, at {at_most}."
    ).replace("KIND", kind)
    yield Sentence(
        template,
        {
            "key": found.ask.key,
            "low": f"{found.low:.12g}",
            "high": f"{found.high:.12g}",
            "subject": found.condition.subject,
            "least": _shown(found, low[1].value),
            "at_least": f"{low[0]:.12g}",
            "most": _shown(found, high[1].value),
            "at_most": f"{high[0]:.12g}",
        },
    )


def _piece(found: Solved, piece: Piece) -> Iterator[Sentence]:
    low, high = piece
    key, subject = found.ask.key, found.condition.subject
    if low.edge.x == high.edge.x and not (low.edge.at_end and high.edge.at_end):
        yield from _crossing(found, low)
        return
    if low.edge.at_end and high.edge.at_end:
        template = "Every value of {key} from {low} to {high} does."
        yield Sentence(template, {"key": key, "low": _x(low), "high": _x(high)})
        return
    if found.condition.relation == "=" and found.certain:
        yield _plateau(found, piece)
        return
    template = "{key} from {low} to {high} does: {subject} {relation} {bound:KIND}."
    values: dict[str, Value] = {
        "key": key,
        "low": _with_error(low),
        "high": _with_error(high),
        "subject": subject,
        "relation": found.condition.relation,
        "bound": _shown(found, found.condition.bound),
    }
    yield Sentence(template.replace("KIND", _kind(found)), values)
    for boundary in piece:
        yield from _bracket(found, boundary)


def _crossing(found: Solved, at: Boundary) -> Iterator[Sentence]:
    """One value of the key, at which the subject is the bound or leaps over it."""
    values: dict[str, Value] = {"key": found.ask.key, "x": _with_error(at),
                                "subject": found.condition.subject,
                                "bound": _shown(found, found.condition.bound)}  # fmt: skip
    if at.leap:
        template = (
            "No value of {key} gives exactly {bound:KIND}: {subject} moves in steps and leaps over "
            "it at {x}."
        )
    else:
        template = "{key} = {x} makes {subject} {bound:KIND}."
    yield Sentence(template.replace("KIND", _kind(found)), values)
    yield from _bracket(found, at)


def _plateau(found: Solved, piece: Piece) -> Sentence:
    """A rounded figure is the bound over a stretch; the middle stands for it."""
    low, high = (boundary.edge.x for boundary in piece)
    half = (high - low) / 2
    template = (
        "{key} = {x} makes {subject} {bound:KIND}. The figure is rounded: every value from {low} "
        "to {high} gives exactly that, so further digits cannot be had; {x} is the middle."
    )
    return Sentence(
        template.replace("KIND", _kind(found)),
        {
            "key": found.ask.key,
            "x": written(low + half, half),
            "subject": found.condition.subject,
            "bound": _shown(found, found.condition.bound),
            "low": written(low, half / 10),
            "high": written(high, half / 10),
        },
    )


def _bracket(found: Solved, at: Boundary) -> Iterator[Sentence]:
    """Between which values the condition changes, and what the subject is there."""
    if at.edge.at_end:
        return
    width = (at.edge.high - at.edge.low) / 10
    values: dict[str, Value] = {
        "low": written(at.edge.low, width),
        "high": written(at.edge.high, width),
        "subject": found.condition.subject,
        "value": _shown(found, at.subject.value),
    }
    template = "It changes between {low} and {high}; {subject} is {value:KIND} there"
    if at.subject.standard_error > 0:
        template += ", give or take {error:KIND}"
        values["error"] = _shown(found, at.subject.standard_error)
    if at.leap:
        template += ", beside a step"
    if math.isfinite(at.slope):
        template += ", and changes by {slope:KIND} for each 0.01 of the key"
        values["slope"] = _shown(found, at.slope / 100)
    yield Sentence((template + ".").replace("KIND", _kind(found)), values)


def _x(at: Boundary) -> str:
    return f"{at.edge.x:.12g}"


def _with_error(at: Boundary) -> str:
    """A value of the key with its standard error, where it has one."""
    if at.edge.at_end:
        return _x(at)
    if at.error > 0:
        return f"{written(at.edge.x, at.error)} ± {written(at.error, at.error)}"
    return written(at.edge.x, (at.edge.high - at.edge.low) / 2)


def _amounts(found: Solved, title: str) -> Heading:
    kind = _kind(found)
    return Heading(
        title, "amount" if kind == "money" else kind, found.unit if kind == "money" else ""
    )


def _edges(found: Solved) -> Iterator[Listing]:
    rows: list[tuple[Cell, ...]] = []
    for number, piece in enumerate(found.answers[0].pieces, start=1):
        for end, at in zip(("from", "to"), piece, strict=True):
            rows.append(
                (
                    f"{number}, {end}" if len(found.answers[0].pieces) > 1 else end,
                    at.edge.x,
                    _cell(at.error),
                    at.edge.low,
                    at.edge.high,
                    at.subject.value,
                    _cell(at.subject.standard_error),
                )
            )
    if rows:
        headings = (
            Heading("end"),
            Heading("value of the key", "figure"),
            Heading("s.e. of it", "figure"),
            Heading("bracket from", "figure"),
            Heading("bracket to", "figure"),
            _amounts(found, "gives"),
            _amounts(found, "s.e. of that"),
        )
        title = f"The values of {found.ask.key} that do; what {found.condition.subject} is there"
        yield Listing("answer", title, headings, tuple(rows))


def _scan(found: Solved) -> Listing:
    answer = found.answers[0]
    condition = found.condition
    rows = tuple(
        (f"{x:.12g}", s.value, _cell(s.standard_error),
         "yes" if condition.holds(s.value) else "no")
        for x, s in answer.scan
    )  # fmt: skip
    headings = (
        Heading(found.ask.key),
        _amounts(found, "gives"),
        _amounts(found, "s.e."),
        Heading("does"),
    )
    title = f"The scan of {condition.subject}, all points on the same draws"
    return Listing("scan", title, headings, rows)


def _frontier_sentences(found: Solved) -> Iterator[Sentence]:
    assert found.other is not None  # noqa: S101 - asked for
    doing = [answer for answer in found.answers if answer.pieces]
    values: dict[str, Value] = {
        "key": found.ask.key,
        "low": f"{found.low:.12g}",
        "high": f"{found.high:.12g}",
        "other": found.other.key,
        "condition": str(found.condition),
        "some": len(doing),
        "all": len(found.answers),
    }
    if not doing:
        template = (
            "No value of {key} from {low} to {high} does, at any of {all:whole} values of {other}."
        )
        del values["condition"], values["some"]
    else:
        template = (
            "Pairs of {other} and {key} that satisfy {condition}: at {some:whole} of {all:whole} "
            "values of {other}, values of {key} from {low} to {high} do."
        )
    yield Sentence(template, values)


def _frontier(found: Solved) -> Listing:
    assert found.other is not None  # noqa: S101 - asked for
    rows: list[tuple[Cell, ...]] = []
    for answer in found.answers:
        other = text_of(answer.before[0])
        lows = [s.value for _, s in answer.scan]
        span = min(lows), max(lows)
        if not answer.pieces:
            rows.append((other, "none", None, None, None, None, *span))
        for low, high in answer.pieces:
            whole = low.edge.at_end and high.edge.at_end
            ends = low.edge.x, _cell(low.error), high.edge.x, _cell(high.error)
            rows.append((other, "all" if whole else "some", *ends, *span))
    headings = (
        Heading(found.other.key),
        Heading("do"),
        Heading("from", "figure"),
        Heading("s.e. of from", "figure"),
        Heading("to", "figure"),
        Heading("s.e. of to", "figure"),
        _amounts(found, "least in the range"),
        _amounts(found, "most in the range"),
    )
    title = f"For each {found.other.key}, the values of {found.ask.key} that do"
    return Listing("frontier", title, headings, tuple(rows))


def _warnings(found: Solved) -> Iterator[Sentence]:
    scan = found.answers[0].scan
    template = (
        "{count:whole} values were tried first, at most {step:figure} apart: a change that begins "
        "and ends between two of them is not seen."
    )
    step = max((b[0] - a[0] for a, b in itertools.pairwise(scan)), default=0.0)
    yield Sentence(template, {"count": len(scan), "step": step})
    for note in found.notes:
        yield Sentence("{note}", {"note": note})


def _cell(number: float) -> float | None:
    return number if math.isfinite(number) else None
