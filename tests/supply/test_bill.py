"""The bill of materials and the licences are those of the lock and of what is installed."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.markers import Marker

ROOT = Path(__file__).resolve().parents[2]
PHRASES = {
    "Apache-2.0": "Apache License",
    "BSD-2-Clause": "Redistribution and use in source and binary forms",
    "BSD-3-Clause": "Redistribution and use in source and binary forms",
    "ISC": "Permission to use, copy, modify",
    "MIT": "Permission is hereby granted, free of charge",
    "MPL-2.0": "Mozilla Public License",
    "PSF-2.0": "PYTHON SOFTWARE FOUNDATION LICENSE",
}


@pytest.fixture(scope="module")
def supply() -> ModuleType:
    """tools/supply.py as a module."""
    spec = importlib.util.spec_from_file_location("supply", ROOT / "tools" / "supply.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["supply"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    """The bill of materials as committed."""
    found: dict[str, Any] = json.loads((ROOT / "docs" / "sbom.cdx.json").read_text("utf-8"))
    return found


def test_the_bill_names_what_is_locked(bill: dict[str, Any]) -> None:
    """Names, versions and every hash are those of requirements.lock, read here a second way."""
    text = (ROOT / "requirements.lock").read_text("utf-8")
    blocks = re.split(r"\n(?=\S)", text.strip())
    locked = {
        block.partition("==")[0]: (
            re.split(r"[ ;\\]", block.partition("==")[2])[0],
            sorted(re.findall(r"sha256:(\w{64})", block)),
        )
        for block in blocks
    }
    assert len(locked) == text.count("==") - text.count(" == ")
    assert all(hashes for _, hashes in locked.values())
    billed = {
        c["name"]: (c["version"], sorted(h["content"] for h in c["hashes"]))
        for c in bill["components"]
    }
    assert billed == locked


def test_the_bill_is_a_graph_of_itself(bill: dict[str, Any]) -> None:
    """Every reference is of a component, and what is required is reached from the program."""
    refs = {c["bom-ref"]: c for c in bill["components"]}
    graph = {d["ref"]: d["dependsOn"] for d in bill["dependencies"]}
    assert graph.keys() == refs.keys() | {"sim"}
    reached, waiting = set(), list(graph["sim"])
    while waiting:
        ref = waiting.pop()
        if ref not in reached:
            reached.add(ref)
            waiting += graph[ref]
    required = {ref for ref, c in refs.items() if c["scope"] == "required"}
    assert {"numpy", "scipy", "typer", "pyarrow"} <= {refs[ref]["name"] for ref in required}
    assert required == reached


def test_it_is_made_anew_byte_for_byte(supply: ModuleType, bill: dict[str, Any]) -> None:
    """`make sbom` would write the same bill and the same table."""
    packages = supply.locked((ROOT / "requirements.lock").read_text("utf-8"))
    for package in packages:
        if (
            package.marker
            and not Marker(package.marker).evaluate()
            and "win32" not in package.marker
        ):
            pytest.skip(f"{package.name} is not for this Python, so what it needs is not known")
    made = supply.bill(packages)
    assert supply.written(made) == (ROOT / "docs" / "sbom.cdx.json").read_text("utf-8")
    page = (ROOT / "docs" / "supply.md").read_text("utf-8")
    assert supply.page(page, made) == page


def test_every_licence_is_allowed(supply: ModuleType, bill: dict[str, Any]) -> None:
    """Each package has a licence, and each licence that it names may be used."""
    for component in bill["components"]:
        (licence,) = component["licenses"]
        assert supply.parts(licence["expression"]) <= supply.ALLOWED, component["name"]


def test_a_licence_that_is_not_allowed_is_refused(
    supply: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package with another licence, or with none, stops the bill, by name."""
    packages = supply.locked((ROOT / "requirements.lock").read_text("utf-8"))
    assert supply.refused(packages) == []
    monkeypatch.setitem(supply.SAID, "rich", "MIT OR GPL-3.0-only")
    monkeypatch.delitem(supply.SAID, "scipy")
    assert supply.refused(packages) == [
        "rich: GPL-3.0-only is not in ALLOWED",
        "scipy: no licence is known; read its licence file, see SAID",
    ]


def licence_texts(name: str) -> str:
    """What a package's licence files say; "" when it is not installed or ships none."""
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return ""
    its = [f for f in files if re.search(r"licen[cs]e|copying", f.name, re.IGNORECASE)]
    inside = [f for f in its if ".dist-info" in str(f)]
    return "\n".join(Path(str(f.locate())).read_text("utf-8", "replace") for f in inside)


def test_the_licence_files_say_the_same(bill: dict[str, Any]) -> None:
    """Every licence named has its own words in the files that the package installed."""
    looked_at = 0
    for component in bill["components"]:
        expression = component["licenses"][0]["expression"]
        text = licence_texts(component["name"])
        if text and " " not in expression:
            assert PHRASES[expression].lower() in " ".join(text.split()).lower(), component["name"]
            looked_at += 1
    assert looked_at > len(bill["components"]) // 2


def test_what_needs_no_help_gets_none(supply: ModuleType) -> None:
    """The table of licences read by hand holds only packages whose metadata does not say it."""
    for name in supply.SAID:
        try:
            assert distribution(name).metadata.get("License-Expression") is None, name
        except PackageNotFoundError:
            assert name == "colorama"
