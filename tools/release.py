"""Prepare a release, and check that one is ready.

    make release VERSION=0.2.0   dates what stands under Unreleased, writes the version everywhere
    make release-check           says whether the committed tree may be released; builds into dist/

The check wants: one version in the program, CITATION.cff and CHANGELOG.md; nothing left under
Unreleased; nothing uncommitted; a source archive that is the committed tree, and whose wheel is
that of the tree, byte for byte; a program that runs a scenario where only the wheel and what it
requires are installed, in the versions of the lock. That last part asks a package index.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import venv
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE, CITATION, CHANGELOG = "simulator/__init__.py", "CITATION.cff", "CHANGELOG.md"
VERSION = r"(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)"
IN_CODE = re.compile(rf'^__version__ = "({VERSION})"$', re.MULTILINE)
IN_CITATION = re.compile(rf"^version: ({VERSION})$", re.MULTILINE)
RELEASED = re.compile(r"^date-released: (\d{4}-\d\d-\d\d)$", re.MULTILINE)
HEADING = re.compile(rf"\[({VERSION})\] - (\d{{4}}-\d\d-\d\d|unreleased)")
OPEN = "[Unreleased]"
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
SCENARIO = (("new", "first.toml"), ("run", "first.toml", "--draws", "256"), ("verify", "first"))


class NotReady(Exception):
    """What stands against a release."""


# --- What the tree says of itself ---------------------------------------------------------------


def sections(changelog: str) -> list[tuple[str, str]]:
    """(heading, text) of each version, newest first."""
    others = re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]
    return [(one.partition("\n")[0].strip(), one.partition("\n")[2].strip()) for one in others]


def faults_of_changelog(text: str) -> Iterator[str]:
    """Headings that are not `[Unreleased]` and then versions, newest first, with known kinds."""
    found = sections(text)
    if not found or found[0][0] != OPEN:
        yield f"{CHANGELOG}: the first heading is not ## {OPEN}"
    numbers, dates = [], []
    for heading, body in found:
        match = HEADING.fullmatch(heading)
        if match:
            numbers.append(tuple(map(int, match[1].split("."))))
            dates += [match[2]] if match[2] != "unreleased" else []
        elif heading != OPEN:
            yield f"{CHANGELOG}: ## {heading} is not ## [1.2.3] - 2026-01-31"
        kinds = re.findall(r"^### (.*)$", body, re.MULTILINE)
        if [kind for kind in KINDS if kind in kinds] != kinds:
            yield f"{CHANGELOG}: {heading} has {', '.join(kinds)}, not some of {', '.join(KINDS)}"
        if re.search(r"^### [^\n]*\s*(?=^### |\Z)", body, re.MULTILINE):
            yield f"{CHANGELOG}: {heading} has a part without a line"
    if numbers != sorted(set(numbers), reverse=True) or dates != sorted(dates, reverse=True):
        yield f"{CHANGELOG}: the versions do not go from the newest to the oldest"


def texts_of(root: Path) -> dict[str, str]:
    """The three files that know the version."""
    return {name: (root / name).read_text("utf-8") for name in (CODE, CITATION, CHANGELOG)}


def faults(texts: Mapping[str, str]) -> Iterator[str]:
    """What does not agree in a tree, released or not."""
    code, citation, changelog = (texts[name] for name in (CODE, CITATION, CHANGELOG))
    yield from faults_of_changelog(changelog)
    latest = [match for heading, _ in sections(changelog) if (match := HEADING.match(heading))]
    version = IN_CODE.search(code)
    if version is None:
        yield f"{CODE}: no __version__ like 1.2.3"
        return
    for name, other in (
        (CITATION, IN_CITATION.search(citation)),
        (CHANGELOG, latest and latest[0]),
    ):
        said = other[1] if other else "none"
        if said != version[1]:
            yield f"{name}: the latest version is {said}, the program's is {version[1]}"
    day = RELEASED.search(citation)
    told, cited = latest[0][2] if latest else "unreleased", day[1] if day else "unreleased"
    if cited != told:
        yield f"{CITATION}: released {cited}, {CHANGELOG} says {told}"


def unfinished(root: Path) -> Iterator[str]:
    """What a tree in work may have, and a release not."""
    for heading, body in sections((root / CHANGELOG).read_text(encoding="utf-8"))[:2]:
        if heading == OPEN and body:
            yield f"{CHANGELOG}: lines stand under {OPEN}; make release VERSION=… dates them"
        if heading.endswith("unreleased"):
            yield f"{CHANGELOG}: ## {heading} has no date"
    changed = run("git", "status", "--porcelain", at=root).splitlines()
    if changed:
        yield f"not committed: {', '.join(line[3:] for line in changed)}"


# --- A version for it ---------------------------------------------------------------------------


def prepare(root: Path, version: str, day: dt.date) -> None:
    """Date what stands under Unreleased and write the version. Raises NotReady."""
    if not re.fullmatch(VERSION, version):
        raise NotReady(f"VERSION={version} is not like 1.2.3")
    texts = texts_of(root)
    if not sections(texts[CHANGELOG])[0][1]:
        raise NotReady(f"{CHANGELOG}: nothing stands under {OPEN}")
    texts[CODE] = IN_CODE.sub(f'__version__ = "{version}"', texts[CODE])
    dated = f"version: {version}\ndate-released: {day}"
    texts[CITATION] = IN_CITATION.sub(dated, RELEASED.sub("", texts[CITATION]).strip() + "\n")
    texts[CHANGELOG] = texts[CHANGELOG].replace(
        f"## {OPEN}\n", f"## {OPEN}\n\n## [{version}] - {day}\n", 1
    )
    if found := list(faults(texts)):
        raise NotReady("\n".join(found))
    for name, text in texts.items():
        (root / name).write_text(text, encoding="utf-8")


# --- What is handed out ---------------------------------------------------------------------------


def run(*command: str | Path, at: Path, clean: bool = False) -> str:
    """What a command prints; `clean` without the Python of this process. Raises NotReady."""
    environment = dict(os.environ)
    if clean:
        environment = {k: v for k, v in environment.items() if not k.startswith("PYTHON")}
    done = subprocess.run(  # noqa: S603 - our own commands
        command, cwd=at, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        words = " ".join(map(str, command))
        raise NotReady(f"{words}\n{done.stdout}{done.stderr}".rstrip())
    return done.stdout


def built(kind: str, tree: Path, out: Path) -> Path:
    """An `sdist` or `wheel` of a tree, made without a network."""
    run(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", out, at=tree)
    (made,) = out.glob("*.tar.gz" if kind == "sdist" else "*.whl")
    return made


def archives(root: Path, out: Path, place: Path) -> tuple[Path, Path]:
    """Source archive and wheel in `out`, each whole. Raises NotReady."""
    out.mkdir(exist_ok=True)
    for old in (*out.glob("*.tar.gz"), *out.glob("*.whl")):
        old.unlink()
    source, wheel = built("sdist", root, out), built("wheel", root, out)
    with tarfile.open(source) as archive:
        archive.extractall(place, filter="data")
    (tree,) = place.iterdir()
    inside = {file.relative_to(tree).as_posix() for file in tree.rglob("*") if file.is_file()}
    committed = set(run("git", "ls-files", "-z", at=root).split("\0")) - {""}
    if differing := inside ^ (committed | {"PKG-INFO"}):
        raise NotReady(f"{source.name} and the committed tree differ: {', '.join(differing)}")
    again = built("wheel", tree, place / "again")
    if again.read_bytes() != wheel.read_bytes():
        raise NotReady(f"{source.name} makes another wheel than the tree")
    return source, wheel


def installed(wheel: Path, place: Path) -> Path:
    """The `sim` of an environment with the wheel and what it requires. Raises NotReady."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = place / "pins.txt"
    pins.write_text("\n".join(re.findall(r"^(\S+==[^\\\n]*?) \\$", lock, re.MULTILINE)))
    venv.create(place / "venv", with_pip=False)
    python = place / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    run(*pip, "install", "--quiet", "--constraint", pins, wheel, at=place, clean=True)
    run(*pip, "check", at=place, clean=True)
    return python.with_name("sim")


