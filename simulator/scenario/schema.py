"""JSON Schema of a scenario file, by which editors complete and check while one types."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from simulator.scenario.csv_lists import SECTIONS
from simulator.scenario.model import Scenario
from simulator.scenario.numbers import Quantity, Uncertain
from simulator.scenario.shape import LAYER_KEYS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Json = dict[str, Any]

_BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
_ANY_AMOUNT = 1e15
"""The bound of every number of the model; as a hint to an editor it would be noise."""

_CHANGED = "Changed"
"""Put before the name of a table, as it may stand in a scenario that extends another."""

_REMOVE: Json = {"const": True, "description": "takes away what the extended scenario has here"}
_LIST_FILE = r"\.(csv|xlsx|xlsx#.+)$"
"""A CSV, a workbook, or one sheet of a workbook."""
_FILE: Json = {"type": "string", "pattern": r"\.toml$"}
_LAYERS: tuple[Json, ...] = (
    {"description": "the scenario that this one changes; keys of this file win", **_FILE},
    {
        "description": "rates and laws made by `sim calibrate`; keys of this file win",
        "anyOf": [_FILE, {"type": "array", "items": _FILE, "minItems": 1, "maxItems": 16}],
    },
    {
        "description": "rates of one's own up to known_on, which take precedence over start and "
        "observed",
        "type": "string",
        "pattern": _LIST_FILE,
    },
)


class _Generator(GenerateJsonSchema):
    """pydantic's schema with numbers as TOML has them: never in quotes."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        bounds = {name: schema[name] for name in _BOUNDS if name in schema}  # type: ignore[literal-required]
        return {"type": "number", **bounds}

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Years are the keys of TOML tables as text."""
        found = super().dict_schema(schema)
        if (
            "int" in str(schema.get("keys_schema", {}).get("type"))
            and "additionalProperties" in found
        ):
            found["patternProperties"] = {r"^\d{4}$": found.pop("additionalProperties")}
        return found

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """TOML has no null: an optional key is simply absent."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Defaults of plain values only; whole models as defaults would repeat their tables."""
        inner = self.generate_inner(schema["schema"])
        default = schema.get("default")
        if isinstance(default, Quantity | Uncertain) and default.value is not None:
            default = default.value
        if isinstance(default, Decimal):
            default = int(default) if default == int(default) else float(default)
        shown = isinstance(default, str | float | int) and default != ""
        return {**inner, "default": default} if shown else inner


def json_schema() -> Json:
    """JSON Schema (draft 2020-12) of the TOML that `read_scenario` accepts.

    It allows the name of a CSV or workbook for posts, post_changes, pledges and published, plain
    numbers where a number may carry its provenance or a law, and policies, laws and copulas by
    their bare name.
    A scenario that extends another may leave out what that one has, and remove parts of it.
    """
    schema = Scenario.model_json_schema(schema_generator=_Generator)
    definitions: Json = schema.pop("$defs")
    definitions = {name: _tidy(one) for name, one in definitions.items()}
    for name in ("Quantity", "Uncertain"):
        definitions[name] = _or_plain(definitions[name], {"type": "number"})
    properties: Json = _tidy({"properties": schema["properties"]})["properties"]
    for section in SECTIONS:
        text = "a CSV file or workbook beside the scenario, its columns named as the keys"
        list_file = {"type": "string", "pattern": _LIST_FILE, "description": text}
        properties[section] = _or_plain(properties[section], list_file)
    properties["exchange"] = _or_bare_name(properties["exchange"], definitions)
    parent, correlation = definitions["Parent"], definitions["Correlation"]
    for table, key in ((parent, "policy"), (correlation, "copula")):
        table["properties"][key] = _or_bare_name(table["properties"][key], definitions)
    share = {"anyOf": [{"type": "string"}, {"type": "number", "minimum": 0, "maximum": 1}]}
    for table, key in ((parent, "share"), (definitions["Split"], "in_budget_currency")):
        table["properties"][key] = {
            **{name: table["properties"][key][name] for name in ("description", "unit")},
            **share,
        }
    required = [name for name in schema["required"] if name != "name"]
    whole = {"properties": properties, "required": required}
    definitions |= _changed(definitions, whole)
    return {
        "$schema": DIALECT,
        "title": "Scenario",
        "description": "A budget, what is uncertain about it, and how to draw it.",
        "type": "object",
        "properties": dict(zip(LAYER_KEYS, _LAYERS, strict=True)) | _changes(properties, required),
        "required": ["title"],
        "additionalProperties": False,
        "if": {"required": ["extends"]},
        "else": {"$ref": "#/$defs/Whole"},
        "$defs": {**dict(sorted(definitions.items())), "Whole": whole},
    }


