"""`sim new`: a commented scenario to start from, and workbooks of lists to fill in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli import talk
from simulator.cli.options import budget_rates, code, shares, years
from simulator.cli.questions import ask, can_ask
from simulator.errors import InputError, Problem

if TYPE_CHECKING:
    from simulator.scenario.setup import NewParent


def new(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Its name; NAME.toml is written.")
    ] = None,
    organization: Annotated[
        str | None, typer.Option(metavar="NAME", help="The organization whose budget it is.")
    ] = None,
    currency: Annotated[
        str | None,
        typer.Option(parser=code, metavar="CODE", help="The currency of the budget; EUR."),
    ] = None,
    period: Annotated[  # noqa: ANN401 - Typer knows no types of types
        Any,  # the years, a tuple
        typer.Option(
            "--years",
            "--year",
            parser=years,
            metavar="YEARS",
            help="The years budgeted for: 2031, or 2031-2032.",
        ),
    ] = None,
    parents: Annotated[  # noqa: ANN401 - Typer knows no types of types
        Any,  # a name, a share and a currency of each
        typer.Option(
            parser=shares,
            metavar="LIST",
            help="Who pays which share, and in what: 'North=1/2:USD, South=1/2'.",
        ),
    ] = None,
    rates: Annotated[  # noqa: ANN401 - Typer knows no types of types
        Any,  # a rate by currency
        typer.Option(
            parser=budget_rates,
            metavar="LIST",
            help="Budget rates of the other currencies: USD=0.92.",
        ),
    ] = None,
    posts_template: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a workbook (.xlsx) for posts and their changes."),
    ] = None,
    pledges_template: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a workbook (.xlsx) for pledges.")
    ] = None,
    language: Annotated[
        str, typer.Option(metavar="CODE", help="Headers of the workbooks: en, fr or zh.")
    ] = "en",
) -> int:
    """Write NAME.toml, a commented scenario to start from; nothing is ever overwritten.

    On a terminal, what no option says is asked: organization, currency, years, parents, rates.

    \b
    Examples:
      sim new our-budget
      sim new our-budget --currency USD --years 2030-2031
      sim new ours --parents 'North=1/2:USD, South=1/2' --rates USD=0.92
      sim new --posts-template posts.xlsx
      sim new --pledges-template pledges.xlsx --year 2030 --language fr
    """
    from simulator.scenario.list_template import pledges_template as pledges
    from simulator.scenario.list_template import posts_template as posts

    targets = [Path(name.removesuffix(".toml") + ".toml")] if name is not None else []
    targets += [_workbook(one) for one in (posts_template, pledges_template) if one is not None]
    if len(set(targets)) < len(targets):
        raise InputError(Problem("a file of its own is wanted for each template"))
    if not targets:
        remedy = "sim new our-budget, or sim new --posts-template posts.xlsx"
        raise InputError(Problem("the name of a scenario is wanted", key="NAME", remedy=remedy))
    _refuse(targets)
    files: dict[Path, bytes] = {}
    if name is not None:
        given = Given(organization, currency, period, parents, rates)
        files[targets[0]] = _scenario(targets[0].stem, given).encode()
    if posts_template is not None:
        files[posts_template] = posts(language)
    if pledges_template is not None:
        first = {} if period is None else {"year": period[0]}
        files[pledges_template] = pledges(**first, language=language)
    _write(files)
    if name is not None:
        path = targets[0]
        talk.say(f"next: edit it, then sim validate {path} and sim run {path}")
    if posts_template is not None:
        sheets = f'posts = "{posts_template.name}", post_changes = "{posts_template.name}#'
        talk.say(f'next: fill it in, and write {sheets}Post changes" at the top of a scenario')
    if pledges_template is not None:
        line = f'pledges = "{pledges_template.name}"'
        talk.say(f"next: fill it in, and write {line} at the top of a scenario")
    return 0


@dataclass(frozen=True, slots=True)
class Given:
    """What the options say; None is not said."""

    organization: str | None
    currency: str | None
    years: tuple[int, ...] | None
    parents: tuple[tuple[str, str, str], ...] | None
    rates: dict[str, Decimal] | None


def _scenario(name: str, given: Given) -> str:
    """The text of a scenario from what is given and, on a terminal, answered."""
    from simulator.scenario.setup import Setup, problems_of
    from simulator.scenario.template import NEXT_YEAR, new_scenario

    words = given.organization or "Name of the organization"
    currency = given.currency or "EUR"
    period = given.years or (NEXT_YEAR,)
    who = _parents(given.parents or (), currency)
    rates = given.rates or {}

    def wrong(**answer: Any) -> list[Problem]:  # noqa: ANN401 - any answer
        known = {"name": name, "organization": words, "currency": currency, "years": period}
        return problems_of(Setup(**{**known, "parents": who, "rates": rates, **answer}))

    if can_ask():
        if named := problems_of(Setup(name, words, "EUR", (NEXT_YEAR,), (), {})):
            raise InputError(named)
        if given.organization is None:
            words = ask("Organization", words, str, lambda text: wrong(organization=text))
        if given.currency is None:
            currency = ask("Currency of the budget", "EUR", code)
        if given.years is None:
            text = f"{NEXT_YEAR}-{NEXT_YEAR + 1}"
            period = ask("Years budgeted for", text, years, lambda found: wrong(years=found))
        if given.parents is None:
            other = "USD" if currency != "USD" else "EUR"
            text = f"First=3/5:{other}, Second=2/5"
            said = ask("Parents, their shares and currencies", text, shares, _shared(currency))
            who = _parents(said, currency)
        foreign = dict.fromkeys(one.currency for one in who if one.currency != currency)
        if given.rates is None and foreign:
            text = ", ".join(f"{one}=0.90" for one in foreign)
            question = f"Budget rates: {currency} for one {', one '.join(foreign)}"
            rates = ask(question, text, budget_rates, lambda found: wrong(rates=found))
    return new_scenario(
        name, currency=currency, years=period, organization=words, parents=who, rates=rates
    )


def _parents(said: tuple[tuple[str, str, str], ...], currency: str) -> tuple[NewParent, ...]:
    """Parents with keys made from their names, and the budget's currency where none is said."""
    from simulator.scenario.setup import NewParent

    return tuple(
        NewParent(re.sub(r"[^A-Za-z0-9_\-+]+", "-", name).strip("-"), name, share, own or currency)
        for name, share, own in said
    )


