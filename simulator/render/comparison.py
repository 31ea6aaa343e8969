"""Results side by side: what differs, what each parent owes more or less, and because of what.

Everything comes from a plain document (`runs.compare`); nothing is computed but layout.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from simulator.render.columns import Figure, Line, Sheet, plain, wrapped
from simulator.render.figures import MINUS, NOTHING, Amounts, decimals, grouped, percent, scale_word
from simulator.render.waterfall import waterfall
from simulator.units import is_currency

Document = Mapping[str, Any]
FIGURES = (
    Figure("mean", ("mean",), 0, "bold"),
    Figure("standard_error", ("s.e.",), 2, "dim"),
    Figure("p5", ("P5",), 1),
    Figure("p50", ("P50",), 3),
    Figure("p95", ("P95",), 1),
    Figure("above", ("more in",), 0),
)
DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class ComparisonPage:
    """The document of `sim compare`: a baseline, and each other result against it."""

    document: Document

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        baseline = self.document["baseline"]
        for i, other in enumerate(self.document["comparisons"]):
            if i:
                yield plain("")
            yield from _head(baseline, other, width)
            for part in (_inputs, _owed, _money, _asked, _only, _pairing):
                lines = list(part(baseline, other, width))
                if lines:
                    yield plain("")
                    yield from lines
            yield from _shares(baseline, other, width, ascii_only=options.ascii_only)


def in_words(baseline: Document, other: Document) -> str:
    """Which is minus which."""
    return (
        f"Differences are {other['scenario']} {MINUS} {baseline['scenario']}: above zero, "
        f"{other['scenario']} is more."
    )


def lost(other: Document) -> str:
    """What is not known when draws are not paired; nothing when they are."""
    if other["paired"]:
        return ""
    because = "; ".join(other["not_paired_because"]) or "as asked with --unpaired"
    return (
        f"Not paired ({because}): standard errors are those of independent estimates, and there "
        "are no percentiles of the difference, no probability by draw and no drivers."
    )


def amounts(baseline: Document) -> Amounts:
    """Prints amounts as the budget's pages do."""
    return Amounts(baseline["unit"], decimals(Decimal(baseline["cell"])))


def _head(baseline: Document, other: Document, width: int) -> Iterator[Text]:
    title = f"{other['scenario']} against {baseline['scenario']}"
    yield from wrapped(title, width, then="", style="bold")
    for one in (baseline, other):
        yield from wrapped(one["title"], width, first=f"{one['scenario']}: ")
    text = in_words(baseline, other)
    if other["paired"]:
        draws = grouped(float(baseline["draws"]), 0)
        how = f"{baseline['sampler']}, seed {baseline['seed']}"
        text = f"{draws} of the same draws ({how}). {text}"
    yield from wrapped(text, width)
    if not other["paired"]:
        yield from wrapped(lost(other), width, first="warning: ", style="yellow")


def _inputs(baseline: Document, other: Document, width: int) -> Iterator[Text]:
    """The keys that differ; those that move no result are counted."""
    yield plain("Inputs that differ", "bold")
    silent = Counter(r["key"].partition(".")[0] for r in other["inputs"] if r["driver"] == "none")
    moving = [row for row in other["inputs"] if row["driver"] != "none"]
    for row in moving:
        before, after = row["before"] or NOTHING, row["after"] or NOTHING
        text = f"{row['key']}: {before} → {after}"
        text += f"  [{row['source']}]" if row["source"] else ""
        yield from wrapped(text, width, first="  ", then="    ")
    for section, count in silent.items():
        keys = "1 key" if count == 1 else f"{count} keys"
        yield from wrapped(f"{section}: {keys}, no input of the draws", width, first="  ",
                           then="    ", style="dim")  # fmt: skip
    if not other["inputs"]:
        yield plain("  none")


def _owed(baseline: Document, other: Document, width: int) -> Iterator[Text]:
    """What each parent owes: every period at the last stage, the whole one at earlier stages."""
    show, whole, last = amounts(baseline), baseline["periods"][-1], baseline["stage"]
    lines: list[Line] = []
    for parent in baseline["parents"]:
        for output, currency in parent["outputs"].items():
            rows = [row for row in other["outputs"] if row["output"] == output]
            if rows:
                lines.append(Line(f"{parent['name']}, {scale_word(baseline['unit'], currency)}"))
            for row in sorted(rows, key=lambda row: row["stage"] != last):
                if row["stage"] == last:
                    lines += _three(row["period"], baseline, other, row, show)
                elif row["period"] == whole:
                    stage = row["stage"].replace("_", " ")
                    lines += _three(stage, baseline, other, row, show)
    if lines:
        yield from Sheet("Owed", FIGURES, lines).text_lines(width)


