"""`sim new`: a commented scenario to start from, and workbooks of lists to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulator.cli import talk
from simulator.cli.options import whole
from simulator.errors import InputError, Problem


def new(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Its name; NAME.toml is written.")
    ] = None,
    currency: Annotated[
        str, typer.Option(metavar="CODE", help="The currency of the budget.")
    ] = "EUR",
    year: Annotated[
        int | None, typer.Option(parser=whole, metavar="YEAR", help="The year budgeted for.")
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

    \b
    Examples:
      sim new our-budget
      sim new our-budget --currency USD --year 2030
      sim new --posts-template posts.xlsx
      sim new --pledges-template pledges.xlsx --year 2030 --language fr
    """
    from simulator.scenario.list_template import pledges_template as pledges
    from simulator.scenario.list_template import posts_template as posts
    from simulator.scenario.template import new_scenario

    given = {} if year is None else {"year": year}
    files: dict[Path, bytes] = {}
    if name is not None:
        path = Path(name.removesuffix(".toml") + ".toml")
        files[path] = new_scenario(path.stem, currency=currency, **given).encode()
    if posts_template is not None:
        files[_workbook(posts_template)] = posts(language)
    if pledges_template is not None:
        files[_workbook(pledges_template)] = pledges(**given, language=language)
    if len(files) < sum(one is not None for one in (name, posts_template, pledges_template)):
        raise InputError(Problem("a file of its own is wanted for each template"))
    if not files:
        remedy = "sim new our-budget, or sim new --posts-template posts.xlsx"
        raise InputError(Problem("the name of a scenario is wanted", key="NAME", remedy=remedy))
    _write(files)
    if name is not None:
        talk.say(f"next: edit it, then sim validate {path} and sim run {path}")
    if posts_template is not None:
        sheets = f'posts = "{posts_template.name}", post_changes = "{posts_template.name}#'
        talk.say(f'next: fill it in, and write {sheets}Post changes" at the top of a scenario')
    if pledges_template is not None:
        line = f'pledges = "{pledges_template.name}"'
        talk.say(f"next: fill it in, and write {line} at the top of a scenario")
    return 0


def _workbook(path: Path) -> Path:
    """The path of a workbook to write. Raises InputError for a name of another kind."""
    if path.suffix.lower() != ".xlsx":
        wanted, remedy = "the name of a workbook is wanted", "let it end in .xlsx"
        raise InputError(Problem(wanted, file=str(path), remedy=remedy))
    return path


def _write(files: dict[Path, bytes]) -> None:
    """Write each file, when none of them exists; a name taken meanwhile is not overwritten."""
    from simulator.store.faults import environment_fault

    taken = [_exists(path) for path in files if path.exists()]
    if taken:
        raise InputError(taken)
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
