"""A calibration and a back-test on the screen: parameters, fans, scores and their bands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from simulator.render.columns import Figure, Line, Sheet, plain, wrapped
from simulator.render.figures import NOTHING, grouped, percent, rate

Document = Mapping[str, Any]
LEVELS = ("0.5", "0.8", "0.9", "0.95")
FAN = ("P5", "P25", "P50", "P75", "P95")
MOST_SKIPPED = 8
"""Origins that are named when many were skipped."""
NOTE = (
    "CRPS: mean error of the whole distribution, per cent of the rate at the origin; ratio: over "
    "that of the plain walk on the same cases. In brackets: where nine in ten perfect forecasters "
    "would lie on these overlapping, correlated cases (simulated)."
)
INFLATION_NOTE = (
    "rule: half the last year and half the mean of ten, surprises that carry on by 0.7; ar1: "
    "autoregression by least squares; walk: the last year's rate, normal errors. Ratio: over the "
    "walk's CRPS on the same cases. One year ahead is the year of the origin, of which nothing is "
    "known. Figures are today's, not those first published."
)


@dataclass(frozen=True, slots=True)
class CalibrationPage:
    """The parameters of a law with what they rest on, from their document."""

    document: Document

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        found, width = self.document, options.max_width
        title = f"Law {found['law']}, from what was known on {found['known_on']}"
        yield from wrapped(title, width, then="", style="bold")
        yield plain("")
        for sheet in (_parameters(found), _fans(found), _correlations(found), _inflation(found)):
            if sheet is not None:
                for bank in sheet.banks(width):
                    yield from bank.text_lines(width)
                yield plain("")
        yield from _rests_on(found, width)


def _parameters(found: Document) -> Sheet:
    figures = (
        Figure("start", ("start",), 0, "bold"),
        Figure("as_of", ("known",), 2),
        Figure("sd", ("sd a", "month")),
        Figure("recent", ("recent", "months"), 1),
        Figure("long", ("all", "months"), 1),
        Figure("differential", ("inflation", "differential")),
        Figure("gap", ("real", "gap")),
    )
    lines = [
        Line(
            pair,
            {
                "start": rate(one["start"]),
                "as_of": one["as_of"],
                "sd": percent(one["monthly_sd"], 2),
                "recent": percent(one["monthly_sd_recent"], 2),
                "long": percent(one["monthly_sd_long"], 2),
                "differential": _percent(one["inflation_differential"]),
                "gap": _percent(one["real_gap"]),
            },
        )
        for pair, one in found["rates"].items()
    ]
    return Sheet("Rate", figures, lines)


def _percent(value: float | None) -> str:
    return NOTHING if value is None else percent(value, 2)


def _fans(found: Document) -> Sheet:
    figures = tuple(Figure(name, (name,)) for name in FAN)
    lines: list[Line] = []
    for pair, one in found["rates"].items():
        lines.append(Line(pair))
        lines += [
            Line(period, {n: rate(v) for n, v in zip(FAN, values, strict=True)}, indent=2)
            for period, values in one["fan"].items()
        ]
    return Sheet("Mean over the months", figures, lines)


def _correlations(found: Document) -> Sheet | None:
    table: Mapping[str, Mapping[str, float]] = found["correlation"]
    if not table:
        return None
    names = [f"rates.{pair}" for pair in found["rates"]]
    short = {name: name.removeprefix("rates.") for name in names}

    def entry(one: str, other: str) -> str:
        value = table.get(one, {}).get(other, table.get(other, {}).get(one))
        return "1" if one == other else NOTHING if value is None else grouped(value, 2)

    figures = tuple(Figure(name, (short[name],)) for name in names[:-1])
    lines = [
        Line(short[one], {name: entry(one, name) for name in names[:i] or ()})
        for i, one in enumerate(names)
        if i
    ]
    return Sheet("Correlation of monthly changes", figures, lines)


def _inflation(found: Document) -> Sheet | None:
    if not found["inflation"]:
        return None
    figures = (
        Figure("centre", ("centre",)),
        Figure("last", ("last", "published")),
        Figure("1", ("sd, 1 year", "ahead")),
        Figure("2", ("2 years",)),
        Figure("3", ("3 years",)),
    )
    lines = [
        Line(
            name,
            {
                "centre": percent(one["centre"][0], 2),
                "last": str(one["last_published"]),
                **{str(i + 1): percent(sd, 2) for i, sd in enumerate(one["sd_by_years_ahead"])},
            },
        )
        for name, one in found["inflation"].items()
    ]
    return Sheet("Inflation", figures, lines)


def _rests_on(found: Document, width: int) -> Iterator[Text]:
    yield plain("Rests on", "bold")
    for source in found["sources"]:
        yield from wrapped(f"{source['name']}, to {source['as_of']}", width, "  ", "    ")
    alike: dict[str, list[str]] = {}
    for pair, one in found["rates"].items():
        parts = [f"sd on {one['recent_rests_on']}, and {one['long_rests_on']}"]
        if one["real_gap_rests_on"]:
            parts.append(f"real gap on {one['real_gap_rests_on']}")
        alike.setdefault("; ".join(parts), []).append(pair)
    for text, pairs in alike.items():
        yield from wrapped(f"{', '.join(pairs)}: {text}", width, "  ", "    ")
    if found["correlation_rests_on"]:
        yield from wrapped(found["correlation_rests_on"], width, "  correlations: ", "    ")
    for note in found["notes"]:
        yield from wrapped(note, width, then="  ")


@dataclass(frozen=True, slots=True)
class BacktestPage:
    """Scores by law and target, with the bands of a perfect forecaster, from their document."""

    document: Document

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        found, width = self.document, options.max_width
        first, last = found["origins"][0], found["origins"][-1]
        currencies = ", ".join(found["currencies"])
        title = (
            f"Walk-forward of {len(found['origins'])} origins, {first} to {last}; "
            f"{found['home']} for one {currencies}; {grouped(float(found['draws']), 0)} draws"
        )
        yield from wrapped(title, width, then="", style="bold")
        yield plain("")
        if found["scores"]:
            yield from _score_sheet(found).text_lines(width)
            yield plain("")
            yield from wrapped(NOTE, width, then="")
        else:
            yield from wrapped("nothing to score: no target is over", width, then="")
        for note in found["notes"]:
            yield from wrapped(note, width, then="  ")
        skipped = found["skipped"]
        for text in skipped[:MOST_SKIPPED]:
            yield from wrapped(text, width, "skipped: ", "  ")
        if len(skipped) > MOST_SKIPPED:
            yield plain(f"skipped: {len(skipped) - MOST_SKIPPED} more; --json has all")
        for source in found["sources"]:
            yield from wrapped(source, width, "rests on: ", "  ")


@dataclass(frozen=True, slots=True)
class InflationPage:
    """Scores of laws of inflation by years ahead, from their document."""

    document: Document

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        found, width = self.document, options.max_width
        title = (
            f"Inflation of {found['currency']}: forecasts made in the years {found['from']} to "
            f"{found['to']}, of one to three years"
        )
        yield from wrapped(title, width, then="", style="bold")
        yield plain("")
        yield from _inflation_sheet(found).text_lines(width)
        yield plain("")
        yield from wrapped(INFLATION_NOTE, width, then="")
        for source in found["sources"]:
            yield from wrapped(source, width, "rests on: ", "  ")


def _inflation_sheet(found: Document) -> Sheet:
    figures = (
        Figure("cases", ("cases",), 2),
        Figure("crps", ("CRPS", "points"), 0),
        Figure("ratio", ("ratio",), 0, "bold"),
        *(Figure(level, ("inside", percent(float(level), 0))) for level in LEVELS),
        Figure("pit", ("mean", "PIT"), 3),
        Figure("bias", ("bias", "points"), 4),
    )
    lines: list[Line] = []
    for ahead in sorted({score["years_ahead"] for score in found["scores"]}):
        lines.append(Line(f"{ahead} year{'s' if ahead > 1 else ''} ahead"))
        lines += [
            Line(
                score["law"],
                {
                    "cases": grouped(float(score["cases"]), 0),
                    "crps": grouped(100 * score["crps"], 3),
                    "ratio": grouped(score["ratio"], 3),
                    **{lv: grouped(100 * score["coverage"][lv], 1) for lv in LEVELS},
                    "pit": grouped(score["mean_pit"], 3),
                    "bias": grouped(100 * score["bias"], 2),
                },
                indent=2,
            )
            for score in found["scores"]
            if score["years_ahead"] == ahead
        ]
    return Sheet("", figures, lines)


def _score_sheet(found: Document) -> Sheet:
    figures = (
        Figure("cases", ("cases",), 2),
        Figure("crps", ("CRPS", "%"), 0),
        Figure("ratio", ("ratio",), 0, "bold"),
        *(Figure(level, ("inside", percent(float(level), 0))) for level in LEVELS),
        Figure("pit", ("mean", "PIT"), 3),
        Figure("ks", ("KS",), 3),
        Figure("bias", ("bias", "%"), 4),
        Figure("width", ("90 % wide", "%"), 4),
    )
    bands = {(one["target"], one["pair"]): one for one in found["perfect"]}
    lines: list[Line] = []
    shown: list[tuple[str, str]] = []
    for score in found["scores"]:
        key = (score["target"], score["pair"])
        if key not in shown:
            shown.append(key)
            lines.append(Line(f"{score['target']}, {_words(score['pair'])}"))
            if key in bands:
                lines.append(Line("perfect forecaster", _band_cells(bands[key]), indent=2))
        lines.append(Line(score["law"], _score_cells(score), indent=2))
    return Sheet("", figures, lines)


def _words(pair: str) -> str:
    return {"all": "all rates", "basket": "the basket of all rates"}.get(pair, pair)


def _score_cells(score: Document) -> dict[str, str]:
    ratio = score["ratio"]
    return {
        "cases": grouped(float(score["cases"]), 0),
        "crps": grouped(100 * score["crps"], 2),
        "ratio": NOTHING if ratio is None else grouped(ratio, 3),
        **{level: grouped(100 * score["coverage"][level], 1) for level in LEVELS},
        "pit": grouped(score["mean_pit"], 3),
        "ks": grouped(score["ks"], 3),
        "bias": grouped(100 * score["bias"], 1),
        "width": grouped(100 * score["width"], 1),
    }


def _band_cells(bands: Document) -> dict[str, str]:
    def ends(band: Sequence[float], scale: float, digits: int) -> str:
        return f"[{grouped(scale * band[0], digits)}–{grouped(scale * band[2], digits)}]"

    return {
        **{level: ends(bands["coverage"][level], 100, 0) for level in LEVELS},
        "pit": ends(bands["mean_pit"], 1, 2),
        "ks": ends(bands["ks"], 1, 2),
    }
