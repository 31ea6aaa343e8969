"""The report in Chromium, without a network: reading, access, scripts off, paper."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.store.result import Run

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
Written = Callable[..., Path]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for all of them."""
    with sync_api.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


class Opened:
    """A page, with what it asked for and complained about."""

    def __init__(self, browser: Any, path: Path, **options: Any) -> None:
        self.context = browser.new_context(offline=True, **options)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


@pytest.mark.parametrize("lang", ["en", "fr", "zh"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_it_opens_at_every_width(
    browser: Any, written: Written, lang: str, scheme: str, width: int
) -> None:
    """No error, no request, and nothing that reaches over the side."""
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    path = written(2, lang)
    with Opened(browser, path, **options) as opened:
        assert opened.said == []
        assert opened.asked == [path.as_uri()]
        wide, seen = opened.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= seen


@pytest.mark.parametrize(
    ("lang", "scheme", "width"),
    [
        ("en", "light", 390),
        ("en", "light", 1280),
        ("en", "dark", 1280),
        ("fr", "light", 1280),
        ("zh", "dark", 390),
    ],
)
def test_access(browser: Any, written: Written, lang: str, scheme: str, width: int) -> None:
    """axe finds nothing to blame, closed and with every table open."""
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    with Opened(browser, written(1, lang), **options) as opened:
        page = opened.page
        page.evaluate(axe())
        for opening in (False, True):
            if opening:
                page.check("#tables")
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"]] == []


def axe() -> str:
    """The judge of access, as its package ships it."""
    package = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
    return str((files(package) / "axe.min.js").read_text(encoding="utf-8"))


def test_a_ceiling_moves_by_keyboard(browser: Any, written: Written, runs: tuple[Run, Run]) -> None:
    """Ten steps up: the probability shown is that of the draws above the amount shown."""
    values = runs[0].column("contribution_usd.UN")
    with Opened(browser, written(1)) as opened:
        page = opened.page
        page.focus("#ceiling-at")
        shown = set()
        for _ in range(10):
            page.keyboard.press("ArrowRight")
            text = page.inner_text("#ceiling-told").replace("\u00a0", " ")
            amount, _, chance = text.partition(" thousand USD")
            limit = float(amount.replace(" ", "")) * 1000
            share = 100 * np.count_nonzero(values > limit) / len(values)
            assert float(chance.rsplit(": ", 1)[1].removesuffix(" %")) == pytest.approx(
                share, abs=0.0500001
            )
            assert page.get_attribute("#ceiling-at", "aria-valuetext").startswith(
                page.inner_text("#ceiling-told").split(" — ")[0]
            )
            shown.add(text)
        assert len(shown) == 10
        assert opened.said == []


def test_everything_can_be_chosen(browser: Any, written: Written) -> None:
    """Parent, currency, period and stage; what does not exist together is not offered."""
    with Opened(browser, written(2)) as opened:
        page = opened.page
        page.select_option("#choose-result", "strong-franc")
        page.select_option("#choose-parent", "World Trade Organization")
        currencies = page.eval_on_selector_all(
            "#choose-currency option", "options => options.map(o => o.value)"
        )
        assert currencies == ["thousand CHF"]
        page.select_option("#choose-period", "2009")
        page.select_option("#choose-stage", "initial")
        assert "thousand CHF" in page.inner_text("#ceiling-told")
        assert opened.said == []


def test_a_chart_is_read_by_keyboard_and_pointer(browser: Any, written: Written) -> None:
    """Rows of its table, one after the other; under the pointer the one that is there."""
    with Opened(browser, written(1)) as opened:
        page = opened.page
        figure = page.locator("#rates figure").first
        plot = figure.locator(".plot")
        plot.focus()
        page.keyboard.press("End")
        last = figure.locator("tbody tr").last.locator("th").text_content()
        assert figure.locator(".reading").inner_text().startswith(f"{last} · ")
        page.keyboard.press("Home")
        first = figure.locator("tbody tr").first.locator("th").text_content()
        assert figure.locator(".reading").inner_text().startswith(first)
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.97, box["y"] + box["height"] / 2)
        assert figure.locator(".reading").inner_text().startswith("2009-")


def test_tables_instead_of_charts(browser: Any, written: Written) -> None:
    """One switch hides every chart and opens every table."""
    with Opened(browser, written(1)) as opened:
        page = opened.page
        page.check("#tables")
        assert page.locator(".plot:visible").count() == 0
        count = page.locator("figure").count()
        assert page.locator("figure table:visible").count() == count > 10
        page.uncheck("#tables")
        assert page.locator(".plot:visible").count() == count


def test_without_scripts_nothing_is_missing(browser: Any, written: Written) -> None:
    """Every chart and every number is there; only the panel is not."""
    with Opened(browser, written(1), java_script_enabled=False) as opened:
        page = opened.page
        assert page.locator(".plot svg:visible").count() == page.locator("figure").count() > 10
        assert not page.locator("#ceiling").is_visible()
        assert not page.locator(".switch").is_visible()
        assert page.locator("[data-key]").count() > 250
        assert opened.said == []


@pytest.mark.parametrize("form", ["html", "pdf-ready"])
def test_it_prints(browser: Any, written: Written, tmp_path: Path, form: str) -> None:
    """A4 with page numbers; headings of long tables come again."""
    with Opened(browser, written(1, "en", form)) as opened:
        paper = tmp_path / "report.pdf"
        opened.page.pdf(path=str(paper), prefer_css_page_size=True, print_background=True)
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    text = subprocess.run(["pdftotext", "-layout", str(paper), "-"], capture_output=True, text=True)
    pages = text.stdout.split("\f")[:-1]
    assert all(f"{i} / {len(pages)}" in page for i, page in enumerate(pages, 1))
    if form == "pdf-ready":
        assert sum("Part of the draws" in page and "Cumulative" in page for page in pages) > 3
    size = subprocess.run(["pdfinfo", str(paper)], capture_output=True, text=True)
    assert "(A4)" in size.stdout


def test_names_with_markup_and_other_directions(
    browser: Any, hostile: Path, tmp_path: Path
) -> None:
    """Shown as text; nothing runs, and the page does not break."""
    from simulator.runs.report import ReportOptions, report

    path = report([str(hostile)], ReportOptions(tmp_path / "hostile.html"))
    with Opened(browser, path) as opened:
        page = opened.page
        assert opened.said == []
        assert page.inner_text("h1") == "<script>alert('title')</script> & \"quotes\""
        assert page.evaluate("document.images.length") == 0
        data = page.evaluate("document.querySelector('#ceiling-data').textContent")
        names = {choice["parent"] for choice in json.loads(data)["choices"]}
        assert "<img src=x onerror=alert(1)>" in names
