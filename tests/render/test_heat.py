"""A sweep on the screen: figures, shades and words."""

from __future__ import annotations

import io
import itertools
import re
from typing import Any

import pytest
from rich.console import Console

from simulator.render.heat import HeatPage


def document(*axes: tuple[str, list[str]], unit: str = "XYZ", **changes: Any) -> dict[str, Any]:
    """A sweep whose value at a point is the sum of its values, in thousands."""
    points = changes.get("points") or [
        {"values": list(values), "value": 1000 * sum(map(float, values)), "standard_error": 12.0}
        for values in itertools.product(*(values for _, values in axes))
    ]
    return {
        "scenario": "s",
        "title": "A title",
        "axes": [{"key": key, "values": values} for key, values in axes],
        "shown": {"statistic": "p95", "output": "net_xyz", "period": "2031", "unit": unit},
        "amounts": {"unit": 1000, "cell": "0.1"},
        "draws": 4096,
        "seed": 7,
        "sampler": "sobol",
        "replicates": 8,
        "points": points,
        "notes": [],
        **changes,
    }


def printed(found: dict[str, Any], width: int = 80, colour: bool = False) -> str:
    """The page as a terminal of this width shows it."""
    out = io.StringIO()
    console = Console(
        file=out, width=width, highlight=False, markup=False, force_terminal=colour,
        color_system="truecolor" if colour else None, no_color=not colour,
    )  # fmt: skip
    console.print(HeatPage(found), crop=False)
    return out.getvalue().replace("\u00a0", " ")


def test_one_key_is_a_list_with_errors() -> None:
    """A row a value, the statistic in thousands, its standard error to one decimal more."""
    text = printed(document(("rates.a", ["0.8", "0.90"])))
    assert "p95(net_xyz), 2031, thousand XYZ: 2 points on the same 4 096 draws" in text
    assert re.search(r"^rates\.a +p95  s\.e\.$", text, re.MULTILINE)
    assert re.search(r"^0\.8 +0\.8  0\.01$", text, re.MULTILINE)
    assert "lowest: 0.8 at rates.a = 0.8" in text
    assert "highest: 0.9 at rates.a = 0.90" in text


def test_two_keys_are_a_table() -> None:
    """The first key down, the second across; each figure at the point of its row and column."""
    text = printed(document(("a", ["10", "20"]), ("b", ["1", "2", "3"])))
    assert "a down, b across" in text
    rows = [line.split() for line in text.splitlines()]
    assert ["1", "2", "3"] in rows
    assert ["10", "11.0", "12.0", "13.0"] in rows
    assert ["20", "21.0", "22.0", "23.0"] in rows


def test_three_keys_are_a_table_for_each_value_of_the_first() -> None:
    """Its value stands above each table."""
    text = printed(document(("a", ["100", "200"]), ("b", ["10", "20"]), ("c", ["1", "2"])))
    first, second = text.partition("a = 200")[::2]
    assert "a = 100" in first
    assert ["20", "121.0", "122.0"] in [line.split() for line in first.splitlines()]
    assert ["20", "221.0", "222.0"] in [line.split() for line in second.splitlines()]


def test_many_tables_are_not_all_shown() -> None:
    """A screen holds a dozen; how many are left out is said."""
    values = [str(i) for i in range(15)]
    text = printed(document(("a", values), ("b", ["1"]), ("c", ["1"])))
    assert "a = 11\n" in text
    assert "a = 12\n" not in text
    assert "3 further tables are not shown" in text


@pytest.mark.parametrize("width", [20, 30, 40, 60, 200])
def test_a_wide_table_is_cut_in_pieces_that_fit(width: int) -> None:
    """Every figure is there at any width, none is cut, and no line of figures is too long."""
    values = [f"{i}.2" for i in range(1, 21)]
    text = printed(document(("a", ["1000", "2000"]), ("b", values)), width)
    for row, value in itertools.product((1000, 2000), values):
        figure = f"{row + float(value):,.1f}".replace(",", " ")
        assert figure in text
    tables = [line for line in text.splitlines() if re.match(r"(1000|2000| {4}) ", line)]
    assert max(map(len, tables)) <= width


def test_shades_go_from_pale_to_dark() -> None:
    """The lowest value has the palest background, the highest the darkest, with white figures."""
    text = printed(document(("a", ["0", "50", "100"])), colour=True)
    backs = re.findall(r"48;2;(\d+);(\d+);(\d+)m", text)
    light = [sum(map(int, back)) for back in backs]
    assert light == sorted(light, reverse=True)
    assert light[0] > light[-1]
    assert "37;48;2;153;32;12m" in text


def test_sixteen_colours_have_three_steps() -> None:
    """Where shades would be coarse and illegible, the highest third is printed in reverse."""
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=True, color_system="standard")
    console.print(HeatPage(document(("a", ["0", "50", "100"]))), crop=False)
    lines = [line for line in out.getvalue().splitlines() if re.match(r"\d+ ", line)]
    assert [("\x1b[7m" in x or ";7m" in x) for x in lines] == [False, False, True]
    assert ["\x1b[1m" in x for x in lines] == [False, True, False]


def test_without_colours_there_is_no_escape() -> None:
    """A pipe and NO_COLOR get figures alone."""
    assert "\x1b" not in printed(document(("a", ["0", "100"])))


def test_equal_values_have_no_shade() -> None:
    """Nothing is higher than anything else."""
    found = document(("a", ["1", "2"]))
    for point in found["points"]:
        point["value"] = 5.0
    assert "48;2" not in printed(found, colour=True)


def test_a_point_without_the_output_is_a_dash() -> None:
    """A column that a policy lacks leaves its place empty, and is neither lowest nor highest."""
    found = document(("policy", ["recosted", "split"]), points=[
        {"values": ["recosted"], "value": None, "standard_error": None},
        {"values": ["split"], "value": -2500.0, "standard_error": None},
    ])  # fmt: skip
    text = printed(found, colour=False)
    assert re.search(r"^recosted +–  –$", text, re.MULTILINE)
    assert "lowest: −2.5 at policy = split" in text


def test_no_value_at_all() -> None:
    """A page of dashes is still a page."""
    none = [{"values": ["1"], "value": None, "standard_error": None}]
    assert "lowest" not in printed(document(("a", ["1"]), points=none))


@pytest.mark.parametrize(
    ("unit", "value", "shown", "heading"),
    [
        ("1", 0.4251, "42.5 %", "2031, %:"),
        ("XYZ/ABC", 1.23456, "1.2346", "2031, XYZ/ABC:"),
        ("count", 12.0, "12.0000", "2031, count:"),
    ],
)
def test_units_have_their_figures(unit: str, value: float, shown: str, heading: str) -> None:
    """Probabilities in per cent, rates to four decimals."""
    points = [{"values": ["1"], "value": value, "standard_error": 0.001}]
    text = printed(document(("a", ["1"]), unit=unit, points=points))
    assert shown in text
    assert heading in text


def test_notes_are_said_once_below() -> None:
    """What was left out or is off its centre stands under the figures."""
    text = printed(document(("a", ["1"]), notes=["posts cost something else"]))
    assert text.rstrip().endswith("posts cost something else")


def test_control_characters_do_not_reach_the_terminal() -> None:
    """A value is text from a command line."""
    points = [{"values": ["\x1b[2J"], "value": 1.0, "standard_error": None}]
    assert "\x1b" not in printed(document(("a", ["\x1b[2J"]), points=points))
