"""The documents say what is so: outputs, commands, links, layers and words."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import re
import shlex
import shutil
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

from simulator.cli import app
from simulator.runs.check import problems_of_run
from simulator.scenario.read import read_scenario

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


def module_at(path: Path) -> ModuleType:
    """A script of `tools/` or another test, as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def name_of(path: Path) -> str:
    """A page in the name of its test."""
    return path.relative_to(ROOT).as_posix()


def described_commands() -> dict[str, set[str]]:
    """Commands of the program, each with its options."""
    group: Any = typer.main.get_command(app)
    return {
        name: {option for parameter in command.params for option in parameter.opts}
        for name, command in group.commands.items()
    }


def shown_lines(text: str) -> list[list[str]]:
    """`sim …` command lines of a document, split into words."""
    lines = re.findall(r"^(?:    |\$ )(sim [^\n#]*)", text, re.MULTILINE)
    return [shlex.split(line) for line in lines]


def pages() -> list[str]:
    """Those that show outputs, without the one whose pictures have a test of their own."""
    found = [name_of(path) for path in module_at(ROOT / "tools" / "readme.py").PAGES]
    assert "README.md" in found
    return [name for name in found if name != "docs/plots.md"]


@pytest.mark.parametrize("page", pages())
def test_a_page_shows_real_output(page: str) -> None:
    """Every output in the page is what the program prints today; `make readme` rewrites it."""
    tool = module_at(ROOT / "tools" / "readme.py")
    text = (ROOT / page).read_text(encoding="utf-8")
    assert tool.refreshed(text) == text


def test_the_readme_is_short() -> None:
    """A newcomer reads it to the end."""
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 150


def test_the_python_in_the_readme_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines under "From Python" give a contribution of the real budget, in dollars."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = text.partition("From Python:\n")[2].partition("\n## ")[0]
    code = [line[4:] for line in lines.splitlines() if line.startswith("    ")]
    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {}
    exec("\n".join(code[:-1]), names)  # noqa: S102 - our own README
    assert 25e6 < eval(code[-1], names) < 35e6  # noqa: S307


EXAMPLES = sorted(p for p in (ROOT / "simulator").rglob("*.py") if ">>> " in p.read_text())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_examples_in_docstrings_are_true(path: Path) -> None:
    """Every `>>>` in the program gives what stands below it."""
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    done = doctest.testmod(importlib.import_module(name))
    assert done.attempted > 0
    assert done.failed == 0


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_commands_in_documents_exist(path: Path) -> None:
    """A command line that a document shows names a command, options and files that exist."""
    known = described_commands()
    for words in shown_lines(path.read_text(encoding="utf-8")):
        command, *rest = words[1:]
        assert command in known, words
        assert {word for word in rest if word.startswith("-")} <= known[command], words
        for word in rest:
            if word.startswith("scenarios/"):
                assert list(ROOT.glob(word)), words


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_make_targets_in_documents_exist(path: Path) -> None:
    """A `make …` that a document names is a target of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = re.findall(
        r"(?:^    |`)make ((?:[A-Z]+=\S+ )*)([a-z]+)", path.read_text(), re.MULTILINE
    )
    assert {target for _, target in named} <= targets


def anchors(path: Path) -> set[str]:
    """Anchors of a page's headings, as forges make them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text(encoding="utf-8")), re.M)
    found: list[str] = []
    for heading in headings:
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower().strip()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        found.append(f"{slug}-{found.count(slug)}" if slug in found else slug)
    return set(found)


