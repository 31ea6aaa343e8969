"""Whether an installation is whole: versions, optional parts, the age of rates, the folder."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

import simulator
from simulator.errors import EnvironmentFault
from simulator.history import daily_rates
from simulator.runs.options import RunOptions
from simulator.runs.versions import program_hash

State = Literal["ok", "note", "wrong", "missing"]
"""`wrong` is a check that does not hold (exit code 1), `missing` the environment (3)."""

PROJECT = "simulator"
PURPOSES: Mapping[str, str] = {
    "report": "charts of reports and pictures",
    "fx": "daily reference rates since 1999",
    "xlsx": "posts, pledges and rates kept in a workbook",
    "cluster": "runs on several machines",
    "remote": "results at an address, such as s3://bucket/folder",
}
STALE_DAYS = 120
"""Rates older than that are told: the archive of the extra `fx` comes with its package."""

LEAST_FREE = 1 << 30
_NAMED = re.compile(r"([A-Za-z0-9._-]+)\s*([<>=!~,.\d\s]*)(?:;.*extra == ['\"](\w+)['\"])?")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what, how it stands, in words, and how to mend it."""

    about: str
    state: State
    words: str
    remedy: str = ""


def examined(folder: Path, today: dt.date) -> list[Check]:
    """Every check of this installation, and of the folder in which results would be written."""
    return [
        _program(),
        _python(),
        *_libraries(),
        *_locked(),
        _rates(today),
        _writable(folder),
        _space(folder),
        _terminal(),
        Check("processors", "ok", f"{RunOptions().thread_count()} threads unless --threads"),
    ]


def exit_code(checks: list[Check]) -> int:
    """3 when the environment stands in the way, 1 when a check does not hold, else 0."""
    states = {check.state for check in checks}
    return 3 if "missing" in states else 1 if "wrong" in states else 0


def _program() -> Check:
    place = Path(simulator.__file__).parent
    words = f"{simulator.__version__}, sha256 {program_hash()[:12]}, in {place}"
    return Check("sim", "ok", words)


def _python() -> Check:
    wanted = _requires_python()
    here = platform.python_version()
    if numbers(here) < numbers(wanted):
        remedy = f"install Python {wanted} or later, and sim with it"
        return Check("Python", "wrong", f"{here}; {wanted} or later is wanted", remedy)
    return Check("Python", "ok", f"{here}, in {sys.prefix}")


def _requires_python() -> str:
    try:
        said = metadata.metadata(PROJECT)["Requires-Python"] or ""
    except metadata.PackageNotFoundError:
        said = ""
    return said.lstrip(">= ") or "3.11"


def numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version: 2.10.1rc1 is (2, 10, 1)."""
    return tuple(int(part) for part in re.findall(r"\d+", re.split(r"[a-z+]", version.strip())[0]))


@dataclass(frozen=True, slots=True)
class Requirement:
    """A library, the least version that is wanted, and the extra that wants it ("" the core)."""

    name: str
    least: str
    extra: str


def requirements() -> list[Requirement]:
    """What the installed package says it needs; nothing where it was copied into place."""
    try:
        lines = metadata.requires(PROJECT) or []
    except metadata.PackageNotFoundError:
        return []
    found = []
    for line in lines:
        if match := _NAMED.match(line):
            least = match[2].partition(">=")[2].partition(",")[0].strip()
            found.append(Requirement(match[1], least, match[3] or ""))
    return found


def _libraries() -> Iterator[Check]:
    wanted = requirements()
    if not wanted:
        words = "not installed as a package: what it needs is not known"
        yield Check("libraries", "note", words, "pip install . in the project")
    for one in wanted:
        version = _version(one.name)
        about = f"{one.name}" + (f" ({one.extra})" if one.extra else "")
        if version is None and one.extra:
            words = f"not installed: {PURPOSES.get(one.extra, 'optional')}"
            yield Check(about, "note", words, f"pip install '{PROJECT}[{one.extra}]'")
        elif version is None:
            remedy = f"pip install '{one.name}>={one.least}'"
            yield Check(about, "missing", "not installed, and nothing runs without it", remedy)
        elif numbers(version) < numbers(one.least):
            remedy = f"pip install '{one.name}>={one.least}'"
            yield Check(about, "wrong", f"{version}; {one.least} or later is wanted", remedy)
        else:
            yield Check(about, "ok", version)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _locked() -> Iterator[Check]:
    """Versions beside those of the lock, where the project lies beside the program."""
    lock = Path(simulator.__file__).parent.parent / "requirements.lock"
    if not lock.is_file():
        return
    text = lock.read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([a-z0-9._-]+)==([^\s\\;]+)", text, re.MULTILINE))
    here = {name: _version(name) for name in locked}
    other = [
        f"{name} {here[name]} (locked {version})"
        for name, version in locked.items()
        if here[name] not in (None, version)
    ]
    if other:
        remedy = "results may differ in their last bits; make clean, then make run"
        yield Check("lock", "note", f"other versions: {', '.join(other)}", remedy)
    else:
        yield Check("lock", "ok", "installed versions are those of requirements.lock")


def _rates(today: dt.date) -> Check:
    about, remedy = "daily rates", f"pip install --upgrade {daily_rates.PACKAGE}"
    if not daily_rates.available():
        words = "none: a scenario needs its own rates, or --rates FILE"
        return Check(about, "note", words, f"pip install '{PROJECT}[fx]'")
    try:
        series = daily_rates.daily_rates().series("EUR", "USD")
    except EnvironmentFault as error:
        return Check(about, "wrong", str(error).partition("\n")[0], remedy)
    last = max(series.days, default=None) if series is not None else None
    if last is None:
        return Check(about, "wrong", "the archive holds none", remedy)
    age = (today - last).days
    words = f"until {last}, {age} days old"
    if age > STALE_DAYS:
        return Check(about, "note", f"{words}: later rates are not known", remedy)
    return Check(about, "ok", words)


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(one for one in (folder, *folder.absolute().parents) if one.is_dir())


def _writable(folder: Path) -> Check:
    """Try it: only writing tells whether writing is allowed."""
    place = _there(folder)
    about = f"folder {folder}"
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        words = f"nothing can be written into {place}: {error.strerror or error}"
        return Check(about, "missing", words, "name another folder with --out")
    return Check(about, "ok", "can be written")


def _space(folder: Path) -> Check:
    place = _there(folder)
    free = shutil.disk_usage(place).free
    words = f"{free / (1 << 30):.1f} GB free"
    if free < LEAST_FREE:
        remedy = "make room, or name another folder with --out"
        return Check("disk", "note", f"{words}: little for many draws", remedy)
    return Check("disk", "ok", words)


def _terminal() -> Check:
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    width = shutil.get_terminal_size().columns
    if encoding not in ("utf8", "utf_8"):
        words = f"{encoding or 'no encoding'}: pictures are drawn in plain characters"
        return Check("terminal", "note", words, "set PYTHONUTF8=1")
    colour = ", without colour (NO_COLOR)" if os.environ.get("NO_COLOR") else ""
    return Check("terminal", "ok", f"UTF-8, {width} columns{colour}")
