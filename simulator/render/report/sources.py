"""What stands behind the numbers: answers kept, assumptions, tie-out, what bands mean, the run."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

from simulator.findings import Cell as Value
from simulator.findings import Finding, Listing
from simulator.render.caption import data_as_of
from simulator.render.finding import heading_of, said, shown, title_of
from simulator.render.report.blocks import Block, Cell, Paragraph, Section, Table
from simulator.render.report.results import Made, Told
from simulator.render.tieout import computed_and_printed
from simulator.render.workbook.listing import Input, inputs_of
from simulator.render.workbook.stored import band_words


def decisions(made: Made) -> Section:
    """The answers that were kept beside the results; empty when none was."""
    blocks: list[Block] = []
    for told in made.results:
        for finding in told.findings:
            blocks += _finding(made, told, finding)
    return Section("decisions", made.words("sheet_decisions"), tuple(blocks))


def _finding(made: Made, told: Told, finding: Finding) -> list[Block]:
    translate = made.speech.translate
    title = made.titled(told, translate(finding.title))
    blocks: list[Block] = [Paragraph((title,), "lead")]
    decimal = made.speech.decimal
    texts = [said(sentence, finding, translate, decimal) for sentence in finding.sentences]
    blocks += [Paragraph((text,)) for text in texts]
    name = f"{told.name}-{finding.name}"
    blocks += [_listing(made, finding, listing, name) for listing in finding.listings]
    warned = [said(sentence, finding, translate, decimal) for sentence in finding.warnings]
    return [*blocks, *(Paragraph((text,), "warning") for text in warned)]


def _listing(made: Made, finding: Finding, listing: Listing, name: str) -> Table:
    translate, decimal = made.speech.translate, made.speech.decimal
    heads = tuple(heading_of(heading, finding, translate) for heading in listing.headings)
    kinds = [heading.kind for heading in listing.headings]

    def cell(value: Value, kind: str) -> Cell:
        text = shown(value, kind, finding, translate, decimal)
        return Cell(text, figure=kind not in ("text", "date"))

    rows = tuple(tuple(map(cell, row, kinds)) for row in listing.rows)
    note = "" if listing.note is None else said(listing.note, finding, translate, decimal)
    return Table(f"{name}-{listing.name}", title_of(listing, translate), heads, rows, note)


def assumptions(made: Made) -> Section:
    """Inputs that are uncertain, assumed, approved or have a source, each with its law."""
    _ = made.speech.translate
    words = made.words
    blocks: list[Block] = []
    for told in made.results:
        listed = [
            one
            for one in inputs_of(told.stored.scenario)
            if one.source or one.law or one.assumption or one.approval
        ]
        drafts = sum(one.assumption for one in listed)
        text = _("{count} of these {all} inputs are assumptions of the scenario; they are marked.")
        text = text.replace("{count}", str(drafts)).replace("{all}", str(len(listed)))
        heads = tuple(words(f"head_{key}") for key in ("key", "value", "law", "source", "as_of",
                                                       "assumption", "approval"))  # fmt: skip
        rows = tuple(_input(made, one) for one in listed)
        title = made.titled(told, words("inputs_title"))
        table = Table(f"inputs-{told.name}", title, heads, rows, folded=True)
        blocks += [Paragraph((text, " ", told.stored.approvals(words))), table]
    return Section("assumptions", _("Assumptions and sources"), tuple(blocks))


def _input(made: Made, one: Input) -> tuple[Cell, ...]:
    key = f"{one.key} ({one.title})" if one.title else one.key
    mark = made.speech.translate("assumption") if one.assumption else ""
    return (
        Cell(key),
        Cell(_value(made, one), figure=not isinstance(one.value, str | dt.date)),
        Cell(one.law),
        Cell(". ".join(filter(None, (one.source, one.note)))),
        Cell(one.as_of),
        Cell(mark, strong=True),
        Cell(one.approval),
    )


def _value(made: Made, one: Input) -> str:
    if isinstance(one.value, bool):
        return str(one.value).lower()
    if isinstance(one.value, Decimal | int):
        return f"{one.value}".replace(".", made.speech.decimal) + (
            f" {one.unit}" if one.unit else ""
        )
    return one.value.isoformat() if isinstance(one.value, dt.date) else one.value


def tied(made: Made) -> Section:
    """The published figures against what inputs give; every fault of the source in words."""
    _ = made.speech.translate
    blocks: list[Block] = []
    for told in made.results:
        rows = told.tie_out.rows
        if not rows:
            continue
        counts = Counter(row.verdict for row in rows)
        text = _(
            "{all} published figures were compared with what the inputs give: {tied} are derived "
            "and equal, {inputs} are inputs themselves, {faults} are faults of the source."
        )
        values = {"all": len(rows), "tied": counts["tied"], "inputs": counts["input"],
                  "faults": counts["source fault"]}  # fmt: skip
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        blocks.append(Paragraph((text,)))
        faults = [row for row in rows if row.verdict in ("source fault", "MISMATCH")]
        heads = (_("Place"), made.words("head_output"), made.words("head_period"), _("Computed"),
                 _("Printed"), made.words("head_note"))  # fmt: skip
        cells = []
        for row in faults:
            computed, printed = computed_and_printed(row)
            figure = row.figure
            cells.append((
                Cell(figure.where), Cell(figure.what), Cell(figure.period),
                Cell(computed, figure=True), Cell(printed, figure=True), Cell(row.note),
            ))  # fmt: skip
        if cells:
            title = made.titled(told, _("Faults of the source"))
            blocks.append(Table(f"faults-{told.name}", title, heads, tuple(cells)))
    return Section("tie-out", _("Tie-out with the document"), tuple(blocks))


def bands(made: Made) -> Section:
    """What the bands contain and what they do not, from when the data are, and warnings."""
    _ = made.speech.translate
    blocks: list[Block] = []
    for told in made.results:
        scenario = told.stored.scenario
        texts = [
            band_words(made.words, scenario),
            *(
                made.words("data_as_of", when=one.dates("–"), source=one.source)
                for one in data_as_of(scenario)
            ),
        ]
        text = " ".join(texts)
        blocks.append(Paragraph((text if made.alone else f"{told.name}: {text}",)))
        blocks += [Paragraph((warning,), "warning") for warning in told.stored.view.warnings]
    return Section("bands", _("What the bands contain"), tuple(blocks))


def manifest(made: Made) -> Section:
    """Which runs this report shows."""
    words = made.words
    blocks: list[Block] = []
    for told in made.results:
        scenario, its = told.stored.scenario, told.stored.run.manifest
        libraries = sorted(its.libraries.items())
        pairs = [
            (words("about_organization"), scenario.budget.organization),
            (words("about_document"), scenario.budget.document or ""),
            (words("about_scenario"), its.scenario),
            (words("about_known_on"), scenario.known_on.isoformat()),
            (words("about_draws"), made.speech.number(its.draws)),
            (words("about_sampler"), f"{its.sampler}, {its.replicates} × {its.seed}"),
            (words("about_identity"), its.identity),
            (words("about_fingerprint"), its.fingerprint),
            (words("about_program"), f"{its.program.name} {its.program.version}"),
            (words("about_program_hash"), its.program.sha256),
            (words("about_libraries"), ", ".join(f"{k} {v}" for k, v in libraries)),
            *((name, f"sha256 {file.sha256}") for name, file in its.files.items()),
        ]  # fmt: skip
        rows = tuple((Cell(label), Cell(text)) for label, text in pairs if text)
        heads = (words("head_key"), words("head_value"))
        title = made.titled(told, words("sheet_about"))
        blocks.append(Table(f"run-{told.name}", title, heads, rows))
    return Section("run", made.speech.translate("This run"), tuple(blocks))
