"""The wheel and the source distribution are whole: built, installed alone, and used."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator import __version__

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {"__pycache__", ".mypy_cache"}


def package_files(root: Path) -> set[str]:
    """Every file of the package in a tree, code, catalogues, styles and tables."""
    return {
        path.relative_to(root).as_posix()
        for path in (root / "simulator").rglob("*")
        if path.is_file() and not LEFT_OUT & set(path.parts)
    }


def build(kind: str, tree: Path, out: Path) -> Path:
    """Build a distribution of a tree, without a network and without isolation."""
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", out],
        cwd=tree, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (made,) = out.iterdir()
    return made


@dataclass(frozen=True)
class Installed:
    """An environment that has the wheel, a folder elsewhere, and the wheel itself."""

    wheel: Path
    sdist: Path
    place: Path
    folder: Path

    def sim(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the installed program in the folder, with nothing of this tree on its path."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV_"))}
        program = self.folder / ("Scripts" if os.name == "nt" else "bin") / "sim"
        return subprocess.run(
            [program, *words], cwd=self.place, env=clean, capture_output=True, text=True
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Source distribution of this tree, wheel of its contents, installed where nothing else is.

    Its libraries are those of the environment the tests run in: named in a `.pth` file, which
    makes them importable but does not follow the editable install among them.
    """
    base = tmp_path_factory.mktemp("wheel")
    sdist = build("sdist", ROOT, base / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(base / "tree", filter="data")
    (tree,) = (base / "tree").iterdir()
    wheel = build("wheel", tree, base / "wheel")
    folder = base / "venv"
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index",
         "--no-deps", "--disable-pip-version-check", wheel],
        check=True,
    )  # fmt: skip
    there = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    (Path(there) / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    place = base / "elsewhere"
    place.mkdir()
    return Installed(wheel, sdist, place, folder)


def test_the_wheel_holds_every_file_of_the_package(installed: Installed) -> None:
    """Nothing of `simulator/` is missing, catalogues, styles, scripts and tables included."""
    with zipfile.ZipFile(installed.wheel) as archive:
        names = {n for n in archive.namelist() if n.startswith("simulator/")}
        assert archive.testzip() is None
    assert names == package_files(ROOT)
    assert {Path(name).suffix for name in names} >= {".py", ".mo", ".css", ".js", ".npy", ".csv"}


def test_the_source_distribution_can_be_developed(installed: Installed) -> None:
    """Tests, tools, scenarios, documents, lock and licence are in it; results are not."""
    with tarfile.open(installed.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert package_files(ROOT) <= names
    wanted = {"LICENSE", "NOTICE", "requirements.lock", "Makefile", "scenarios/base.toml"}
    assert wanted | {"tests/conftest.py", "tools/lock.py", "docs/sbom.cdx.json"} <= names
    assert not any(
        name.startswith(("results/", ".venv", "dist/")) for name in names - {"results/.gitkeep"}
    )


def test_the_installed_program_is_the_one_of_the_wheel(installed: Installed) -> None:
    """It is imported from its own environment, and says its version."""
    done = installed.sim("--version")
    assert (done.returncode, done.stdout.split()[-1]) == (0, __version__)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(installed.folder)}))
    assert (site / "simulator" / "__init__.py").is_file()
    python = installed.folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    code = "import simulator, numpy; print(simulator.__file__); print(numpy.__file__)"
    out = subprocess.run(
        [python, "-I", "-c", code], cwd=installed.place, capture_output=True, text=True, check=True
    ).stdout.split()
    assert Path(out[0]).is_relative_to(installed.folder)
    assert not Path(out[1]).is_relative_to(installed.folder)


def do(installed: Installed, *steps: tuple[str, ...]) -> None:
    """Run commands of the installed program one after the other; each ends with 0."""
    for step in steps:
        done = installed.sim(*step)
        assert done.returncode == 0, (step, done.stdout, done.stderr)


def test_it_runs_a_scenario_elsewhere(installed: Installed) -> None:
    """New scenario, run, verification, with nothing of this tree at hand."""
    do(
        installed,
        ("new", "first.toml"),
        ("run", "first.toml", "--draws", "256", "--quiet"),
        ("verify", "first"),
    )


@pytest.mark.soak
def test_it_draws_as_here_and_reports_in_french(installed: Installed) -> None:
    """The same bytes as this tree's program; a report with the words and the style of the wheel."""
    do(
        installed,
        ("new", "mine.toml"),
        ("run", "mine.toml", "--draws", "1024", "--quiet"),
        ("report", "mine", "--lang", "fr", "--out", "page.html"),
    )
    here = [sys.executable, "-m", "simulator", "run", "mine.toml"]
    here += ["--draws", "1024", "--out", "here"]
    subprocess.run(here, cwd=installed.place, check=True, capture_output=True)
    for name in ("draws.parquet", "inputs.parquet", "summary.csv"):
        ours, its = (installed.place / out / "mine" / name for out in ("here", "results"))
        assert ours.read_bytes() == its.read_bytes()
    page = (installed.place / "page.html").read_text("utf-8")
    style = (ROOT / "simulator" / "render" / "report" / "page.css").read_text("utf-8")
    assert style.strip().splitlines()[-1] in page
    assert '<html lang="fr"' in page
