"""What moves the contributions, the rates behind them, and money from elsewhere."""

from __future__ import annotations

from simulator.render.charts import bars, fan, inflows, titles
from simulator.render.pictures.drivers import moved
from simulator.render.pictures.fans import Fan, rate_fans, rate_pairs
from simulator.render.pictures.money import at_risk, received
from simulator.render.report.blocks import Block, Cell, Paragraph, Picture, Section, Table, middles
from simulator.render.report.owed import fan_table
from simulator.render.report.results import Made, Told
from simulator.store.summary import DRIVER

MOST_DRAWS = 1 << 20
"""Draws up to which a report has fans of rates: each of their months is a sort of them all."""

DRAWN_PAIRS = 2
"""Rates that are drawn; the others are in the tables of inputs and in the workbook."""


def rates(made: Made) -> Section:
    """Fans of the rates that parents owe in, and of the first others, with history before them."""
    blocks: list[Block] = []
    for told in made.results:
        run = told.stored.run
        pairs = _important(told)[:DRAWN_PAIRS] if run.manifest.draws <= MOST_DRAWS else ()
        for pair, data in rate_fans(run, told.history, pairs).items():
            blocks.append(_rate(made, told, pair, data))
        source = next((h.source for p, h in told.history.items() if p in pairs), "")
        if source:
            text = made.words("history_given", source=source)
            blocks.append(Paragraph((text,), "note"))
    return Section("rates", made.speech.translate("Exchange rates"), tuple(blocks))


def _important(told: Told) -> tuple[str, ...]:
    """Pairs that were kept by month, those of the parents' currencies first."""
    pairs = rate_pairs(told.stored.run)
    scenario = told.stored.scenario
    own = {scenario.pair(scenario.parents[name].assessed_in) for name in told.stored.foreign}
    return tuple(sorted(pairs, key=lambda pair: pair not in own))


def _rate(made: Made, told: Told, pair: str, data: Fan) -> Picture:
    title = made.titled(told, titles.rate_title(data.unit, made.speech))
    name = f"rate-{told.name}-{pair}"
    spec = fan.fan(data, made.speech, made.look, title=title)
    count = len(data.points)
    places = tuple(i / max(1, count - 1) for i in range(count))
    return Picture(name, title, spec, fan_table(made, told, data, title, name), places)


def movers(made: Made) -> Section:
    """Parts of the rank variance that drivers explain, for each parent's own currency."""
    _ = made.speech.translate
    words = made.words
    blocks: list[Block] = []
    for told in made.results:
        stored = told.stored
        for parent, its in stored.scenario.parents.items():
            found = moved(stored.view, parent)
            if not found:
                continue
            what = titles.contribution_title(
                stored.parent(parent), its.assessed_in, stored.view.whole, made.speech
            )
            title = made.titled(told, titles.drivers_title(what, made.speech))
            name = f"drivers-{told.name}-{parent}"
            output = stored.view.contribution(parent, its.assessed_in)
            rows = tuple(
                (
                    Cell(made.speech.name(driver)),
                    made.figure(told, output, stored.view.whole, f"{DRIVER}{driver}"),
                )
                for driver, _part in found
            )
            table = Table(f"{name}-table", title, (words("head_driver"), words("head_explained")),
                          rows)  # fmt: skip
            spec = bars.tornado(found, made.speech, made.look, title=title)
            blocks.append(Picture(name, title, spec, table, middles(len(rows)), down=True))
    if blocks:
        blocks.append(Paragraph((words("drivers_note"),), "note"))
    return Section("drivers", _("What moves it"), tuple(blocks))


def money(made: Made) -> Section:
    """Receipts by window and year, the shortfall, what it puts at risk; empty without inflows."""
    blocks: list[Block] = []
    for told in made.results:
        blocks += _received(made, told)
        blocks += _at_risk(made, told)
    if blocks:
        blocks.append(Paragraph((made.words("inflows_note"),), "note"))
    return Section("inflows", made.words("inflows_title"), tuple(blocks))


HEADS = ("mean", "p5", "p25", "p50", "p75", "p95")


def _received(made: Made, told: Told) -> list[Block]:
    stored = told.stored
    data = received(stored.view)
    if not data:
        return []
    scenario = stored.scenario
    cur, windows = scenario.budget.currency, scenario.windows
    title = made.titled(told, titles.inflows_title(stored.view.whole, made.speech))
    named = {key: window.title or key for key, window in windows.items()}
    spec = inflows.inflows(data, named, made.speech, made.look, title=title,
                           unit=scenario.budget.unit, currency=cur)  # fmt: skip
    rows = [
        (f"xb_window_{cur.lower()}.{key}", made.words("receipts_of", window=named[key]))
        for key in windows
    ]
    low = cur.lower()
    rows += [
        (f"xb_receipts_{low}", made.words("receipts_all")),
        (f"xb_shortfall_{low}", made.words("shortfall")),
        (f"xb_spending_{low}", made.words("spending")),
        (f"psc_income_{low}", made.words("psc_income")),
        (f"xb_posts_cost_{low}", made.words("xb_posts_cost")),
        ("xb_posts_coverage", made.words("xb_posts_coverage")),
        (f"psc_balance_{low}", made.words("psc_balance")),
    ]
    cells = tuple(
        (Cell(label), Cell(period), *(made.figure(told, output, period, s) for s in HEADS))
        for output, label in rows
        for period in scenario.periods
        if stored.view.cell(output, period) is not None
    )
    heads = (f"{made.words('head_output')}, {made.unit(told, cur)}", made.words("head_period"),
             *(made.words(f"head_{s}") for s in HEADS))  # fmt: skip
    name = f"inflows-{told.name}"
    return [Picture(name, title, spec, Table(f"{name}-table", title, heads, cells))]


def _at_risk(made: Made, told: Told) -> list[Block]:
    data = at_risk(told.stored.view)
    if not data:
        return []
    title = made.titled(told, made.speech.translate("Outputs at risk"))
    spec = bars.at_risk(data, made.speech, made.look, title=title)
    whole = told.stored.view.whole
    rows = tuple(
        (
            Cell(one.title),
            Cell(made.speech.number(one.planned), figure=True),
            *(made.figure(told, f"outputs_at_risk.{one.key}", whole, s) for s in HEADS),
        )
        for one in data
    )
    heads = (made.words("head_output"), made.words("head_planned"),
             *(made.words(f"head_{s}") for s in HEADS))  # fmt: skip
    name = f"risk-{told.name}"
    table = Table(f"{name}-table", title, heads, rows)
    return [Picture(name, title, spec, table, middles(len(rows)), down=True)]
