"""The JSON Schema for editors: the shipped file is current, and it accepts what is valid."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from simulator.scenario.model import Scenario
from simulator.scenario.schema import json_schema
from simulator.scenario.shape import LAYER_KEYS
from simulator.scenario.template import new_scenario

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "docs" / "scenario.schema.json"
SCENARIOS = sorted(
    path
    for path in (ROOT / "scenarios").rglob("*.toml")
    if "[sampling]" in (text := path.read_text(encoding="utf-8")) or "extends" in text
)
TEXT = (Path(__file__).parent / "small.toml").read_text(encoding="utf-8")
TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int,
    "number": (int, float),
}  # fmt: skip


def as_json(value: Any) -> Any:
    """TOML's values as an editor sees them: dates are text."""
    if isinstance(value, dict):
        return {key: as_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_json(one) for one in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def faults(schema: Any, value: Any, root: Any, at: str = "") -> list[str]:
    """What a validator of the keywords that our schema uses would object to."""
    found: list[str] = []
    if "$ref" in schema:
        found += faults(root["$defs"][schema["$ref"].rpartition("/")[2]], value, root, at)
    if "if" in schema and faults(schema["if"], value, root, at):
        found += faults(schema["else"], value, root, at)
    if "anyOf" in schema:
        tries = [faults(one, value, root, at) for one in schema["anyOf"]]
        found += max(tries, key=lambda one: len(one[0].partition(":")[0])) if all(tries) else []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} not in {schema['enum']}")
    if "const" in schema and value != schema["const"]:
        found.append(f"{at}: {value!r} is not {schema['const']!r}")
    kind = schema.get("type")
    if kind and (
        not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")
    ):
        return [*found, f"{at}: {kind} expected, found {value!r}"]
    if isinstance(value, dict):
        found += _object_faults(schema, value, root, at)
    if isinstance(value, list):
        found += [f"{at}: too short"] if len(value) < schema.get("minItems", 0) else []
        found += [f"{at}: too long"] if len(value) > schema.get("maxItems", len(value)) else []
        for index, one in enumerate(value):
            found += faults(schema.get("items", {}), one, root, f"{at}[{index}]")
    if isinstance(value, str):
        found += [] if re.search(schema.get("pattern", ""), value) else [f"{at}: pattern"]
    if isinstance(value, int | float) and not isinstance(value, bool):
        found += [f"{at}: too small"] if value < schema.get("minimum", value) else []
        found += [f"{at}: too large"] if value > schema.get("maximum", value) else []
        found += [f"{at}: too small"] if value <= schema.get("exclusiveMinimum", value - 1) else []
    return found


def _object_faults(schema: Any, value: dict[str, Any], root: Any, at: str) -> list[str]:
    found = [f"{at}.{key}: missing" for key in schema.get("required", []) if key not in value]
    for key, one in value.items():
        known = schema.get("properties", {})
        patterns = schema.get("patternProperties", {})
        matching = [below for pattern, below in patterns.items() if re.search(pattern, key)]
        if key in known:
            matching.append(known[key])
        if not matching:
            other = schema.get("additionalProperties", {})
            if other is False:
                found.append(f"{at}.{key}: unknown")
                continue
            matching.append(other)
        for below in matching:
            found += faults(below, one, root, f"{at}.{key}")
    return found


def faults_of(text: str) -> list[str]:
    """Faults of a TOML text by the schema."""
    schema = json_schema()
    return faults(schema, as_json(tomllib.loads(text)), schema)


def test_the_shipped_schema_is_current() -> None:
    """docs/scenario.schema.json is what `sim schema` prints."""
    assert json.loads(SHIPPED.read_text(encoding="utf-8")) == json_schema()


def test_the_schema_knows_every_key_of_the_model() -> None:
    """Top-level keys are the model's, described by dialect and title."""
    schema = json_schema()
    assert set(schema["properties"]) == {*Scenario.model_fields, *LAYER_KEYS}
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "Scenario"
    assert schema["required"] == ["title"]
    whole = schema["$defs"]["Whole"]
    assert set(whole["properties"]) == set(Scenario.model_fields)
    assert "name" not in whole["required"]
    assert {"budget", "parents", "lines", "sampling"} <= set(whole["required"])


def test_the_schema_uses_no_keyword_that_this_test_skips() -> None:
    """Every keyword is either checked here or says nothing about validity."""
    known = {
        "$ref", "anyOf", "enum", "const", "type", "properties", "patternProperties",
        "additionalProperties", "required", "items", "minItems", "maxItems", "pattern", "minimum",
        "maximum", "exclusiveMinimum", "$schema", "$defs", "title", "description", "default",
        "format", "minLength", "maxLength", "minProperties", "maxProperties", "propertyNames",
        "prefixItems", "if", "else", "unit",
    }  # fmt: skip
    used: set[str] = set()

    def walk(node: Any, names: bool) -> None:
        if isinstance(node, dict):
            used.update(() if names else node)
            for key, below in node.items():
                is_names = not names and key in ("properties", "patternProperties", "$defs")
                if names or key not in ("default", "enum", "const", "required"):
                    walk(below, is_names)
        elif isinstance(node, list):
            for below in node:
                walk(below, False)

    walk(json_schema(), False)
    assert used <= known


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name)
def test_shipped_scenarios_fit_the_schema(path: Path) -> None:
    """An editor that uses the schema marks nothing in our own scenarios."""
    assert faults_of(path.read_text(encoding="utf-8")) == []