def check(root: Path) -> Iterator[str]:
    """Say each thing that was found right. Raises NotReady."""
    if found := [*faults(texts_of(root)), *unfinished(root)]:
        raise NotReady("\n".join(found))
    version = sections((root / CHANGELOG).read_text(encoding="utf-8"))[1][0]
    yield f"{version}: program, {CITATION} and {CHANGELOG} agree, and all is committed"
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "tree").mkdir()
        files = archives(root, root / "dist", place / "tree")
        yield "the source archive is the committed tree, tests and documents, and makes the wheel"
        sim, empty = installed(files[1], place), place / "empty"
        empty.mkdir()
        for words in SCENARIO:
            run(sim, *words, at=empty, clean=True)
        yield f"alone with what it requires, the wheel ran: {', '.join(w[0] for w in SCENARIO)}"
    for file in files:
        yield f"{hashlib.sha256(file.read_bytes()).hexdigest()}  dist/{file.name}"


def main(arguments: list[str]) -> int:
    """Prepare the version that is given, or check; the exit code."""
    try:
        if arguments:
            prepare(ROOT, arguments[0], dt.datetime.now(dt.UTC).date())
            print(f"{arguments[0]}: look at `git diff`, commit, then make release-check")
            return 0
        for line in check(ROOT):
            print(line, flush=True)
    except NotReady as reason:
        print(f"Not ready for a release:\n{reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
