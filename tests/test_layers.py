"""The layers of ARCHITECTURE.md, held by reading every import."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "simulator"

LAYERS = (
    ("errors",),
    ("files", "units"),
    ("sheets",),
    ("tables", "history", "findings", "special"),
    ("scenario",),
    ("budget", "sampling", "analysis", "store"),
    ("engine", "render"),
    ("runs",),
    ("cli",),
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
DOORS = ("__init__", "__main__")  # the package's own: they may see everything


def part_of(path: Path) -> str:
    """The part of the package that a file belongs to: `scenario`, `units`."""
    inside = path.relative_to(PACKAGE).parts
    return inside[0].removesuffix(".py")


def imports(path: Path, text: str | None = None) -> set[str]:
    """Every module that a file imports, wherever in the file, for types only or not."""
    package = path.relative_to(ROOT).parent.parts
    tree = ast.parse(path.read_text() if text is None else text)
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return found


def parts_imported(path: Path) -> set[str]:
    """Parts of the package that a file imports, its own excepted."""
    names = {name.split(".")[1] for name in imports(path) if name.startswith("simulator.")}
    return {name for name in names if name in LEVEL and name != part_of(path)}


FILES = sorted(PACKAGE.rglob("*.py"))


def test_every_part_has_a_layer() -> None:
    """A new folder or module of the package is given a layer before it is used."""
    parts = {part_of(path) for path in FILES} - set(DOORS)
    assert parts == set(LEVEL)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_only_go_down(path: Path) -> None:
    """A file imports from lower layers only; parts on one row do not know each other."""
    part = part_of(path)
    if part in DOORS:
        return
    wrong = {name for name in parts_imported(path) if LEVEL[name] >= LEVEL[part]}
    assert not wrong


def test_the_reader_of_imports_sees_every_form() -> None:
    """Relative, aliased, nested and type-only imports are all found."""
    text = (
        "from . import sibling\nfrom ..budget import x as y\nimport simulator.store.manifest\n"
        "def f():\n    from simulator import runs\n"
    )
    found = imports(PACKAGE / "render" / "made_up.py", text)
    assert {
        "simulator.render.sibling",
        "simulator.budget",
        "simulator.store.manifest",
        "simulator.runs",
    } <= found


def loaded_after(code: str) -> set[str]:
    """Top names of the modules that a fresh interpreter has loaded after running `code`."""
    report = f"{code}\nimport sys\nprint(*sorted({{m.split('.')[0] for m in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_reading_a_scenario_needs_no_arrays() -> None:
    """`sim validate`, `sim tie-out` and the histories load neither numpy, scipy nor pyarrow."""
    code = "import simulator.scenario.read, simulator.budget.tieout\n" + "\n".join(
        f"import simulator.history.{path.stem}" for path in (PACKAGE / "history").glob("*.py")
    )
    assert not loaded_after(code) & {"numpy", "scipy", "pyarrow"}


def test_a_run_never_loads_scipy_stats() -> None:
    """`scipy.special` serves; `scipy.stats` would cost 0.7 s."""
    code = (
        "import simulator.runs, simulator.engine, simulator.cli\nimport sys\n"
        "assert 'scipy.stats' not in sys.modules, 'scipy.stats is loaded'"
    )
    assert "numpy" in loaded_after(code)
