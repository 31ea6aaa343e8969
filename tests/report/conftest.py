"""Results of the scenarios that the project ships, with few draws, and reports of them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from simulator.runs.report import ReportOptions, report
from simulator.runs.run import write_run
from simulator.scenario.read import read_scenario
from simulator.store.result import Run, read_run
from tests.conftest import SMALL

ROOT = Path(__file__).resolve().parents[2]
Written = Callable[..., Path]


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The base case and a strong franc, on the same 1 024 draws."""
    place = tmp_path_factory.mktemp("report")
    for name in ("base", "strong-franc"):
        scenario = read_scenario(ROOT / "scenarios" / f"{name}.toml")
        write_run(scenario, place / name, draws=1024, replicates=4)
    return place / "base", place / "strong-franc"


@pytest.fixture(scope="session")
def runs(folders: tuple[Path, Path]) -> tuple[Run, Run]:
    """Both, opened."""
    return read_run(folders[0]), read_run(folders[1])


@pytest.fixture(scope="session")
def written(folders: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Makes the report of one result or of both, once for each way of asking."""
    pytest.importorskip("vl_convert")
    place, made = tmp_path_factory.mktemp("pages"), {}

    def write(count: int = 1, lang: str = "en", form: str = "html") -> Path:
        key = f"{count}-{lang}-{form}"
        if key not in made:
            ending = "md" if form == "md" else "html"
            options = ReportOptions(place / f"{key}.{ending}", lang, form)
            made[key] = report([str(folder) for folder in folders[:count]], options)
        return made[key]

    return write


class Page(HTMLParser):
    """What a page holds: keyed numbers, ids, links, addresses, and text outside of scripts."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.keyed: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.words = ""
        self._open: list[tuple[str, str]] = []
        self._silent = 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self._silent += tag in ("script", "style")
        if "id" in given:
            self.ids.append(str(given["id"]))
        if tag == "a":
            self.links.append(str(given.get("href")))
        self.addresses += [str(given[name]) for name in ("src", "srcset", "data") if name in given]
        if tag not in ("meta", "br", "input", "path", "line", "rect", "circle"):
            self._open.append((tag, given.get("data-key") or ""))
            if given.get("data-key"):
                self.keyed.append((str(given["data-key"]), ""))

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words += data
        if self._open and any(key for _tag, key in self._open[-2:]):
            key, text = self.keyed[-1]
            self.keyed[-1] = key, text + data


@pytest.fixture(scope="session")
def parsed() -> Callable[[Path], Page]:
    """A page, read by a parser that knows nothing of how it was made."""
    return Page


HOSTILE = {
    "title": "<script>alert('title')</script> & \"quotes\"",
    "parents": {"A": "<img src=x onerror=alert(1)>", "B": "منظمة التجارة \u202eالعالمية"},
}


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result whose scenario has markup, quotes and right-to-left text for names."""
    document: dict[str, Any] = copy.deepcopy(SMALL)
    document["title"] = HOSTILE["title"]
    for key, name in HOSTILE["parents"].items():  # type: ignore[attr-defined]
        document["parents"][key]["name"] = name
    document["windows"]["I"]["title"] = 'O\'Hara "&" <b>Söhne</b>'
    from simulator.scenario.model import Scenario

    folder = tmp_path_factory.mktemp("hostile") / "small"
    write_run(Scenario.model_validate(document), folder, draws=512)
    return folder