def _changed(definitions: Json, whole: Json) -> Json:
    """Every table as it may stand in a scenario that extends another: nothing is required."""
    found: Json = {_CHANGED + name: _as_change(one) for name, one in definitions.items()}
    for entry in _entries([definitions, whole]):
        found[_CHANGED + entry]["properties"]["remove"] = _REMOVE
    removal = {"type": "object", "properties": {"remove": _REMOVE}, "required": ["remove"]}
    return {**found, "Removal": {**removal, "additionalProperties": False}}


def _entries(node: Any) -> set[str]:  # noqa: ANN401 - JSON of any shape
    """Names of the tables that stand in lists."""
    if isinstance(node, list):
        return {name for one in node for name in _entries(one)}
    if not isinstance(node, dict):
        return set()
    found = {name for one in node.values() for name in _entries(one)}
    items = node.get("items")
    return found | ({items["$ref"].rpartition("/")[2]} if items and "$ref" in items else set())


def _as_change(node: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    """A table of which any part may be left out, and any that need not be there be removed."""
    if isinstance(node, list):
        return [_as_change(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _as_change(one) for key, one in node.items() if key != "required"}
    if isinstance(reference := node.get("$ref"), str):
        kept["$ref"] = reference.replace("#/$defs/", f"#/$defs/{_CHANGED}")
    if isinstance(properties := node.get("properties"), dict):
        kept["properties"] = _changes(properties, node.get("required", []))
    if isinstance(names := kept.get("additionalProperties"), dict):
        kept["additionalProperties"] = _or_removed(names)
    if "patternProperties" in kept:
        patterns = kept["patternProperties"].items()
        kept["patternProperties"] = {pattern: _or_removed(one) for pattern, one in patterns}
    return kept


def _changes(properties: Json, required: list[str]) -> Json:
    """Keys of a table; those that it can do without may be removed."""
    changes = {name: _as_change(one) for name, one in properties.items()}
    return {
        name: one if name in required or "const" in one else _or_removed(one)
        for name, one in changes.items()
    }


def _or_removed(schema: Json) -> Json:
    return {"anyOf": [schema, {"$ref": "#/$defs/Removal"}]}


def _tidy(node: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    """Without pydantic's titles and discriminators, which say nothing to an editor's user."""
    if isinstance(node, list):
        return [_tidy(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept: Json = {}
    for key, value in node.items():
        if key == "properties":
            kept[key] = {name: _tidy(one) for name, one in value.items()}
        elif key in _BOUNDS:
            if abs(float(value)) < _ANY_AMOUNT:
                kept[_BOUNDS[key]] = float(value) if node["type"] == "number" else int(value)
        elif not (key == "title" and isinstance(value, str)) and key != "discriminator":
            kept[key] = _tidy(value)
    if kept.get("maxLength") == Scenario.model_config.get("str_max_length"):
        del kept["maxLength"]
    if "patternProperties" in kept:
        kept["additionalProperties"] = False
        kept.pop("propertyNames", None)
    return kept


def _or_plain(schema: Json, alternative: Json) -> Json:
    """`schema` or the plain form of the same thing, the description outside."""
    description = schema.get("description")
    inner = {key: value for key, value in schema.items() if key != "description"}
    either: Json = {"anyOf": [alternative, inner]}
    return {"description": description, **either} if description else either


def _or_bare_name(schema: Json, definitions: Json) -> Json:
    """A union of tables, or the name of one of them that needs nothing more."""
    names: list[str] = []
    for one in schema["oneOf"]:
        table = definitions[one["$ref"].rpartition("/")[2]]
        key = "kind" if "kind" in table["properties"] else "law"
        if not table.get("required"):
            names.append(table["properties"][key]["const"])
        table["required"] = [key, *table.get("required", [])]
    said = {"description": schema["description"]}
    return {**said, "anyOf": [{"enum": names}, *schema["oneOf"]]}
