"""Small pictures in a terminal."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from simulator.render import sketches
from simulator.render.pictures.fans import Fan, Point
from simulator.render.pictures.shown import Shown, shown_of
from simulator.render.sketches import ASCII, BLOCKS, bar_of, columns_of
from simulator.render.terminal import Pictures, Screen
from simulator.render.view import View
from simulator.store.result import Run

WIDTHS = (60, 80, 120, 200)
Made = Callable[..., Run]


def printed(view: View, shown: Shown | None, how: Pictures, width: int) -> str:
    """The screen of a run as text, with ordinary spaces."""
    out = io.StringIO()
    terminal = Console(file=out, width=width, highlight=False, markup=False)
    terminal.print(Screen(view, shown, how), crop=False)
    return out.getvalue().replace("\u00a0", " ")


def drawn(shown: Shown, width: int, *, ascii_only: bool = False) -> list[str]:
    """The lines of the pictures."""
    lines = sketches.sketches(shown, 1000, width, ascii_only=ascii_only)
    return [line.plain.replace("\u00a0", " ") for line in lines]


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
def test_pictures_fit_the_width(run: Run, view: View, width: int, ascii_only: bool) -> None:
    """No line is longer than the terminal is wide; fan, two histograms and two tornados stand."""
    lines = drawn(shown_of(run, view), width, ascii_only=ascii_only)
    assert max(map(cell_len, lines)) <= width
    titles = [line for line in lines if line.endswith(("averages", "by amount", "USD", "EUR"))]
    assert titles == [
        "EUR/USD, monthly averages",
        "A, thousand USD: draws by amount",
        "B, thousand EUR: draws by amount",
        "What moves it: A, USD",
        "What moves it: B, EUR",
    ]


def test_plain_characters_are_ascii(run: Run, view: View) -> None:
    """But for the no-break spaces in figures, which are written as spaces there."""
    assert "".join(drawn(shown_of(run, view), 80, ascii_only=True)).isascii()


def test_a_screen_without_room_has_no_pictures(run: Run, view: View) -> None:
    """In 20 columns figures are all there is room for."""
    shown = shown_of(run, view)
    assert not any(set(line) & set("█▓░") for line in drawn(shown, 20))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("how", ["blocks", "ascii", "words"])
def test_the_screen_with_pictures_fits(run: Run, view: View, width: int, how: Pictures) -> None:
    """The whole screen of `sim run` keeps its width with pictures or their words in it."""
    text = printed(view, shown_of(run, view), how, width)
    body = text.partition(str(view.folder))[0]  # a path is never wrapped
    assert max(map(cell_len, body.splitlines())) <= width


def test_a_picture_takes_the_place_of_the_lines_on_drivers(run: Run, view: View) -> None:
    """Every driver has a bar then; in words and in a pipe the lines stay."""
    shown = shown_of(run, view)
    assert "What moves it: A, USD" in printed(view, shown, "blocks", 80)
    assert "part of the rank variance" not in printed(view, shown, "blocks", 80)
    for how in ("words", "none"):
        assert "part of the rank variance" in printed(view, shown, how, 80)
    assert printed(view, None, "none", 80) == printed(view, shown, "none", 80)


def test_a_picture_in_words_has_the_stored_figures(run: Run, view: View) -> None:
    """The words name P5, P50 and P95 of what a parent owes."""
    text = " ".join(printed(view, shown_of(run, view), "words", 80).split())
    cell = view.cell("contribution_usd.A", view.whole)
    assert cell is not None
    for level in ("p5", "p50", "p95"):
        assert f"{cell[level] / 1000:,.1f}".replace(",", " ") in text


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=80), st.integers(1, 8))
def test_a_higher_count_never_has_a_lower_column(counts: list[int], rows: int) -> None:
    """Heights follow counts, the largest fills every row, and nothing but 0 is unseen."""
    for levels in (BLOCKS.columns, ASCII.columns):
        lines = columns_of(counts, rows, levels)
        assert len(lines) == rows
        heights = [sum(levels.index(line[i]) for line in lines) for i in range(len(counts))]
        order = sorted(range(len(counts)), key=lambda i: counts[i])
        assert [heights[i] for i in order] == sorted(heights)
        assert all((height > 0) == (count > 0) for height, count in zip(heights, counts))  # noqa: B905
        if max(counts):
            assert max(heights) == rows * (len(levels) - 1)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 80))
def test_a_larger_part_never_has_a_shorter_bar(one: float, two: float, room: int) -> None:
    """Bars are as long as their parts, and never longer than their room."""
    low, high = sorted((one, two))
    for levels in (BLOCKS.bar, ASCII.bar):

        def length(part: float, levels: str = levels) -> int:
            bar = bar_of(part, room, levels)
            assert len(bar) <= room
            return sum(levels.index(char) for char in bar)

        assert length(low) <= length(high)
        assert length(1.0) == room * (len(levels) - 1)


def test_a_fan_has_the_widest_band_outside(run: Run, view: View) -> None:
    """From top to bottom of the last month: 90, 80, 50 %, and the other way round."""
    shown = shown_of(run, view)
    assert shown.fan is not None
    lines = [line.plain for line in sketches.fan(shown.fan, "x", 80, BLOCKS)]
    last = "".join(line[-1] for line in lines[1 : 1 + sketches.FAN_ROWS] if len(line) > 10)
    bands = "".join(char for char in last if char in "░▒▓")
    order = {"░": 0, "▒": 1, "▓": 2}
    heights = [order[char] for char in bands]
    middle = heights.index(max(heights))
    assert heights[:middle] == sorted(heights[:middle])
    assert heights[middle:] == sorted(heights[middle:], reverse=True)


def test_a_fan_of_many_months_is_thinned() -> None:
    """A hundred months in sixty columns: the first and the last stay, no line is too long."""
    levels = (0.8, 0.85, 0.9, 1.0, 1.1, 1.15, 1.2)
    months = [Point(f"{2031 + i // 12}-{i % 12 + 1:02}", levels=levels) for i in range(100)]
    found = list(sketches.fan(Fan("x", "EUR/USD", tuple(months)), "x", 60, ASCII))
    assert max(cell_len(line.plain) for line in found) <= 60
    assert "2031" in found[-2].plain


def test_a_constant_is_drawn(run: Run, view: View) -> None:
    """A fan without width and a distribution of one value break nothing."""
    shown = shown_of(run, view)
    flat = Fan("x", "EUR/USD", (Point("2031-01", levels=(1.0,) * 7),) * 3)
    certain = tuple(replace(one, drivers=()) for one in shown.owed)
    assert drawn(Shown(flat, certain), 80)
