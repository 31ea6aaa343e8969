"""`sim new --posts-template` and `--pledges-template`: workbooks to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.sheets.workbook import read_workbook


def test_templates_are_written_beside_a_scenario(sim: Any) -> None:
    """All three at once; each name is one line on stdout."""
    said = sim(
        "new", "ours", "--year", "2031", "--posts-template", "posts.xlsx",
        "--pledges-template", "pledges.xlsx", "--language", "fr",
    )  # fmt: skip
    assert (said.code, said.out) == (0, "ours.toml\nposts.xlsx\npledges.xlsx\n")
    header = read_workbook(Path("pledges.xlsx"), "pledges.xlsx").lines[0].cells
    assert "reçu.2031" in header
    assert read_workbook(Path("posts.xlsx"), "posts.xlsx", "Post changes").lines[0].cells[0] == (
        "changement"
    )
    text = Path("ours.toml").read_text(encoding="utf-8")
    Path("ours.toml").write_text('pledges = "pledges.xlsx"\n' + text.replace("[[pledges]]", "[x]"))
    assert "unknown key" in sim("validate", "ours.toml").err  # the list itself is fine


def test_a_template_is_never_overwritten(sim: Any) -> None:
    """Nothing at all is written when one of the names is taken."""
    Path("posts.xlsx").write_text("mine")
    said = sim("new", "ours", "--posts-template", "posts.xlsx")
    assert said.code == 2
    assert "posts.xlsx: this file exists and is not overwritten" in said.err
    assert Path("posts.xlsx").read_text() == "mine"
    assert not Path("ours.toml").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "the name of a scenario is wanted"),
        (["--posts-template", "posts.csv"], "let it end in .xlsx"),
        (["--posts-template", "a.xlsx", "--language", "de"], "a language of headers"),
        (["--posts-template", "a.xlsx", "--pledges-template", "a.xlsx"], "a file of its own"),
        (["--pledges-template", "a.xlsx", "--year", "3000"], "a year between"),
    ],
)
def test_what_cannot_be_written_is_told(sim: Any, arguments: list[str], words: str) -> None:
    """Wrong use, and no file is left behind."""
    said = sim("new", *arguments)
    assert said.code == 2
    assert words in said.err
    assert list(Path().iterdir()) == []
