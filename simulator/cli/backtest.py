"""`sim backtest`: laws of exchange and of inflation against what happened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli import talk
from simulator.cli.calibrate import home_of, refuse_input
from simulator.cli.options import (
    Engine,
    Json,
    Scheduler,
    Threads,
    code,
    codes,
    first_month,
    last_month,
    months,
    names,
    rate_names,
    whole,
)
from simulator.cli.run import display_of
from simulator.errors import InputError, Problem, did_you_mean
from simulator.units import Month

if TYPE_CHECKING:
    from simulator.runs.backtest import BacktestAsk
    from simulator.runs.market import Market
    from simulator.runs.options import RunOptions
    from simulator.runs.sending import Target

MOST_ORIGINS = 2000


def backtest(
    first: Annotated[
        Month,
        typer.Option("--from", parser=first_month, metavar="MONTH", help="First origin, or year."),
    ],
    last: Annotated[
        Month,
        typer.Option("--to", parser=last_month, metavar="MONTH", help="Last origin, or year."),
    ],
    pairs: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Currencies, USD,EUR, or rates, eur_per_usd."),
    ] = None,
    inflation: Annotated[
        str | None,
        typer.Option(metavar="CODES", help="Inflation of these currencies' countries, by year."),
    ] = None,
    every: Annotated[
        int, typer.Option(parser=months, metavar="MONTHS", help="From one origin to the next.")
    ] = "6m",  # type: ignore[assignment]
    laws: Annotated[
        str, typer.Option(metavar="NAMES", help="Laws to try; the plain walk always runs along.")
    ] = "blended",
    targets: Annotated[
        str, typer.Option(metavar="NAMES", help="year, biennium: averages of the years after.")
    ] = "year,biennium",
    home: Annotated[
        str | None,
        typer.Option(parser=code, metavar="CODE", help="Currency that the rates are stated in."),
    ] = None,
    history: Annotated[
        list[str] | None,
        typer.Option("--history", "--rates", metavar="FILE", help="Rates of your own (CSV)."),
    ] = None,
    prices: Annotated[
        str | None, typer.Option(metavar="FILE", help="Inflation of your own (CSV).")
    ] = None,
    draws: Annotated[
        int, typer.Option(parser=whole, metavar="N", help="Draws an origin.")
    ] = "4096",  # type: ignore[assignment]
    seed: Annotated[
        int, typer.Option(parser=whole, metavar="N", help="Where chance starts.")
    ] = "0",  # type: ignore[assignment]
    threads: Threads = None,
    engine: Engine = "threads",
    scheduler: Scheduler = None,
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Every case, as .parquet or .csv.")
    ] = None,
    draws_out: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Raw draws in long form, as .parquet or .csv."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files.")] = False,
    each: Annotated[bool, typer.Option("--each", help="Scores of every rate as well.")] = False,
    json: Json = False,
) -> int:
    """Forecast from many dates with what was known there, and score it on what happened.

    \b
    Examples:
      sim backtest --from 2003-05 --to 2012-11 --every 6m --pairs USD,EUR,GBP --home EUR
      sim backtest --from 2003-05 --to 2012-11 --pairs eur_per_usd --history months.csv --each
      sim backtest --from 1985 --to 2003 --inflation EUR,USD
    """
    from simulator.runs.backtest import BacktestAsk
    from simulator.runs.market import market
    from simulator.runs.options import RunOptions

    options = RunOptions(threads=threads, engine=engine, scheduler=scheduler)
    options.check()
    inputs = [*(history or []), *([prices] if prices is not None else [])]
    tables = {"--out": out, "--draws-out": draws_out}
    wanted = codes(inflation) if inflation is not None else []
    if pairs is None:
        _refuse_without_pairs(
            {**tables, "--history": history, "--each": each}, inflation=bool(wanted)
        )
        where, currencies = "", tuple[str, ...]()
    else:
        where, currencies = _rates(rate_names(pairs), home)
    ask = BacktestAsk(
        home=where,
        currencies=currencies,
        laws=tuple(dict.fromkeys(names(laws))),
        targets=tuple(dict.fromkeys(names(targets))),
        first=first,
        last=last,
        every=every,
        draws=draws,
        seed=seed,
        threads=options.thread_count(),
    )
    _refuse(ask)
    files = _targets(tables, inputs, force=force)
    known = market(
        [Path(file) for file in history or []],
        Path(prices) if prices is not None else None,
        pair=f"{where}_per_{currencies[0]}".lower() if len(currencies) == 1 else "",
        home=where,
        needs_rates=pairs is not None,
    )
    document: dict[str, Any] = {}
    if wanted:
        from simulator.runs.inflation import inflation_backtest

        years = inflation_backtest(known, tuple(dict.fromkeys(wanted)), first.year, last.year)
        document["inflation"] = [scores.document() for scores in years]
    if pairs is not None:
        document = _of_rates(ask, known, files, options, force=force) | document
    if json:
        talk.emit_json(document)
    else:
        _show(document, each=each)
    return 0


def _of_rates(
    ask: BacktestAsk,
    known: Market,
    targets: dict[str, Target],
    options: RunOptions,
    *,
    force: bool,
) -> dict[str, Any]:
    """The back-test of rates, with its files; what came of it as plain values."""
    from simulator.runs.backtest import backtest, write_cases
    from simulator.runs.options import Silent
    from simulator.runs.workers import workers_of

    out, drawn = targets.get("--out"), targets.get("--draws-out")
    with display_of("backtest", quiet=False) as display:
        progress, place = display or Silent(), drawn.path if drawn is not None else None
        replaced = drawn.replaces(force=force) if drawn is not None else force
        with workers_of(options, progress) as workers:
            found = backtest(ask, known, progress, place, force=replaced, workers=workers)
    if out is not None and found.cases:
        write_cases(out.path, found, force=out.replaces(force=force))
    for target in filter(None, (drawn, out if found.cases else None)):
        target.send(force=force)
        target.leave()
        talk.say(f"{target}: written")
    return found.document()


def _show(document: dict[str, Any], *, each: bool) -> None:
    """The tables, on stdout."""
    from simulator.render.calibration import BacktestPage, InflationPage

    if "scores" in document:
        if not each:
            chosen = [s for s in document["scores"] if s["pair"] in ("all", "basket")]
            document = {**document, "scores": chosen}
        talk.show(BacktestPage(document))
    for one in document.get("inflation", []):
        talk.show(InflationPage(one))


def _rates(given: list[str], home: str | None) -> tuple[str, tuple[str, ...]]:
    """Home currency and foreign ones of rates named either way."""
    homes = {name[:3].upper() for name in given if "_" in name}
    foreign = tuple(dict.fromkeys(name[-3:].upper() for name in given))
    if home is not None:
        homes |= {home}
    elif not homes:
        homes = {home_of(None)}
    if len(homes) > 1:
        raise InputError(
            Problem(
                "rates stated in one currency are wanted",
                key="--pairs",
                value=", ".join(sorted(homes)),
                remedy="run once for each home currency",
            )
        )
    where = homes.pop()
    if where in foreign:
        text = "foreign currencies are wanted, not the one that rates are stated in"
        raise InputError(Problem(text, key="--pairs", value=where))
    return where, foreign


def _refuse_without_pairs(given: dict[str, Any], *, inflation: bool) -> None:
    """Raise InputError when there is nothing to do, or an option would not be used."""
    if not inflation:
        wanted = "rates or currencies whose inflation is tried are wanted"
        remedy = "add --pairs USD,EUR or --inflation EUR for instance"
        raise InputError(Problem(wanted, key="--pairs", remedy=remedy))
    unused = [option for option, value in given.items() if value]
    if unused:
        raise InputError(
            Problem("this is for rates and would not be used", option, remedy="add --pairs")
            for option in unused
        )


def _refuse(ask: BacktestAsk) -> None:
    """Raise InputError for every option out of its range."""
    problems = [*_unknown(ask), *_out_of_range(ask)]
    if problems:
        raise InputError(problems)


def _unknown(ask: BacktestAsk) -> Iterator[Problem]:
    from simulator.engine.backtest import TARGETS
    from simulator.engine.calibrate import MAKERS

    for law in ask.laws:
        if law not in MAKERS:
            wanted = "a law that can be calibrated is wanted"
            yield Problem(wanted, "--laws", law[:40], did_you_mean(law, MAKERS))
    for target in ask.targets:
        if target not in TARGETS:
            yield Problem(
                "a target is wanted", "--targets", target[:40], did_you_mean(target, TARGETS)
            )


def _out_of_range(ask: BacktestAsk) -> Iterator[Problem]:
    from simulator.engine.backtest import REPLICATES

    count = len(ask.origins)
    if not count:
        value = f"{ask.first} to {ask.last}"
        yield Problem("--from before --to is wanted", "--from", value, "change the two")
    if count > MOST_ORIGINS:
        wanted = f"at most {MOST_ORIGINS} origins are wanted"
        yield Problem(wanted, "--every", str(count), "leave more months between them")
    if not REPLICATES <= ask.draws <= 1 << 20:
        wanted = f"draws from {REPLICATES} to 1 048 576 an origin are wanted"
        yield Problem(wanted, "--draws", str(ask.draws))
    if not 0 <= ask.seed < 1 << 63:
        yield Problem("a seed from 0 is wanted", "--seed", str(ask.seed))


def _targets(tables: dict[str, str | None], inputs: list[str], *, force: bool) -> dict[str, Target]:
    """Where tables go; InputError for one that cannot be written there, before any work."""
    from simulator.runs.sending import target_of
    from simulator.store.single import refuse_existing
    from simulator.store.tidy import refuse_ending

    given = {option: name for option, name in tables.items() if name is not None}
    named = {option: target_of(name, force=force) for option, name in given.items()}
    for option, target in named.items():
        refuse_ending(target.path, option)
        refuse_input(target.path, option, inputs)
        refuse_existing(target.path, force=target.replaces(force=force))
    if len({target.path.resolve() for target in named.values()}) < len(named):
        wanted = "two different files are wanted for --out and --draws-out"
        raise InputError(Problem(wanted, "--draws-out", str(named["--draws-out"])))
    return named
