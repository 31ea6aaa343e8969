"""The mutants that `make mutate` tries, on small texts; and the reasons given for survivors."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def mutants() -> Iterator[ModuleType]:
    """tools/mutants.py as a module."""
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import mutants as module

        yield module
    finally:
        sys.path.remove(str(ROOT / "tools"))


def changed(mutants: ModuleType, text: str, call: str) -> dict[str, object]:
    """By change, what `call` gives with it; the name of the error where it raises one."""
    found: dict[str, object] = {}
    for one in mutants.mutants_of(text, "a.py"):
        names: dict[str, object] = {}
        try:
            exec(mutants.mutated(text, one.number, "a.py"), names)  # noqa: S102 - our own text
            found[one.change] = eval(call, names)  # noqa: S307
        except Exception as error:  # noqa: BLE001 - whatever a wrong program does
            found[one.change] = type(error).__name__
    return found


def test_each_mutant_is_one_change(mutants: ModuleType) -> None:
    """Signs, numbers, results: of 7 − 2·3 = 1 every change gives something else."""
    found = changed(mutants, "def f(a):\n    return a - 2 * 3\n", "f(7)")
    assert found == {
        "Sub → Add": 13, "Mult → Div": 7 - 2 / 3, "2 → 3": -2, "3 → 4": -1, "returns None": None,
    }  # fmt: skip


def test_conditions_are_turned_and_words_changed(mutants: ModuleType) -> None:
    """A comparison, its bound, `and`, a bare condition, a raise."""
    text = (
        "def f(a, b):\n    if a < 5 and b:\n        return 'low'\n"
        "    if not b:\n        raise KeyError(a)\n    return max(a, 9)\n"
    )
    inside = changed(mutants, text, "f(5, True)")
    assert inside["Lt → LtE"] == inside["5 → 6"] == inside["And → Or"] == "low"
    assert inside["max → min"] == 5
    assert inside["Not dropped"] == "KeyError"
    assert inside["9 → 10"] == 10
    other = changed(mutants, text, "f(1, False)")
    assert (other["And → Or"], other["no raise"]) == ("low", 9)
    assert changed(mutants, text, "f(1, True)")["'low' → 'lowX'"] == "lowX"


def test_what_is_not_computed_is_left_alone(mutants: ModuleType) -> None:
    """Annotations, docstrings, sentences, types."""
    text = (
        '"""Words."""\nfrom typing import Literal\nEither = int | str\nKind = Literal["a", "b"]\n'
        'def f(a: "int | None" = None) -> "str":\n    """More words."""\n    print("a sentence")\n'
    )
    assert [one.change for one in mutants.mutants_of(text, "a.py")] == ["no call"]


def test_a_mutant_keeps_lines_and_functions(mutants: ModuleType) -> None:
    """Its id names the function and the place, so a survivor can be found."""
    text = "X = 1\nclass A:\n    def f(self):\n        return 2\n"
    ids = [one.id for one in mutants.mutants_of(text, "a.py")]
    assert ids == [
        "a.py::<module>::1:4 1 → 2", "a.py::A.f::4:8 returns None", "a.py::A.f::4:15 2 → 3",
    ]  # fmt: skip


def test_a_number_past_the_last_is_refused(mutants: ModuleType) -> None:
    """There is no mutant of that number."""
    with pytest.raises(IndexError):
        mutants.mutated("X = 1\n", 1, "a.py")


def test_every_reason_is_of_a_mutant_that_there_is(mutants: ModuleType) -> None:
    """A line that was changed takes its reason with it: the survivor has to be looked at again."""
    text = (ROOT / "tools" / "mutation_reasons.toml").read_text("utf-8")
    reasons = tomllib.loads(text)["survivor"]
    for one in reasons:
        source = (ROOT / one["file"]).read_text("utf-8")
        lines = source.splitlines()
        there = {
            m.change
            for m in mutants.mutants_of(source, one["file"])
            if lines[m.line - 1].strip() == one["line"]
        }
        assert set(one["changes"]) <= there, (one["file"], one["line"])
        assert one["kind"] in ("same", "other")
        assert one["why"]
