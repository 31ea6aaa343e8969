"""The recipes of ARCHITECTURE.md: one new file and one line elsewhere, and the new thing works.

Each patch is applied to a copy of the program in an empty folder; its check runs there in a Python
of its own, on the small budget of the tests. The program itself is not touched.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from simulator.scenario.laws import FurtherLaw
from simulator.scenario.policies import FurtherPolicy

ROOT = Path(__file__).resolve().parent.parent
RECIPES = ROOT / "tests" / "recipes"
NAMES = ("law", "policy", "output", "format")
HELPER = """
import copy, json
from simulator.scenario.model import Scenario

def scenario_with(path="", value=None):
    data = json.loads(open("small.json").read())
    *parents, last = path.split(".")
    place = data
    for key in parents:
        place = place[key]
    if path:
        place[last] = value
    return Scenario.model_validate(data)
"""
SCHEMA = "\nfrom simulator.scenario.schema import json_schema\njson_schema()\n"


def hunks(patch: str) -> Iterator[tuple[str, str, list[str]]]:
    """(old file, new file, lines) of each file of a patch."""
    for part in re.split(r"^--- ", patch, flags=re.MULTILINE)[1:]:
        old, new, _, *lines = part.splitlines()
        yield old, new.removeprefix("+++ b/"), lines


def apply(patch: str, tree: Path) -> None:
    """Apply a patch that adds files and replaces single lines; each must be there exactly once."""
    for old, file, lines in hunks(patch):
        target = tree / file
        if old == "/dev/null":
            assert not target.exists()
            target.write_text("".join(f"{line[1:]}\n" for line in lines), encoding="utf-8")
            continue
        before, after = (line[1:] for line in lines)
        text = target.read_text(encoding="utf-8")
        assert text.count(f"\n{before}\n") == 1
        target.write_text(text.replace(f"\n{before}\n", f"\n{after}\n"), encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_is_one_new_file_and_one_line(name: str) -> None:
    """Nothing else is changed, and the page shows the very patch."""
    files = list(hunks((RECIPES / f"{name}.patch").read_text(encoding="utf-8")))
    assert [old == "/dev/null" for old, _, _ in files] == [True, False]
    changed = files[1][2]
    assert [line[0] for line in changed] == ["-", "+"]
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert f"`{files[0][1]}`" in page
    assert f"`{files[1][1]}`" in page
    assert changed[1][1:] in page


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_works(name: str, tmp_path: Path, small_dict: dict[str, Any]) -> None:
    """Applied to a copy, the new thing passes its check; without it, the check fails."""
    tree, place = tmp_path / "tree", tmp_path / "place"
    place.mkdir()
    shutil.copytree(ROOT / "simulator", tree / "simulator")
    (place / "tests_scenario.py").write_text(HELPER)
    (place / "small.json").write_text(json.dumps(small_dict))
    check = (RECIPES / f"check_{name}.py").read_text(encoding="utf-8") + SCHEMA
    environment = {**os.environ, "PYTHONPATH": f"{tree}{os.pathsep}{place}", "PYTHONOPTIMIZE": ""}

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", check],
            cwd=place,
            env=environment,
            capture_output=True,
            text=True,
        )

    assert run().returncode != 0
    apply((RECIPES / f"{name}.patch").read_text(encoding="utf-8"), tree)
    done = run()
    assert done.returncode == 0, done.stderr


def test_what_lacks_a_part_cannot_be_made() -> None:
    """A further law or policy without one of its methods fails at once, not with the first draw."""

    class Half(FurtherLaw):
        key = "half"

        @property
        def centre(self) -> Decimal:
            return Decimal(1)

    class Idle(FurtherPolicy):
        kind: str = "idle"

    with pytest.raises(TypeError, match=r"abstract methods? cdf, isf, ppf, sf, support"):
        Half()
    with pytest.raises(TypeError, match=r"abstract methods? gain, owed"):
        Idle()
