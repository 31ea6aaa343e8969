"""Which program this is: a hash of its own files, and the versions of what it stands on."""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import re
import sys
from pathlib import Path

import simulator
from simulator.store.manifest import Program

LIBRARIES = ("numpy", "scipy", "pyarrow", "pydantic")

_PLAIN = re.compile(r"\w+-(\d[\w.]*)\.dist-info")


@functools.cache
def program_hash() -> str:
    """sha256 (hex) over the names and contents of the package's files, in order of names."""
    root = os.path.dirname(simulator.__file__)  # noqa: PTH120 - a `Path` a file takes as long as it
    files: dict[str, str] = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            if not name.startswith("."):
                path = f"{folder}{os.sep}{name}"
                files[path[len(root) + 1 :].replace(os.sep, "/")] = path
    found = hashlib.sha256()
    for name, path in sorted(files.items()):
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            content = file.read()
        found.update(f"{name}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()


def program() -> Program:
    """This program."""
    return Program(version=simulator.__version__, sha256=program_hash())


@functools.cache
def library_versions() -> dict[str, str]:
    """Versions of Python and of the libraries that make the numbers, without importing them."""
    return {"python": platform.python_version(), **{name: _version(name) for name in LIBRARIES}}


def _version(name: str) -> str:
    """As its folder of metadata is named, where that is plain: `importlib.metadata` takes 20 ms."""
    found = {path.name for place in sys.path for path in Path(place).glob(f"{name}-*.dist-info")}
    match = _PLAIN.fullmatch(found.pop()) if len(found) == 1 else None
    if match is not None:
        return match[1]
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "unknown"  # copied into place instead of installed