def dead_links(path: Path) -> list[str]:
    """Links of a page into the repository that lead nowhere: to no file, or to no heading."""
    dead = []
    for target in LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
        file, _, anchor = target.partition("#")
        place = path.parent / file if file else path
        if not place.exists() or (anchor and anchor not in anchors(place)):
            dead.append(target)
    return dead


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    """A link inside the repository leads to a file, and a heading, that is there."""
    assert dead_links(path) == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    """A missing file, a missing heading; not what a fenced block shows."""
    page = tmp_path / "page.md"
    page.write_text(
        "# Here\n## A `b` c\n## A `b` c\n[1](#here) [2](#a-b-c-1) [3](#there) [4](no.md)"
        " [5](page.md#here) [6](page.md#x)\n```\n# no\n[7](no.md)\n```\n[8](#no)\n"
    )
    assert dead_links(page) == ["#there", "no.md", "page.md#x", "#no"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_page_can_be_found(path: Path) -> None:
    """The index of docs/ leads to every page in it."""
    if path.parent == ROOT or path == ROOT / "docs" / "README.md":
        return
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    assert f"]({path.relative_to(ROOT / 'docs').as_posix()})" in index


SCENARIO_KEYS = module_at(ROOT / "tests" / "scenario" / "test_scenario_schema.py")


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_toml_in_documents_is_right(path: Path) -> None:
    """A block of TOML has keys and values that the schema knows, if only of a part of a file."""
    blocks = re.findall(r"^```toml\n(.*?)^```$", path.read_text(encoding="utf-8"), re.S | re.M)
    schema = SCENARIO_KEYS.json_schema() if blocks else {}
    for block in blocks:
        tables = SCENARIO_KEYS.as_json(tomllib.loads(block))
        if "actual" in tables:
            continue  # what happened: no scenario
        whole = {"extends": "another.toml", "title": "A part", **tables}
        assert SCENARIO_KEYS.faults(schema, whole, schema) == [], block


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_files_that_documents_name_exist(path: Path) -> None:
    """A path in code type, such as `store/folder.py`, is a file of the repository or a recipe's."""
    named = re.findall(r"`([\w./-]+/[\w.-]+\.(?:py|toml|md|csv|json))`", path.read_text())
    places = (ROOT, ROOT / "simulator")
    missing = [n for n in named if not any((place / n).exists() for place in places)]
    recipes = "".join(patch.read_text() for patch in (ROOT / "tests/recipes").glob("*.patch"))
    made = {*re.findall(r"^\+\+\+ b/(.*)$", recipes, re.MULTILINE)}
    assert [n for n in missing if not n.startswith("results/") and n not in made] == []


def test_the_architecture_draws_the_layers_that_are_tested() -> None:
    """The picture in ARCHITECTURE.md has the rows of `tests/test_layers.py`."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    picture = text.partition("## Layers")[2].partition("What follows")[0]
    rows = [line.strip() for line in picture.splitlines() if line.startswith("    ")]
    drawn = [tuple(re.split(r" \| ", re.split(r"\s{2,}", row)[0])) for row in rows]
    assert tuple(reversed(drawn)) == module_at(ROOT / "tests" / "test_layers.py").LAYERS


def whole_files(path: Path) -> list[tuple[str, str]]:
    """Scenarios that a page shows whole, over the shipped base: (file name, text)."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^```toml\n# (\S+\.toml)\n(.*?)^```$", text, re.S | re.M)
    return [(name, block) for name, block in blocks if 'extends = "base.toml"' in block]


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "how-to").glob("*.md")), ids=name_of)
def test_scenarios_in_how_to_pages_can_be_run(path: Path, tmp_path: Path) -> None:
    """A file that a page shows is valid as it stands beside the scenario that it extends."""
    shutil.copytree(ROOT / "scenarios", tmp_path, dirs_exist_ok=True)
    for name, block in whole_files(path):
        (tmp_path / name).write_text(block, encoding="utf-8")
        scenario = read_scenario(tmp_path / name)
        assert problems_of_run(scenario) == []


def test_the_tutorial_works_as_printed() -> None:
    """Each block, run in an empty folder with the installed `sim`, gives what is shown."""
    tool = module_at(ROOT / "tools" / "tutorial.py")
    text = tool.PAGE.read_text(encoding="utf-8")
    assert len(tool.BLOCK.findall(text)) >= 8
    assert tool.refreshed(text) == text


def test_every_command_has_help_with_an_example() -> None:
    """Help says what a command does and shows it at work, with options that exist."""
    known = described_commands()
    group: Any = typer.main.get_command(app)
    for name, command in group.commands.items():
        assert command.short_help, name
        examples = shown_lines(command.help.replace("\b", "").replace("\n  sim", "\n    sim"))
        assert examples, name
        for words in examples:
            assert words[1] in known, words
            used = {word for word in words[2:] if word.startswith("-")}
            assert used <= known[words[1]], words
        for parameter in command.params:
            assert parameter.name == "help" or parameter.help, (name, parameter.name)


def test_the_glossary_has_the_words_of_the_program() -> None:
    """Drivers, policies and stages that a user meets are explained."""
    from simulator.scenario.drivers import GROUPS
    from simulator.scenario.factors import DRIVERS
    from simulator.scenario.model import Scenario

    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    schema = Scenario.model_json_schema()["$defs"]
    policies = {
        schema[name]["properties"]["kind"]["const"]
        for name in ("Recosted", "BudgetRate", "OwnCurrency", "Forward", "Split")
    }
    stages = {"proposed", "initial", "first_performance"}
    words = {*DRIVERS, *GROUPS, *policies, *stages}
    assert {word for word in words if f"`{word}`" not in text} == set()


def test_the_glossary_translates_as_the_program_does() -> None:
    """Words in French and Chinese are those of the catalogues, or marked as the document's."""
    render = ROOT / "simulator" / "render"
    files = [*render.glob("languages/*.py"), *render.glob("catalogues/*.po")]
    files.append(ROOT / "simulator" / "sheets" / "words.py")
    known = "".join(file.read_text(encoding="utf-8") for file in files).casefold()
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    table = text.partition("| word | français | 中文 |\n|---|---|---|\n")[2]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if line]
    assert len(rows) > 20
    words = [word for _, *both in rows for word in both if word and not word.endswith("※")]
    assert [word for word in words if word.casefold() not in known] == []


def test_the_lock_holds_packages_and_hashes_only() -> None:
    """No address, no path, no option; and every dependency of the project is in it."""
    tool = module_at(ROOT / "tools" / "lock.py")
    text = (ROOT / "requirements.lock").read_text()
    assert tool.refuse(text) == []
    assert tool.refuse("--index-url https://example.org\n") != []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[<>=]", requirement)[0].lower() for requirement in wanted}
    locked = set(re.findall(r"^([a-z0-9._-]+)==", text, re.MULTILINE))
    assert names <= locked
