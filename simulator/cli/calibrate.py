"""`sim calibrate`: the law of exchange from what was known on a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli import talk
from simulator.cli.options import Json, code, codes, day, named_codes, years
from simulator.errors import InputError, Problem
from simulator.units import pair_name

if TYPE_CHECKING:
    from simulator.runs.calibrate import CalibrationAsk
    from simulator.scenario.model import Scenario

CASE = "scenarios/base.toml"
"""The scenario whose budget's currency is meant when none is named."""


def home_of(home: str | None, file: str = CASE) -> str:
    """The currency that rates are stated in: as named, or that of the usual scenario here."""
    if home is not None:
        return home
    if Path(file).is_file():
        from simulator.scenario.read import read_scenario

        return read_scenario(file).budget.currency
    raise InputError(
        Problem(
            "the currency that the rates are stated in is wanted",
            key="--home",
            remedy=f"add --home CODE, or start sim where there is a {CASE}",
        )
    )


def refuse_input(path: Path, option: str, inputs: Sequence[str]) -> None:
    """Raise InputError when a result would take the place of what it is made from."""
    if path.exists() and any(Path(name).exists() and path.samefile(name) for name in inputs):
        text = "a file other than the one that is read is wanted"
        raise InputError(Problem(text, option, str(path), "choose another name"))


def calibrate(
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="[SCENARIO]", help="Takes date, currencies and years from it."),
    ] = None,
    known_on: Annotated[
        dt.date | None,
        typer.Option(parser=day, metavar="DATE", help="Nothing known later is used."),
    ] = None,
    currencies: Annotated[
        str | None, typer.Option(metavar="CODES", help="Foreign currencies, such as USD,EUR.")
    ] = None,
    home: Annotated[
        str | None,
        typer.Option(parser=code, metavar="CODE", help=f"Default: as the budget in {CASE}."),
    ] = None,
    law: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="blended, random_walk, student_walk, bootstrap, ou or fixed.",
        ),
    ] = "blended",
    rates: Annotated[
        list[str] | None,
        typer.Option("--rates", "--history", metavar="FILE", help="Rates of your own (CSV)."),
    ] = None,
    prices: Annotated[
        str | None, typer.Option(metavar="FILE", help="Inflation of your own (CSV).")
    ] = None,
    inflation: Annotated[
        str | None,
        typer.Option(metavar="NAME=CODE", help="Inflation too, as inflation.NAME."),
    ] = None,
    for_years: Annotated[
        str | None,
        typer.Option("--years", metavar="YEARS", help="Years of the inflation, 2031-2032."),
    ] = None,
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the TOML fragment there.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
    json: Json = False,
) -> int:
    """Work out the law of exchange and inflation from what was known on a date.

    Rates come from your files first, then from the European Central Bank's daily rates (the extra
    `fx`), then from the scenario. Without --out the fragment goes to stdout; a scenario names it
    with law_file, or has its tables in place.

    \b
    Examples:
      sim calibrate scenarios/base.toml
      sim calibrate --known-on 2030-10-31 --currencies USD,GBP --home EUR --out law.toml
      sim calibrate --known-on 2030-10-31 --currencies USD --home EUR --history months.csv --json
    """
    from simulator.runs.calibrate import calibrated
    from simulator.runs.market import market
    from simulator.scenario.read import read_scenario
    from simulator.store.single import refuse_existing, writing_file

    given = read_scenario(scenario) if scenario is not None else None
    ask = _asked(given, known_on, currencies, home, law, inflation, for_years)
    if out is not None:
        read = [*(rates or []), *(name for name in (prices, scenario) if name is not None)]
        refuse_input(Path(out), "--out", read)
        refuse_existing(Path(out), force=force)
    known = market(
        [Path(file) for file in rates or []],
        Path(prices) if prices is not None else None,
        home=ask.home,
        pair=pair_name(ask.home, ask.currencies[0]) if len(ask.currencies) == 1 else "",
        scenario=given,
    )
    found = calibrated(ask, known)
    for problem in found.warnings:
        talk.say(f"warning: {problem}")
    if out is not None:
        with writing_file(Path(out), force=force) as temporary:
            temporary.write_text(found.toml(), encoding="utf-8")
    if json:
        talk.emit_json(found.document())
    elif out is not None:
        from simulator.render.calibration import CalibrationPage

        talk.show(CalibrationPage(found.document()))
        talk.say(f'{out}: written; a scenario includes it with law_file = "{Path(out).name}"')
    else:
        talk.emit(found.toml())
    return 0


def _asked(
    given: Scenario | None,
    known_on: dt.date | None,
    currencies: str | None,
    home: str | None,
    law: str,
    inflation: str | None,
    for_years: str | None,
) -> CalibrationAsk:
    """What is to be calibrated: as the options say, and where they are silent the scenario.

    Raises InputError for everything that is missing, or would not be used.
    """
    from simulator.runs.calibrate import CalibrationAsk

    where = given.budget.currency if given is not None and home is None else home_of(home)
    on = known_on or (given.known_on if given is not None else None)
    wanted = codes(currencies) if currencies is not None else _drawn(given)
    problems = []
    if on is None:
        problems.append(Problem("a date is wanted", key="--known-on", remedy="add --known-on DATE"))
    if not wanted:
        remedy = "add --currencies USD,EUR for instance"
        problems.append(Problem("currencies are wanted", key="--currencies", remedy=remedy))
    if where in wanted:
        text = "foreign currencies are wanted, not the one that rates are stated in"
        problems.append(Problem(text, key="--currencies", value=where))
    if for_years is not None and inflation is None:
        text = "this is for inflation and would not be used"
        problems.append(Problem(text, key="--years", remedy="add --inflation NAME=CODE"))
    if problems or on is None:
        raise InputError(problems)
    return CalibrationAsk(
        known_on=on,
        home=where,
        currencies=tuple(dict.fromkeys(wanted)),
        law=law,
        inflation=named_codes(inflation) if inflation is not None else {},
        years=_years(given, for_years),
    )


def _drawn(given: Scenario | None) -> list[str]:
    """The foreign currencies of a scenario's rates, but for those pegged to another."""
    rates = given.rates if given is not None else {}
    return [pair[-3:].upper() for pair, rate in rates.items() if rate.pegged is None]


def _years(given: Scenario | None, for_years: str | None) -> tuple[int, ...]:
    if for_years is not None:
        return years(for_years)
    return given.years if given is not None else ()