def test_the_small_scenario_and_the_template_fit_the_schema() -> None:
    """Numbers plain or as tables, policies by name, lists of tables."""
    assert faults_of(TEXT) == []
    assert faults_of(new_scenario("x")) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('share = "0.55"', "share = 1.5", ".parents.A.share"),
        ('policy = "recosted"', 'policy = "forward"', ".parents.A.policy"),
        ('policy = "recosted"', 'policy = "recost"', ".parents.A.policy"),
        ("seed = 0", "sead = 0", ".sampling"),
        ("seed = 0", 'seed = "0"', ".sampling.seed"),
        ("draws = 512", "draws = 0", ".sampling.draws"),
        ('assessed_in = "USD"', 'assessed_in = "usd"', ".parents.A.assessed_in"),
        ("budget = 0.80", 'budget = "0.80"', ".rates.eur_per_usd.budget"),
        ("quantum = 0.1", "quantum = 0", ".published[0].quantum"),
        ("2031 = 1.02", "first = 1.02", ".lines.staff.recosting.first"),
        ("[rates.eur_per_usd]", "[rates.EURUSD]", ".rates.EURUSD"),
        ("[windows.I]", '[windows."I II"]', ".windows.I II"),
    ],
)
def test_the_schema_marks_slips(old: str, new: str, fault: str) -> None:
    """What `sim validate` would refuse by its shape is marked while one types."""
    assert TEXT.count(old) == 1
    found = faults_of(TEXT.replace(old, new))
    assert found
    assert found[0].startswith(fault)


CHANGES = """
extends = "base.toml"
law_file = ["laws/2031.toml"]
title = "Another"
published = []
posts = [{ office = "Here", posts = 3 }, { office = "There", remove = true }]
pledges = [{ name = "one", amount = { p50 = 3 } }, { name = "two", remove = true }]
[parents]
A.policy.cover = 0.5
B.remove = true
[lines.travel]
exposure = { eur_per_usd = { remove = true } }
price_error.normal.sd = 0.5
recosting.2031.remove = true
growth = [{ name = "less", amount = 3 }, { name = "more travel", remove = true }]
[rates.eur_per_dkk]
pegged = { remove = true }
[exchange]
volatility = { eur_per_usd = { source = "a bank" } }
[correlation.matrix]
"rates.eur_per_usd" = { remove = true }
[inflows]
remove = true
[sampling]
seed = 3
leading = { remove = true }
"""


def test_a_scenario_that_extends_another_fits_the_schema() -> None:
    """It leaves out what the other has, and removes what need not be there."""
    assert faults_of(CHANGES) == []
    assert faults_of(CHANGES.replace('["laws/2031.toml"]', '"laws/2031.toml"')) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('title = "Another"', "", ".title: missing"),
        ('extends = "base.toml"', "", ".known_on: missing"),
        ('"base.toml"', '"base.csv"', ".extends: pattern"),
        ('"base.toml"', "5", ".extends: string"),
        ('["laws/2031.toml"]', "5", ".law_file"),
        ("[inflows]\nremove = true", "[inflows]\nremove = false", ".inflows.remove"),
        ("[inflows]\nremove = true", "remove = true", ".correlation"),
        ("seed = 3", "seed = { remove = true }", ".sampling.seed"),
        ("A.policy.cover = 0.5", "A.polcy.cover = 0.5", ".parents.A"),
        ("p50 = 3", "p50 = '3'", ".pledges"),
    ],
)  # fmt: skip
def test_the_schema_marks_slips_in_changes(old: str, new: str, fault: str) -> None:
    """What a change may not say, and what stands alone in a scenario that extends nothing."""
    assert CHANGES.count(old) == 1
    found = faults_of(CHANGES.replace(old, new))
    assert any(one.startswith(fault) for one in found)


@pytest.mark.parametrize("section", ["posts", "post_changes", "pledges", "published"])
def test_a_list_may_name_a_file(section: str) -> None:
    """`posts = "posts.csv"` is as good as [[posts]], and so is a workbook; a number is not."""
    schema = json_schema()
    for name in ("lists/some.csv", "some.xlsx", "some.xlsx#Post changes"):
        assert faults(schema["properties"][section], name, schema) == []
    for name in ("some.ods", "some.csv#Posts", "some.xlsx#"):
        assert faults(schema["properties"][section], name, schema)
    assert faults(schema["properties"][section], 5, schema)


@pytest.mark.skipif(importlib.util.find_spec("jsonschema") is None, reason="jsonschema is optional")
def test_a_full_validator_agrees() -> None:
    """Where the jsonschema package is installed, it accepts the schema and our scenarios."""
    jsonschema = importlib.import_module("jsonschema")
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for text in (
        TEXT,
        CHANGES,
        new_scenario("x"),
        *(path.read_text("utf-8") for path in SCENARIOS),
    ):
        jsonschema.validate(as_json(tomllib.loads(text)), schema)
