"""The program knows no organization: what is particular to one budget stands in its scenario."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = "A/62/6 (Sect.13)/Add.1"  # may be cited: a rule says where it was read

ORGANIZATIONS = ("ITC", "UN", "UNOG", "WTO")
PLACES = ("Africa", "Geneva", "Swiss", "Switzerland", "franc", "francs")
CURRENCIES = ("CHF", "Chf", "chf")
YEARS = tuple(str(year) for year in range(2004, 2010))
CITED = re.compile(r"\((19|20)\d\d\)")  # a paper's year, as in "Joe and Kuo (2008)"
PHRASES = ("United Nations", "World Trade Organization", "International Trade Cent")
# Letters and digits end a word, an underscore does not make it longer: net_chf is found.
PARTICULAR = re.compile(
    "|".join(
        [
            *(
                rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])"
                for word in (*ORGANIZATIONS, *PLACES, *CURRENCIES, *YEARS)
            ),
            *map(re.escape, PHRASES),
        ]
    )
)
EXEMPT = {"simulator/history/yearly.csv": "figures by currency and year, no rule"}
FILES = sorted(
    path
    for path in (ROOT / "simulator").rglob("*")
    if path.is_file()
    and path.suffix in {".py", ".toml", ".json", ".md", ".txt", ".csv"}
    and str(path.relative_to(ROOT)) not in EXEMPT
)


def particulars(text: str) -> list[str]:
    """Lines that name a particular organization, place, currency or year."""
    return [
        f"{number}: {line.strip()}"
        for number, line in enumerate(text.splitlines(), 1)
        if PARTICULAR.search(CITED.sub("", line.replace(DOCUMENT, "")))
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_program_names_no_organization(path: Path) -> None:
    """No organization, place, currency or year of the document is written into the program."""
    assert particulars(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", EXEMPT)
def test_an_exempt_file_is_there_and_needs_it(name: str) -> None:
    """Only data that is read is exempt, and only while it names what code may not."""
    assert particulars((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "line", ["x = 'UN'", "net_chf = 1", "if year == 2008:", "# UN practice", "the Swiss francs"]
)
def test_a_particular_is_found(line: str) -> None:
    """The search finds words inside names, strings and comments."""
    assert particulars(line)


@pytest.mark.parametrize(
    "line", ["UNIT = 1", "runs", f"rounded as in {DOCUMENT}", "x = 12008", "Joe and Kuo (2008)"]
)
def test_an_innocent_line_is_left_alone(line: str) -> None:
    """Longer words, other years and the document's symbol are no particulars."""
    assert not particulars(line)
