"""What holds for merging any layers."""

from __future__ import annotations

import tempfile
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.scenario.entries import names_of
from simulator.scenario.fingerprint import fingerprint, to_toml
from simulator.scenario.merge import lay
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Provenance
from simulator.scenario.origins import Origin, Part, TomlSource
from simulator.scenario.read import read_layers, read_scenario, scenario_from_dict
from simulator.scenario.shape import is_model, is_number, step

TEXT = (Path(__file__).parent / "small.toml").read_text(encoding="utf-8")
DATA: dict[str, Any] = tomllib.loads(TEXT, parse_float=Decimal)
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
PROVENANCE = tuple(Provenance.model_fields)


def part(value: dict[str, Any], name: str = "x") -> Part:
    """A layer of one file."""
    return Part(value, Origin(TomlSource(name, name)))


def over(above: dict[str, Any], below: dict[str, Any], *, strict: bool = True) -> dict[str, Any]:
    """One layer over another, without problems."""
    merged, problems = lay(part(above), part(below), base="below", strict=strict)
    assert problems == []
    value: dict[str, Any] = merged.value
    return value


def is_whole(types: tuple[Any, ...], value: Any) -> bool:
    """True for what is changed as a whole: numbers, plain values, plain lists."""
    if isinstance(value, list):
        return not any(isinstance(one, dict) for one in value)
    return not isinstance(value, dict) or is_number(types)


@st.composite
def parts_of(draw: st.DrawFn, data: Any, types: tuple[Any, ...], *, change: bool) -> Any:
    """Some keys of tables and entries of lists, as they are or with other plain numbers."""
    if is_whole(types, data):
        changed = change and is_number(types) and draw(st.booleans())
        return draw(st.integers(1, 9)) if changed else data
    if isinstance(data, list):
        chosen = [one for one in data if draw(st.booleans())] or data  # an empty one replaces
        names = names_of(step(types, 0)[0])
        return [
            {**draw(parts_of(one, step(types, 0), change=change)), **{k: one[k] for k in names}}
            for one in chosen
        ]
    kept = {key for key in data if draw(st.booleans())}
    if any(is_model(one) and issubclass(one, Provenance) for one in types) and not change:
        kept |= {key for key in data if key in PROVENANCE}  # a source goes with its numbers
    return {
        key: draw(parts_of(value, step(types, key), change=change))
        for key, value in data.items()
        if key in kept
    }


@PATIENT
@given(parts_of(DATA, (Scenario,), change=False))
def test_saying_again_what_is_there_changes_nothing(again: dict[str, Any]) -> None:
    """Any part of a scenario over that scenario, the empty part included, is that scenario."""
    assert over(again, DATA) == DATA
    assert over({}, DATA) == DATA


@PATIENT
@given(
    parts_of(DATA, (Scenario,), change=True),
    parts_of(DATA, (Scenario,), change=True),
)
def test_it_does_not_matter_which_two_are_laid_first(
    one: dict[str, Any], two: dict[str, Any]
) -> None:
    """(C over B) over A is C over (B over A)."""
    assert over(over(two, one, strict=False), DATA) == over(two, over(one, DATA))


@PATIENT
@given(parts_of(DATA, (Scenario,), change=True))
def test_what_a_layer_says_is_what_comes_out(change: dict[str, Any]) -> None:
    """A changed plain value stands in the merged tables, with the layer as its origin."""
    merged, _ = lay(part(change, "above"), part(DATA, "below"), base="below")

    def compare(value: Any, whole: Part, types: tuple[Any, ...]) -> None:
        if is_whole(types, value):
            expected = {"value": value} if is_number(types) and isinstance(whole.value, dict) else 0
            assert whole.value in (value, expected)
            assert whole.origin.source.file == "above"
        elif isinstance(value, dict):
            for key, one in value.items():
                compare(one, whole.at(key), step(types, key))

    compare(change, merged, (Scenario,))


CHANGES = {
    "sampling.seed": ["sampling.seed = 3", "sampling.seed = 0"],
    "sampling.draws": ["sampling.draws = 1024"],
    "start": [
        'rates.eur_per_usd.start = { value = 0.9, source = "a bank" }',
        "rates.eur_per_usd.start = 0.7",
        "rates.eur_per_usd.start.note = 'as told'",
    ],
    "rent": [
        "income.rent.estimate.pert.max = 40",
        "income.rent.estimate = { pert = { min = 1, mode = 2, max = 3 } }",
        "income.rent.title = 'Rent'",
    ],
    "sale": ["income.sale.estimate = 5", "income.sale = { estimate = 6, title = 'Sale' }"],
    "pledges": [
        'pledges = [{ name = "one", probability = 0.1 }]',
        'pledges = [{ name = "one", amount = { p50 = 101 } }, { name = "two", stage = "pledged" }]',
        'pledges = [{ name = "three", window = "I", currency = "DKK", amount = 5, '
        'stage = "signed", received = { 2031 = 1 } }]',
    ],
    "growth": [
        'lines.travel.growth = [{ name = "more travel", amount = 3 }]',
        'lines.travel.growth = [{ name = "less", amount = -3 }, '
        '{ name = "more travel", note = "x" }]',
    ],
    "matrix": [
        'correlation.matrix."inflation.euro"."rates.eur_per_usd" = -0.1',
        'correlation.matrix."rates.eur_per_usd"."inflation.euro" = 0.1',
    ],
    "exchange": ["exchange.per = 'year'", "exchange.measured_on = 'averages'"],
    "ceiling": ['thresholds = [{ name = "ceiling", amount = 7 }]'],
    "policy": ["parents.A.policy = 'budget_rate'", "parents.A.policy.kind = 'budget_rate'"],
}
changes = st.fixed_dictionaries(
    {}, optional={key: st.sampled_from(texts) for key, texts in CHANGES.items()}
).map(lambda chosen: "\n".join(chosen.values()))


def scenario_at(path: Path, extends: str, changes: str) -> Scenario:
    """A child with these changes, always under one name and title."""
    head = f'extends = "{extends}"\nname = "c"\ntitle = "C"\n'
    path.write_text(head + changes, encoding="utf-8")
    return read_scenario(path)


@PATIENT
@given(changes, changes)
def test_a_parent_written_out_in_full_gives_the_same_child(one: str, two: str) -> None:
    """c over b over a is c over the resolved b; and every resolved scenario reads back the same."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "a.toml").write_text(TEXT, encoding="utf-8")
        middle = scenario_at(folder / "b.toml", "a.toml", one)
        (folder / "full.toml").write_text(to_toml(middle), encoding="utf-8")
        once = scenario_at(folder / "c.toml", "b.toml", two)
        again = scenario_at(folder / "d.toml", "full.toml", two)
        assert again == once
        assert fingerprint(again) == fingerprint(once)


@PATIENT
@given(changes)
def test_the_resolved_scenario_reads_back_with_its_comments(change: str) -> None:
    """With the origin of each value behind it, the text is still the same scenario."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "a.toml").write_text(TEXT, encoding="utf-8")
        scenario = scenario_at(folder / "b.toml", "a.toml", change)
        text = to_toml(scenario, read_layers(folder / "b.toml").comment)
        assert fingerprint(scenario_from_dict(tomllib.loads(text, parse_float=Decimal))) == (
            fingerprint(scenario)
        )
        values = [line for line in text.splitlines() if " = " in line]
        assert all(line.rpartition("  # ")[2] for line in values)
        assert {line.rpartition("  # ")[2].partition(":")[0] for line in values} <= {
            "a.toml", "b.toml", "default",
        }  # fmt: skip
