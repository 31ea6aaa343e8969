"""The waterfall: figures that add up, bars in blocks or in ASCII."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from simulator.render.waterfall import signed, waterfall

ROW: dict[str, Any] = {
    "before": 1000.0,
    "after": 1150.0,
    "shares": [
        {"driver": "exchange", "value": 200.4, "standard_error": 1.0, "whole": 200},
        {"driver": "post_costs", "value": -50.4, "standard_error": None, "whole": -50},
    ],
}


def drawn(width: int, *, ascii_only: bool = False) -> list[str]:
    """The lines of the example."""
    lines = waterfall("A, EUR, mean", ("a", "b"), ROW, width, ascii_only=ascii_only)
    return [line.plain.replace("\u00a0", " ") for line in lines]


def test_bars_float_from_the_level_before_to_the_one_after() -> None:
    """A share begins where the one before it ended; the last bar ends where they lead to."""
    _, first, up, down, last = drawn(80)
    assert up.index("▓") == len(first.rstrip())
    assert len(up) == len(down)
    assert down.index("░") == len(last.rstrip())
    assert "+200" in up
    assert "−50" in down


def test_without_blocks_it_is_drawn_in_ascii() -> None:
    """A terminal that cannot show blocks gets #, + and -; a narrow one only figures."""
    text = "\n".join(drawn(80, ascii_only=True)[1:])
    assert "#" in text
    assert "█" not in text
    assert "#" not in "\n".join(drawn(24, ascii_only=True))


def test_changes_have_signs() -> None:
    """Zero has none."""
    assert [signed(1539).replace("\u00a0", " "), signed(-3), signed(0)] == ["+1 539", "−3", "0"]


def test_the_console_tells_which(tmp_path: Any) -> None:
    """A console of another encoding than UTF says so: that is what the page asks."""
    latin = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    assert Console(file=latin).options.ascii_only
    assert not Console(file=io.TextIOWrapper(io.BytesIO(), encoding="utf-8")).options.ascii_only
