"""Options of `sim compare` that do not go together are refused before anything is read."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--out", "x.txt"), "--out: a file name that ends in .md, .csv, .json, .xlsx or .parquet"),
        (("--out", "x.md", "--to", "csv"), "--out: a file name that ends in .csv is wanted"),
        (("--json", "--to", "csv"), "--to: --json is a format of its own"),
        (("--to", "xlsx"), "--to: a file is wanted for xlsx: --out FILE"),
        (
            ("--unpaired", "--drivers"),
            "--drivers: drivers share a change on the same draws; they do not go with --unpaired",
        ),
        (("--unpaired", "--at", "p90"), "--at: drivers share a change on the same draws"),
        (("--at", "p90", "--no-drivers"), "--at: percentiles are shared among drivers"),
        (("--policies",), "one scenario is wanted with --policies"),
    ],
)
def test_they_are_refused(sim: Any, small_file: str, options: tuple[str, ...], words: str) -> None:
    """Exit code 2, the option named, nothing on stdout."""
    said = sim("compare", small_file, small_file, *options)
    assert said.code == 2
    assert said.out == ""
    assert words in " ".join(said.err.split())
