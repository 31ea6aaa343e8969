"""The same seed and name give the same bits in every version: results are promises.

A change of any of these numbers moves every result ever made; it belongs into the changelog.
"""

from __future__ import annotations

import numpy as np
import pytest

from simulator.sampling.points import _numbered as numbered
from simulator.sampling.points import make_points

PINNED = {
    (
        "sobol",
        "a",
        0,
    ): "1.2d07a892edd65p-1 1.61d14982c420fp-1 1.fbf4d50f29551p-1 1.5abc5d3af8122p-2",
    (
        "sobol",
        "b",
        3,
    ): "1.1fc3ad74edcdap-2 1.2a31bf0319bcep-2 1.6902d1812c0cdp-1 1.bd8bdaf1407bfp-1",
    ("sobol", "other", 1030): (
        "1.c9d447fb2bed4p-3 1.652f675d08da8p-4 1.57325fb168262p-2 1.7f0ef6996e105p-1"
    ),
    ("lhs", "a", 0): "1.34122b266a557p-1 1.568c4ccb53636p-1 1.74bc452c61ab9p-1 1.2e2480ac19d0bp-2",
    ("lhs", "b", 3): "1.30f9d5682eb69p-1 1.55219b223ef6ap-1 1.b681a4d661fa3p-2 1.b8ad9ceacb72ap-1",
    ("lhs", "other", 1030): (
        "1.84f8a6942130ep-1 1.06397f405874bp-2 1.3c957110bd328p-3 1.dce74a0e2308fp-1"
    ),
    (
        "random",
        "a",
        0,
    ): "1.96f6f4f1e3912p-2 1.1103a468ef25bp-1 1.e4f46b357c850p-5 1.bd2112092aa0ep-2",
    (
        "random",
        "b",
        3,
    ): "1.5b13fc4c060b3p-1 1.e819c2fb87f08p-4 1.5fbf4a041ec8ap-2 1.1568517408262p-2",
    ("random", "other", 1030): (
        "1.05f79de63f13ep-2 1.8441d0e675624p-3 1.05859dac014c0p-7 1.c3059171bf500p-9"
    ),
}


def test_the_hash_is_splitmix64() -> None:
    """The first outputs of the reference program from state 0 (Steele, Lea and Flood 2014)."""
    wanted = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    assert [int(x) for x in numbered(np.uint64(0), np.array([1, 2, 3]))] == wanted


@pytest.mark.parametrize(("sampler", "name", "component"), PINNED)
def test_draws_4100_to_4103_are_what_they_were(sampler: str, name: str, component: int) -> None:
    """Seed 7, three replicates: leading factors, their padding, the turn past 1024 dimensions."""
    points = make_points(sampler, seed=7, replicates=3, draws=5000, leading=("a", "b"))
    found = points.uniforms(name, range(component, component + 1), 4100, 4104)[:, 0]
    assert [float(x).hex()[2:] for x in found] == PINNED[sampler, name, component].split()
