"""What people type on a command line, read; and the options that several commands have."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated

import typer

from simulator.units import Month


def whole(text: str) -> int:
    """A whole number, its digits grouped or not: 131072, 131_072, "131 072"."""
    digits = re.sub(r"(?<=\d)[_ \u00a0](?=\d)", "", text.strip())
    if re.fullmatch(r"[+-]?\d{1,30}", digits):
        return int(digits)
    raise typer.BadParameter(
        f"a whole number is wanted, such as 32768 or 32_768 (found {text[:60]!r})"
    )


Engine = Annotated[
    str, typer.Option(metavar="NAME", help="threads, or dask: processes, here or on a cluster.")
]
Scheduler = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Of a Dask scheduler, tcp://HOST:PORT.")
]
Threads = Annotated[
    int | None, typer.Option(parser=whole, metavar="N", help="Default: one a processor.")
]
Seed = Annotated[int | None, typer.Option(parser=whole, metavar="N", help="Where chance starts.")]
Keep = Annotated[
    bool, typer.Option("--keep", help="Keep the answer for the workbook and the report.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that exists.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what is wrong.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


def names(text: str) -> list[str]:
    """Names between commas: "USD,EUR" or "USD, EUR"."""
    found = [part.strip() for part in text.split(",") if part.strip()]
    if not found:
        raise typer.BadParameter("names between commas are wanted")
    return found


def codes(text: str) -> list[str]:
    """Currency codes between commas, in capital letters or not."""
    found = [name.upper() for name in names(text)]
    wrong = [name for name in found if not re.fullmatch(r"[A-Z]{3}", name)]
    if wrong:
        raise typer.BadParameter(
            f"currency codes such as USD,EUR are wanted (found {wrong[0][:40]!r})"
        )
    return found


def code(text: str) -> str:
    """One currency code, in capital letters or not."""
    found = codes(text)
    if len(found) > 1:
        raise typer.BadParameter(f"one currency code such as EUR is wanted (found {text[:40]!r})")
    return found[0]


def rate_names(text: str) -> list[str]:
    """Currencies, or rates by their names: "USD,EUR" or "eur_per_usd,eur_per_gbp"."""
    found = names(text)
    for name in found:
        if not re.fullmatch(r"[A-Za-z]{3}|[a-z]{3}_per_[a-z]{3}", name):
            raise typer.BadParameter(
                f"currencies such as USD or rates such as eur_per_usd are wanted "
                f"(found {name[:40]!r})"
            )
    return found


def day(text: str) -> dt.date:
    """A date such as 2031-10-31."""
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(
            f"a date such as 2031-10-31 is wanted (found {text[:40]!r})"
        ) from None


def first_month(text: str) -> Month:
    """A month such as 2031-05, or the first one of a year such as 2031."""
    return _month(text, of_year="01")


def last_month(text: str) -> Month:
    """A month such as 2031-05, or the last one of a year such as 2031."""
    return _month(text, of_year="12")


def _month(text: str, of_year: str) -> Month:
    """A month, one of a year, or that of a date."""
    given = text.strip()
    try:
        if re.fullmatch(r"\d{4}", given):
            return Month.parse(f"{given}-{of_year}")
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", given):
            return Month.of(dt.date.fromisoformat(given))
        return Month.parse(given)
    except ValueError:
        raise typer.BadParameter(
            f"a month such as 2031-05 or a year is wanted (found {text[:40]!r})"
        ) from None


def months(text: str) -> int:
    """A number of months such as 6m, or of years such as 1y."""
    match = re.fullmatch(r"(\d{1,3})\s*([my]?)", text.strip())
    count = int(match[1]) * (12 if match[2] == "y" else 1) if match else 0
    if count < 1:
        raise typer.BadParameter(f"months such as 6m are wanted (found {text[:40]!r})")
    return count


def years(text: str) -> tuple[int, ...]:
    """Years such as 2031,2032 or 2031-2032."""
    match = re.fullmatch(r"(\d{4})\s*-\s*(\d{4})", text.strip())
    if match and int(match[1]) <= int(match[2]) < int(match[1]) + 20:
        return tuple(range(int(match[1]), int(match[2]) + 1))
    parts = [part.strip() for part in text.split(",")]
    if all(re.fullmatch(r"\d{4}", part) for part in parts):
        return tuple(sorted({int(part) for part in parts}))
    raise typer.BadParameter(f"years such as 2031-2032 are wanted (found {text[:40]!r})")


def named_codes(text: str) -> dict[str, str]:
    """Names with a currency each: "euro=EUR,dollar=USD"."""
    found: dict[str, str] = {}
    for part in names(text):
        match = re.fullmatch(r"([A-Za-z0-9_\-]{1,40})\s*=\s*([A-Za-z]{3})", part)
        if match is None:
            wanted = "a name and a currency, NAME=CODE such as euro=EUR, are wanted"
            raise typer.BadParameter(f"{wanted} (found {part[:40]!r})")
        found[match[1]] = match[2].upper()
    return found


def shares(text: str) -> tuple[tuple[str, str, str], ...]:
    """Parents with a share each, and a currency where it is not the budget's: (name, share, code).

    "North=1/2:USD, South=1/2"; a currency that is not given is "".
    """
    found = []
    for part in names(text):
        match = re.fullmatch(r"([^=:]{1,60}?)\s*=\s*([\d./]{1,40})\s*(?::\s*([A-Za-z]{3}))?", part)
        if match is None:
            wanted = "parents as NAME=SHARE or NAME=SHARE:CODE, such as North=1/2:USD, are wanted"
            raise typer.BadParameter(f"{wanted} (found {part[:60]!r})")
        found.append((match[1].strip(), match[2], (match[3] or "").upper()))
    return tuple(found)


def budget_rates(text: str) -> dict[str, Decimal]:
    """What one unit of each other currency is worth: "USD=0.92, GBP=1.15"; none for nothing."""
    found = {}
    for part in names(text) if text.strip() else ():
        match = re.fullmatch(r"([A-Za-z]{3})\s*=\s*(\d{1,12}(?:\.\d{1,12})?)", part)
        if match is None:
            wanted = "rates as CODE=NUMBER, such as USD=0.92, are wanted"
            raise typer.BadParameter(f"{wanted} (found {part[:40]!r})")
        found[match[1].upper()] = Decimal(match[2])
    return found
