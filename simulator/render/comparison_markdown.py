"""A comparison as Markdown, for a report: the tables of the screen, every output and share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from simulator.render.columns import CONTROL
from simulator.render.comparison import in_words, lost
from simulator.render.figures import NOTHING, grouped, percent
from simulator.render.policies import FIGURES, WORDS, explained
from simulator.render.waterfall import signed
from simulator.units import is_currency

Document = Mapping[str, Any]


def comparison_markdown(document: Document) -> str:
    """The whole comparison; amounts in whole units of currency, rates and parts to six digits."""
    baseline = document["baseline"]
    lines: list[str] = []
    for other in document["comparisons"]:
        lines += [f"# {other['scenario']} against {baseline['scenario']}", ""]
        lines += [in_words(baseline, other), ""]
        lines += [lost(other), ""] if not other["paired"] else []
        lines += ["## Inputs that differ", "", *_inputs(other), ""]
        lines += ["## Outputs", "", *_outputs(baseline, other), ""]
        lines += ["## Drivers", "", *_shares(baseline, other), ""]
    return "\n".join(lines).rstrip() + "\n"


def policies_markdown(document: Document) -> str:
    """The policies side by side."""
    heads = ["parent", "what", "unit", "period", "policy", *(f.heading[0] for f in FIGURES)]
    rows = []
    for row in document["rows"]:
        values = {**row["statistics"], "standard_error": row["standard_error"]}
        cells = [row["parent"], WORDS[row["what"]], row["unit"], row["period"], row["policy"]]
        rows.append([*cells, *(_figure(values[f.key], row["unit"]) for f in FIGURES)])
    text = [f"# {document['title']}: policies side by side", "", *_table(heads, rows, 5), ""]
    return "\n".join([*text, *explained(document)]) + "\n"


def _inputs(other: Document) -> Iterator[str]:
    rows = [
        [row[key] or NOTHING for key in ("key", "before", "after", "source")]
        for row in other["inputs"]
    ]
    yield from _table(["key", "before", "after", "source"], rows, 4) if rows else ["none"]


def _outputs(baseline: Document, other: Document) -> Iterator[str]:
    a, b = baseline["scenario"], other["scenario"]
    sides = [f"{name} {what}" for name in (a, b) for what in ("mean", "P5", "P50", "P95")]
    heads = ["output", "period", "stage", "unit", *sides]
    heads += ["difference", "s.e.", "P5", "P50", "P95", f"{b} is more in"]
    rows = []
    for row in other["outputs"]:
        unit, gap = row["unit"], row["difference"]
        cells = [row[key] for key in ("output", "period", "stage", "unit")]
        for side in ("before", "after"):
            cells += [_figure(row[side][name], unit) for name in ("mean", "p5", "p50", "p95")]
        cells += [_figure(gap[n], unit) for n in ("mean", "standard_error", "p5", "p50", "p95")]
        odds = NOTHING if gap["above"] is None else percent(gap["above"])
        rows.append([*cells, odds])
    yield from _table(heads, rows, 4)


def _shares(baseline: Document, other: Document) -> Iterator[str]:
    if not other["attribution"]:
        yield other["attribution_note"] or "none"
        return
    heads = ["output", "period", "statistic", "unit", "driver", "share", "s.e."]
    rows = []
    for one in other["attribution"]:
        where = [one[key] for key in ("output", "period", "statistic", "unit")]
        rows.append([*where, baseline["scenario"], grouped(one["before"], 0), ""])
        for share in one["shares"]:
            error = _figure(share["standard_error"], one["unit"])
            rows.append([*where, share["driver"], signed(share["whole"]), error])
        rows.append([*where, other["scenario"], grouped(one["after"], 0), ""])
    yield from _table(heads, rows, 5)


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return NOTHING
    return grouped(value, 0 if is_currency(unit) else 6)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], texts: int) -> Iterator[str]:
    """A Markdown table; the first `texts` columns are aligned to the left."""
    yield "| " + " | ".join(map(_safe, heads)) + " |"
    yield "|" + "|".join(" --- " if i < texts else " ---: " for i in range(len(heads))) + "|"
    for row in rows:
        yield "| " + " | ".join(map(_safe, row)) + " |"


def _safe(text: str) -> str:
    return CONTROL.sub(" ", text).replace("|", "\\|")
