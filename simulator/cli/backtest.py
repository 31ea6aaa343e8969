"""`sim backtest`: laws of exchange against what happened."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli import talk
from simulator.cli.calibrate import home_of
from simulator.cli.options import month, months, names, rate_names, whole
from simulator.cli.run import display_of
from simulator.errors import InputError, Problem, did_you_mean
from simulator.units import Month


def backtest(
    first: Annotated[
        Month, typer.Option("--from", parser=month, metavar="MONTH", help="The first origin.")
    ],
    last: Annotated[
        Month, typer.Option("--to", parser=month, metavar="MONTH", help="The last origin.")
    ],
    pairs: Annotated[
        str, typer.Option(metavar="NAMES", help="Currencies, USD,EUR, or rates, eur_per_usd.")
    ],
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
        str | None, typer.Option(metavar="CODE", help="Currency that the rates are stated in.")
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
    threads: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Default: one a processor.")
    ] = None,
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Every case, as .parquet or .csv.")
    ] = None,
    draws_out: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Raw draws in long form, as .parquet or .csv."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files.")] = False,
    each: Annotated[bool, typer.Option("--each", help="Scores of every rate as well.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Forecast from many dates with what was known there, and score it on what happened.

    \b
    Examples:
      sim backtest --from 2003-05 --to 2012-11 --every 6m --pairs USD,EUR,GBP --home EUR
      sim backtest --from 2003-05 --to 2012-11 --pairs eur_per_usd --history months.csv --each
    """
    from pathlib import Path

    from simulator.runs.backtest import BacktestAsk, backtest, write_cases
    from simulator.runs.market import market
    from simulator.runs.options import RunOptions, Silent
    from simulator.store.single import refuse_existing
    from simulator.store.tidy import refuse_ending

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
        threads=RunOptions(threads=threads).thread_count(),
    )
    _refuse(ask.laws, ask.targets, ask.origins, draws, seed)
    for name, option in ((out, "--out"), (draws_out, "--draws-out")):
        if name is not None:
            refuse_ending(Path(name), option)
            refuse_existing(Path(name), force=force)
    one = f"{where}_per_{currencies[0]}".lower() if len(currencies) == 1 else ""
    known = market(
        [Path(file) for file in history or []],
        Path(prices) if prices is not None else None,
        pair=one,
        home=where,
    )
    with display_of(quiet=False) as display:
        if display is not None:
            display.next("backtest")
        found = backtest(
            ask, known, display or Silent(), Path(draws_out) if draws_out else None, force=force
        )
    if out is not None:
        write_cases(Path(out), found, force=force)
    document = found.document()
    if json:
        talk.emit_json(document)
        return 0
    from simulator.render.calibration import BacktestPage

    if not each:
        document["scores"] = [s for s in document["scores"] if s["pair"] in ("all", "basket")]
    talk.show(BacktestPage(document))
    return 0


def _rates(given: list[str], home: str | None) -> tuple[str, tuple[str, ...]]:
    """Home currency and foreign ones of rates named either way."""
    homes = {name[:3].upper() for name in given if "_" in name}
    foreign = tuple(dict.fromkeys(name[-3:].upper() for name in given))
    if home is not None:
        homes |= {home_of(home)}
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


def _refuse(
    laws: tuple[str, ...], targets: tuple[str, ...], origins: tuple[object, ...], draws: int,
    seed: int,
) -> None:  # fmt: skip
    """Raise InputError for every option out of its range."""
    from simulator.engine.backtest import REPLICATES, TARGETS
    from simulator.engine.calibrate import MAKERS

    problems = [
        Problem("a law that can be calibrated is wanted", "--laws", law[:40],
                did_you_mean(law, MAKERS))
        for law in laws if law not in MAKERS
    ] + [
        Problem("a target is wanted", "--targets", target[:40], did_you_mean(target, TARGETS))
        for target in targets if target not in TARGETS
    ]  # fmt: skip
    if not origins:
        problems.append(Problem("--from before --to is wanted", key="--from"))
    if len(origins) > 2000:
        problems.append(Problem("at most 2000 origins are wanted", "--every", str(len(origins))))
    if not REPLICATES <= draws <= 1 << 20:
        wanted = f"draws from {REPLICATES} to 1 048 576 an origin are wanted"
        problems.append(Problem(wanted, "--draws", str(draws)))
    if not 0 <= seed < 1 << 63:
        problems.append(Problem("a seed from 0 is wanted", "--seed", str(seed)))
    if problems:
        raise InputError(problems)
