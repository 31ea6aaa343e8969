"""Write what the program is made of: docs/sbom.cdx.json and the tables of docs/supply.md.

    make sbom

The bill of materials is CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/): every package of
requirements.lock with its version, all hashes of the lock, its licence, and who needs it. The same
lock gives the same bytes: there is no clock in it, and its serial number follows from its contents.
Versions and hashes come from the lock, licences and needs from the metadata of what is installed.

A licence that is not allowed, or not known, stops it: look at the package's licence file, then add
it to ALLOWED or SAID.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
BILL = ROOT / "docs" / "sbom.cdx.json"
PAGE = ROOT / "docs" / "supply.md"

ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MPL-2.0",
    "PSF-2.0", "Zlib",
}  # fmt: skip
"""Licences of packages that may be needed; none asks anything of a program that imports them."""

SAID = {
    "axe-playwright-python": "MIT",  # axe-core inside it: MPL-2.0, used in tests, not passed on
    "babel": "BSD-3-Clause",
    "colorama": "BSD-3-Clause",  # Windows only
    "coverage": "Apache-2.0",
    "currencyconverter": "Apache-2.0",
    "editables": "MIT",
    "jinja2": "BSD-3-Clause",
    "locket": "BSD-2-Clause",
    "markdown-it-py": "MIT",
    "mdurl": "MIT",
    "partd": "BSD-3-Clause",
    "pathspec": "MPL-2.0",
    "pluggy": "MIT",
    "psutil": "BSD-3-Clause",
    "pyyaml": "MIT",
    "rich": "MIT",
    "scipy": "BSD-3-Clause",
    "shellingham": "ISC",
    "sortedcontainers": "Apache-2.0",
    "tornado": "Apache-2.0",
    "trove-classifiers": "Apache-2.0",
    "vl-convert-python": "BSD-3-Clause",
    "zict": "BSD-3-Clause",
}
"""Read off the licence file where the metadata has no SPDX expression."""

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)(?: ; ([^\\]+?))? \\$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(slots=True)
class Package:
    """A package of the lock."""

    name: str
    version: str
    marker: str
    hashes: list[str]

    @property
    def ref(self) -> str:
        """Its name in the bill, a package URL."""
        return f"pkg:pypi/{canonicalize_name(self.name)}@{self.version}"


def locked(text: str) -> list[Package]:
    """The packages of a lock, in its order."""
    packages: list[Package] = []
    for line in text.splitlines():
        if pin := _PIN.match(line):
            packages.append(Package(pin[1], pin[2], pin[3] or "", []))
        elif found := _HASH.search(line):
            packages[-1].hashes.append(found[1])
    return packages


def licence(name: str) -> str | None:
    """The licence of a package as an SPDX expression; None when nobody said."""
    key = canonicalize_name(name)
    if key in SAID:
        return SAID[key]
    try:
        return distribution(name).metadata.get("License-Expression")
    except PackageNotFoundError:
        return None


def parts(expression: str) -> set[str]:
    """The licences that an expression names."""
    return set(re.split(r" (?:AND|OR) |[()]", expression)) - {""}


def needs(name: str, extras: Iterable[str] = ()) -> set[str]:
    """What a package asks for, with its extras, on any system; nothing when it is not installed."""
    try:
        asked = distribution(name).requires or []
    except PackageNotFoundError:
        return set()
    found = set()
    for requirement in map(Requirement, asked):
        wanted = re.search(r"extra == ['\"]([^'\"]+)", str(requirement.marker or ""))
        if wanted is None or wanted[1] in extras:
            found.add(canonicalize_name(requirement.name))
    return found


def reached(roots: Iterable[str], there: set[str]) -> set[str]:
    """Everything that `roots` ask for, themselves included, as far as the lock has it."""
    found: set[str] = set()
    waiting = [canonicalize_name(Requirement(root).name) for root in roots]
    while waiting:
        name = waiting.pop()
        if name in there and name not in found:
            found.add(name)
            waiting += needs(name)
    return found


def scopes(names: set[str]) -> dict[str, str]:
    """By package: `required` to run, `optional` for an extra, or `excluded`: development only."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    run = reached(project["dependencies"], names)
    extra = reached(
        [r for group in project["optional-dependencies"].values() for r in group], names
    )
    return {
        name: "required" if name in run else "optional" if name in extra else "excluded"
        for name in names
    }


def _component(package: Package, scope: str) -> dict[str, Any]:
    expression = licence(package.name)
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": package.ref,
        "name": package.name,
        "version": package.version,
        "scope": scope,
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in package.hashes],
        "licenses": [{"expression": expression}] if expression else [],
        "purl": package.ref,
    }
    if package.marker:
        component["properties"] = [{"name": "sim:marker", "value": package.marker}]
    return component


def bill(packages: list[Package]) -> dict[str, Any]:
    """The bill of materials."""
    by_name = {canonicalize_name(package.name): package for package in packages}
    scope = scopes(set(by_name))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    top = "sim"
    own = {canonicalize_name(Requirement(r).name) for r in project["dependencies"]}
    graph = [{"ref": top, "dependsOn": sorted(by_name[n].ref for n in own & by_name.keys())}]
    graph += [
        {
            "ref": package.ref,
            "dependsOn": sorted(by_name[n].ref for n in needs(package.name) & by_name.keys()),
        }
        for package in packages
    ]
    contents = {
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": top,
                "name": project["name"],
                "description": project["description"],
                "licenses": [{"expression": project["license"]}],
            }
        },
        "components": [_component(p, scope[canonicalize_name(p.name)]) for p in packages],
        "dependencies": graph,
    }
    name = json.dumps(contents, sort_keys=True)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, name)}",
        "version": 1,
        **contents,
    }


def written(contents: dict[str, Any]) -> str:
    """The bill as text."""
    return json.dumps(contents, indent=1, ensure_ascii=False) + "\n"


def table(contents: dict[str, Any]) -> str:
    """Packages with version, licence and what they are for, as Markdown."""
    words = {"required": "to run", "optional": "an extra", "excluded": "development"}
    rows = ["| package | version | licence | needed |", "|---|---|---|---|"]
    for scope, what in words.items():
        for one in contents["components"]:
            if one["scope"] == scope:
                its = one["licenses"][0]["expression"] if one["licenses"] else "?"
                rows.append(f"| {one['name']} | {one['version']} | {its} | {what} |")
    return "\n".join(rows)


def page(text: str, contents: dict[str, Any]) -> str:
    """The page with its table made anew."""
    begin, end = "<!-- made by make sbom -->\n", "\n<!-- end -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}{table(contents)}{end}{after}"


def refused(packages: list[Package]) -> list[str]:
    """What is wrong with licences, in words."""
    wrong: list[str] = []
    for package in packages:
        expression = licence(package.name)
        if expression is None:
            wrong.append(f"{package.name}: no licence is known; read its licence file, see SAID")
        elif strange := parts(expression) - ALLOWED:
            wrong.append(f"{package.name}: {', '.join(sorted(strange))} is not in ALLOWED")
    return wrong


def main() -> int:
    """Check the licences and write; the exit code."""
    packages = locked(LOCK.read_text(encoding="utf-8"))
    if wrong := refused(packages):
        print(*wrong, sep="\n", file=sys.stderr)
        return 1
    contents = bill(packages)
    BILL.write_text(written(contents), encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), contents), encoding="utf-8")
    print(f"{BILL.relative_to(ROOT)}: {len(packages)} packages, every licence allowed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
