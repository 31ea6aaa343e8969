"""Several results: what each parent pays more or less, draw by draw, and because of what."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.render.charts import bars, titles
from simulator.render.pictures.drivers import by_driver
from simulator.render.report.blocks import (
    Block,
    Cell,
    Paragraph,
    Part,
    Picture,
    Section,
    Table,
    middles,
)
from simulator.render.report.results import Made, Told, sentence
from simulator.render.workbook.comparison import ComparedRow, compared, paired


def comparison(made: Made) -> Section:
    """The section; empty for one result."""
    if made.alone:
        return Section("comparison", made.words("comparison_title"), ())
    base, *others = made.results
    rows = [row for row in compared([told.stored for told in made.results]) if row.difference]
    blocks: list[Block] = []
    for told in others:
        mine = [row for row in rows if row.result == told.name]
        blocks += _sentences(made, base, told, mine)
        if mine:
            blocks.append(_table(made, told, mine))
        blocks += _waterfalls(made, base, told)
    if any(not paired(base.stored, told.stored) for told in others):
        blocks.append(Paragraph((made.words("not_paired"),), "warning"))
    return Section("comparison", made.words("comparison_title"), tuple(blocks))


def _sentences(made: Made, base: Told, told: Told, rows: list[ComparedRow]) -> Iterator[Paragraph]:
    """For each contribution over the whole period: more or less on average, and how often."""
    _ = made.speech.translate
    for row in rows:
        if row.period != told.stored.view.whole or not row.label or row.difference is None:
            continue
        mean = row.difference.statistics["mean"]
        size = made.amount(told, abs(mean))
        if size == made.amount(told, 0.0):
            text = _("In {name}, {parent} owes as much in {unit} as in {base}.")
        elif mean > 0:
            text = _(
                "In {name}, {parent} owes {amount} {unit} more on average than in {base}; it "
                "owes more in {share} of the draws."
            )
        else:
            text = _(
                "In {name}, {parent} owes {amount} {unit} less on average than in {base}; it "
                "owes more in {share} of the draws."
            )
        fields: dict[str, Part] = {
            "name": told.name,
            "parent": row.label,
            "amount": size,
            "unit": made.unit(told, row.unit),
            "base": base.name,
            "share": made.speech.percent(row.difference.above),
        }
        yield Paragraph(sentence(text, **fields))


def _table(made: Made, told: Told, rows: list[ComparedRow]) -> Table:
    words = made.words
    heads = (
        words("head_output"),
        words("head_period"),
        words("head_mean"),
        *(words(f"head_difference_{key}") for key in ("mean", "error", "p5", "p50", "p95")),
        words("head_difference_above"),
    )
    found = []
    for row in rows:
        assert row.difference is not None  # noqa: S101 - filtered
        label = words("contribution_of", parent=row.label) if row.label else words("row_net")
        statistics = row.difference.statistics
        texts = [
            made.amount(told, row.cell["mean"]),
            made.amount(told, statistics["mean"]),
            made.amount(told, row.difference.error, 1),
            *(made.amount(told, statistics[key]) for key in ("p5", "p50", "p95")),
            made.speech.percent(row.difference.above),
        ]
        cells = tuple(Cell(text, figure=True) for text in texts)
        found.append((Cell(f"{label}, {made.unit(told, row.unit)}"), Cell(row.period), *cells))
    title = made.titled(told, words("comparison_title"))
    return Table(f"compared-{told.name}", title, heads, tuple(found),
                 words("comparison_note", base=made.results[0].name))  # fmt: skip


def _waterfalls(made: Made, base: Told, told: Told) -> Iterator[Picture]:
    """From the first result's mean to this one's, driver by driver, for the whole period."""
    ends = base.name, told.name
    view = told.stored.view
    for row in told.steps:
        if row["period"] != view.whole or row["statistic"] != "mean":
            continue
        parent = row["output"].partition(".")[2]
        currency = row["unit"]
        what = titles.contribution_title(
            told.stored.parent(parent), currency, view.whole, made.speech
        )
        title = titles.steps_title(what, *ends, made.speech)
        steps = by_driver(ends, row)
        unit = told.stored.scenario.budget.unit
        spec = bars.waterfall(steps, made.speech, made.look, title=title, unit=unit,
                              currency=currency)  # fmt: skip
        rows = tuple(
            (
                Cell(step.name if step.kind == "end" else made.speech.name(step.name)),
                Cell(made.speech.number(step.change) if step.kind == "end"
                     else made.speech.signed(step.change), figure=True),
                Cell("" if step.error is None else made.speech.number(step.error), figure=True),
            )
            for step in steps
        )  # fmt: skip
        heads = (made.words("head_step"), f"{made.words('head_change')}, {currency}",
                 made.words("head_difference_error"))  # fmt: skip
        name = f"steps-{told.name}-{row['output']}"
        table = Table(f"{name}-table", title, heads, rows)
        yield Picture(name, title, spec, table, middles(len(rows)), down=True)
