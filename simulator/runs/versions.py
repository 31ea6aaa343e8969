"""Which program this is: a hash of its own files, and the versions of what it stands on."""

from __future__ import annotations

import functools
import hashlib
import platform
from importlib import metadata
from pathlib import Path

import simulator
from simulator.store.manifest import Program

LIBRARIES = ("numpy", "scipy", "pyarrow", "pydantic")


def _is_source(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")


@functools.cache
def program_hash() -> str:
    """sha256 (hex) over the names and contents of the package's files, in order of names."""
    root = Path(simulator.__file__).parent
    files = {path.relative_to(root).as_posix(): path for path in root.rglob("*")}
    found = hashlib.sha256()
    for name, path in sorted(files.items()):
        if _is_source(path):
            found.update(f"{name}\0{path.stat().st_size}\0".encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def program() -> Program:
    """This program."""
    return Program(version=simulator.__version__, sha256=program_hash())


@functools.cache
def library_versions() -> dict[str, str]:
    """Versions of Python and of the libraries that make the numbers, without importing them."""
    return {"python": platform.python_version(), **{name: _version(name) for name in LIBRARIES}}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "unknown"  # copied into place instead of installed