def _three(
    label: str, baseline: Document, other: Document, row: Document, show: Amounts
) -> Iterator[Line]:
    """A result, the other one, and the difference under one another."""
    indent = " " * (len(label) + 2)
    before, after, gap = row["before"], row["after"], row["difference"]
    yield Line(f"{label}  {baseline['scenario']}", _cells(before, show, row["unit"]), indent=2)
    yield Line(f"{indent}{other['scenario']}", _cells(after, show, row["unit"]), indent=2)
    odds = {"above": percent(gap["above"])} if gap["above"] is not None else {}
    cells = {**_cells(gap, show, row["unit"]), **odds}
    yield Line(f"{indent}{DIFFERENCE}", cells, indent=2, style="bold")


def _cells(values: Document, show: Amounts, unit: str) -> dict[str, str]:
    if not is_currency(unit):  # no amount of currency: a count or a rate
        show = Amounts(1, 0 if unit == "count" else 4)
    found: dict[str, str] = {}
    for figure in FIGURES[:-1]:
        value = values[figure.key]
        if value is None:
            found[figure.key] = NOTHING
        elif unit == "1":
            found[figure.key] = percent(value, 2 if figure.key == "standard_error" else 1)
        elif figure.key == "standard_error":
            found[figure.key] = show.error(value)
        else:
            found[figure.key] = show(value)
    return found


def _money(baseline: Document, other: Document, width: int) -> Iterator[Text]:
    """Extrabudgetary money over the whole period; what does not move is only named."""
    show, whole = amounts(baseline), baseline["periods"][-1]
    rows = {
        row["output"]: row
        for row in other["outputs"]
        if row["period"] == whole and row["stage"] == baseline["stage"]
    }
    lines: list[Line] = []
    same: list[str] = []
    for output in baseline["extrabudgetary"]:
        row = rows.get(output)
        if row is None:
            continue
        gap = row["difference"]
        if other["paired"] and not any(gap[n] for n in ("mean", "p5", "p95", "above", "below")):
            same.append(output)
            continue
        unit = scale_word(baseline["unit"], row["unit"]) if is_currency(row["unit"]) else ""
        lines.append(Line(f"{row['description']}{', ' if unit else ''}{unit}"))
        lines += _three("", baseline, other, row, show)
    if lines:
        yield from Sheet(f"Extrabudgetary, {whole}", FIGURES, lines).text_lines(width)
    if same:
        text = "Equal on every draw: " + ", ".join(same)
        yield from wrapped(text, width, then="  ", style="dim")


def _asked(baseline: Document, other: Document, width: int) -> Iterator[Text]:
    """Outputs that were asked for and stand nowhere above, in every period at the last stage."""
    shown = {*baseline["extrabudgetary"], *(o for p in baseline["parents"] for o in p["outputs"])}
    lines: list[Line] = []
    for output in other["asked"]:
        rows = [
            row
            for row in other["outputs"]
            if row["output"] == output and row["stage"] == baseline["stage"]
        ]
        if output in shown or not rows:
            continue
        unit = rows[0]["unit"]
        words = scale_word(baseline["unit"], unit) if is_currency(unit) else unit
        lines.append(Line(f"{rows[0]['description']}, {words}".removesuffix(", 1")))
        for row in rows:
            lines += _three(row["period"], baseline, other, row, amounts(baseline))
    if lines:
        yield from Sheet("Asked for", FIGURES, lines).text_lines(width)


def _only(baseline: Document, other: Document, width: int) -> Iterator[Text]:
    """Outputs that one side has and the other lacks cannot be compared."""
    for name, key in ((baseline["scenario"], "only_before"), (other["scenario"], "only_after")):
        if other[key]:
            text = f"Only in {name}: {', '.join(other[key])}"
            yield from wrapped(text, width, then="  ", style="dim")


def _pairing(baseline: Document, other: Document, width: int) -> Iterator[Text]:
    """What pairing saves."""
    for row in other["pairing_gains"]:
        if row["times"] is None:
            continue
        text = (
            f"{row['output']}, {row['period']}: the mean difference has standard error "
            f"{grouped(row['paired'], 1)} {row['unit']}, without pairing "
            f"{grouped(row['unpaired'], 1)}: {grouped(row['times'], 1)} times smaller"
        )
        yield from wrapped(text, width)


def _shares(baseline: Document, other: Document, width: int, *, ascii_only: bool) -> Iterator[Text]:
    """A waterfall for each contribution and statistic of the whole period."""
    whole = baseline["periods"][-1]
    if other["attribution_note"]:
        yield plain("")
        yield from wrapped(other["attribution_note"], width)
    shown = [row for row in other["attribution"] if row["period"] == whole and row["shares"]]
    if not shown:
        return
    yield plain("")
    title = (
        f"Because of what, {whole}: Shapley shares of each driver, in whole units of currency "
        "(bars do not begin at zero)"
    )
    yield from wrapped(title, width, then="", style="bold")
    names = {o: p["name"] for p in baseline["parents"] for o in p["outputs"]}
    for row in shown:
        statistic = "mean" if row["statistic"] == "mean" else row["statistic"].upper()
        heading = f"{names.get(row['output'], row['output'])}, {row['unit']}, {statistic}"
        ends = (baseline["scenario"], other["scenario"])
        yield from waterfall(heading, ends, row, width, ascii_only=ascii_only)
