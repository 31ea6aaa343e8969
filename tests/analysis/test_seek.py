"""Edges are found where they are, whatever the shape of the value."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from simulator.analysis.seek import Region, regions, scan_points

TIGHT = 1e-9


def found(
    excess: Callable[[float], float],
    relation: str,
    low: float = 0.0,
    high: float = 10.0,
    count: int = 17,
) -> tuple[Region, ...]:
    """The regions of a function on a scan of 17 points."""
    return regions(excess, relation, scan_points(low, high, count), TIGHT, whole=False)


def test_a_crossing_is_the_root() -> None:
    """x³ = 20 at the cube root of 20."""
    (region,) = found(lambda x: x**3 - 20, "=")
    assert region.crossing
    assert region.low.x == pytest.approx(20 ** (1 / 3), abs=2 * TIGHT)
    assert region.low.low <= 20 ** (1 / 3) <= region.low.high
    assert not region.low.jump


def test_every_piece_of_a_wave_is_found() -> None:
    """sin x ≤ 0 on [π, 2π] and [3π, 10]; no monotone search would see both."""
    one, two = found(math.sin, "<=", low=1.0)
    assert one.low.x == pytest.approx(math.pi, abs=2 * TIGHT)
    assert one.high.x == pytest.approx(2 * math.pi, abs=2 * TIGHT)
    assert two.low.x == pytest.approx(3 * math.pi, abs=2 * TIGHT)
    assert two.high.at_end
    assert two.high.x == 10.0
    assert [round(r.low.x / math.pi, 6) for r in found(math.sin, "=", low=1.0)] == [1, 2, 3]


@pytest.mark.parametrize("relation", ["<", "<=", ">", ">="])
def test_the_answer_meets_the_condition(relation: str) -> None:
    """The edge is on the side that does, however closely it was bracketed."""
    (region,) = found(lambda x: x - 4.2, relation)
    edge = region.high if relation[0] == "<" else region.low
    assert edge.x == pytest.approx(4.2, abs=2 * TIGHT)
    assert edge.x <= 4.2 if relation[0] == "<" else edge.x >= 4.2


def test_a_rounded_value_is_the_bound_over_a_stretch() -> None:
    """round(x) = 4 from 3.5 to 4.5, and no further."""
    (region,) = found(lambda x: math.floor(x + 0.5) - 4.0, "=")
    assert region.low.x == pytest.approx(3.5, abs=2 * TIGHT)
    assert region.high.x == pytest.approx(4.5, abs=2 * TIGHT)


def test_a_stretch_between_two_points_of_the_scan_is_found_by_its_change_of_sign() -> None:
    """A plateau narrower than a cell of the scan."""
    (region,) = found(lambda x: math.floor(100 * x) - 314.0, "=")
    assert region.low.x == pytest.approx(3.14, abs=2 * TIGHT)
    assert region.high.x == pytest.approx(3.15, abs=2 * TIGHT)


def test_a_leap_is_no_crossing() -> None:
    """−1 below 4.2 and +1 above: no x gives 0."""
    (region,) = found(lambda x: math.copysign(1.0, x - 4.2), "=")
    assert region.low.jump
    assert region.low.x == pytest.approx(4.2, abs=2 * TIGHT)


def test_none_and_all() -> None:
    """No region where nothing does; the ends of the line where everything does."""
    assert found(lambda x: x + 1, "<=") == ()
    (region,) = found(lambda x: x + 1, ">")
    assert (region.low.x, region.high.x) == (0.0, 10.0)
    assert region.low.at_end
    assert region.high.at_end


def test_whole_numbers_are_searched_as_such() -> None:
    """n² ≤ 50 up to 7; only whole numbers are tried."""
    tried = []

    def excess(x: float) -> float:
        tried.append(x)
        return x * x - 50

    points = scan_points(0, 40, 5, whole=True)
    (region,) = regions(excess, "<=", points, TIGHT, whole=True)
    assert region.high.x == 7
    assert all(x == int(x) for x in tried)
    assert len(tried) == len(set(tried))
    assert scan_points(1, 3, 17, whole=True) == (1.0, 2.0, 3.0)