def _shared(currency: str) -> Callable[[tuple[tuple[str, str, str], ...]], list[Problem]]:
    """What is wrong with parents alone; their rates are asked for afterwards."""
    from simulator.scenario.setup import Setup, problems_of

    def wrong(said: tuple[tuple[str, str, str], ...]) -> list[Problem]:
        who = _parents(said, currency)
        rates = {one.currency: Decimal(1) for one in who if one.currency != currency}
        return problems_of(Setup("x", "x", currency, (2000,), who, rates))

    return wrong


def _workbook(path: Path) -> Path:
    """The path of a workbook to write. Raises InputError for a name of another kind."""
    if path.suffix.lower() != ".xlsx":
        wanted, remedy = "the name of a workbook is wanted", "let it end in .xlsx"
        raise InputError(Problem(wanted, file=str(path), remedy=remedy))
    return path


def _refuse(targets: Iterable[Path]) -> None:
    """Nothing is asked and nothing written when one of the names is taken."""
    taken = [_exists(path) for path in targets if path.exists()]
    if taken:
        raise InputError(taken)


def _write(files: dict[Path, bytes]) -> None:
    """Write each file; a name taken meanwhile is not overwritten."""
    from simulator.store.faults import environment_fault

    for path, content in files.items():
        try:
            with path.open("xb") as file:
                file.write(content)
        except FileExistsError:
            raise InputError(_exists(path)) from None
        except OSError as error:
            what = "scenario" if path.suffix == ".toml" else "workbook"
            raise environment_fault(error, path, f"write the {what}", making=True) from None
        talk.emit(str(path))


def _exists(path: Path) -> Problem:
    remedy = "choose another name, or move the file away"
    return Problem("this file exists and is not overwritten", file=str(path), remedy=remedy)
