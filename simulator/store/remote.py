"""Results at an address: how they get there whole, and how they are read.

A store of objects cannot swap a folder in one step, so the manifest decides: it is removed before
anything else is touched, and written when all the rest is there. Whoever reads believes a folder
with a manifest whose checksums agree, and nothing else: half a result is none.

A result at an address is read through a folder that stands for it: it has the manifest and says
where it is from (`ORIGIN`), and a file comes when it is asked for (`here`), checked by its
checksum.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import re
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path

from simulator.errors import EnvironmentFault, InputError, Problem, Stopping
from simulator.store.address import AGAIN, Place, is_address, whole_at
from simulator.store.faults import in_words
from simulator.store.folder import (
    MANIFEST,
    MANIFEST_BYTES,
    ORIGIN,
    PROGRAM,
    RESULT_FILES,
    remove,
)
from simulator.store.manifest import Manifest, read_manifest

__all__ = ["fetched", "here", "is_address", "origin_of", "publish", "staging_of", "stand_in"]

STAGING = Path("results") / ".staging"
"""Where results that go to an address are made; a run that is stopped goes on there."""


def staging_of(address: str) -> Path:
    """The folder of this machine in which results for an address are made."""
    plain = re.sub(r"[^A-Za-z0-9._]+", "-", address).strip("-.")[:60]
    return STAGING / f"{plain}-{hashlib.sha256(address.rstrip('/').encode()).hexdigest()[:8]}"


def results_at(name: str) -> tuple[Path, str]:
    """Where results are made, and the address to which they go; "" where they stay."""
    return (staging_of(name), name.rstrip("/")) if is_address(name) else (Path(name), "")


def refuse_foreign_at(place: Place) -> None:
    """Raise InputError when something else than a result of ours is there."""
    _refuse_foreign(place, place.sizes())


def _refuse_foreign(place: Place, there: Iterable[str]) -> None:
    names = set(there)
    if names <= RESULT_FILES:
        return  # nothing, or what is left where a manifest was lost or is still to come
    text = place.read(MANIFEST, MANIFEST_BYTES) if MANIFEST in names else None
    if text is None or f'"name": "{PROGRAM}"'.encode() not in text:
        wanted = "the place holds files that are not results; it is left as it is"
        raise InputError(Problem(wanted, file=place.address, remedy="name another address"))


def publish(folder: Path, address: str, told: Callable[[int], None]) -> bool:
    """Bring a result to an address, unless it is there; returns whether it had to be.

    `told` hears of the bytes that are written. Raises EnvironmentFault for whatever fails: then
    there is no manifest, and so no result, at the address.
    """
    place, manifest = Place(address), read_manifest(folder)
    text = (folder / MANIFEST).read_bytes()
    there = place.sizes()
    if MANIFEST in there:
        same = place.read(MANIFEST, MANIFEST_BYTES) == text
        if same and whole_at(there, manifest.files):
            return False
        _refuse_foreign(place, there)
        place.remove(MANIFEST)
    else:
        _refuse_foreign(place, there)
    for name in manifest.files:
        place.put(folder / name, name, told)
    for name in sorted((RESULT_FILES - {MANIFEST, *manifest.files}) & set(there)):
        place.remove(name)  # draws of an earlier result, which this one does not keep
    if not whole_at(place.sizes(), manifest.files):
        raise EnvironmentFault(f"{place.address}: what was written is not there\n    → {AGAIN}")
    place.write(MANIFEST, text)
    return True


def send_file(path: Path, address: str, *, force: bool) -> None:
    """Bring a single file to an address, under another name until it is whole."""
    folder, name = split(address)
    place = Place(folder)
    refuse_existing_at(address, force=force)
    waiting = f".{name}.{secrets.token_hex(4)}.partial"
    place.put(path, waiting, lambda _: None)
    if force and place.size(name) is not None:
        place.remove(name)
    place.rename(waiting, name)


def refuse_existing_at(address: str, *, force: bool) -> None:
    """Raise InputError when a file is there already that is not to be replaced."""
    folder, name = split(address)
    if not force and Place(folder).size(name) is not None:
        wanted = "this file exists and is not overwritten"
        remedy = "choose another name, or add --force to replace it"
        raise InputError(Problem(wanted, file=address, remedy=remedy))


def split(address: str) -> tuple[str, str]:
    """The folder and the name of a file at an address."""
    folder, _, name = address.rpartition("/")
    if not name or not is_address(f"{folder}/"):
        wanted = "an address of a file is wanted, such as s3://bucket/folder/table.parquet"
        raise InputError(Problem(wanted, value=address[:80]))
    return folder, name


def origin_of(folder: Path) -> str | None:
    """The address that a folder stands for; None for one that stands for itself."""
    try:
        return (folder / ORIGIN).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None


def stand_in(address: str, folder: Path) -> None:
    """Make a folder that stands for the result at an address; InputError where there is none."""
    place = Place(address)
    text = place.read(MANIFEST, MANIFEST_BYTES)
    if text is None:
        wanted = f"a result is wanted, and there is no {MANIFEST} there"
        remedy = "check the address; while a result is being written it has none"
        raise InputError(Problem(wanted, file=place.address, remedy=remedy))
    Manifest.from_json(text, f"{place.address}/{MANIFEST}")
    with in_words(folder, "keep what is read", making=True):
        folder.mkdir(parents=True)
        (folder / ORIGIN).write_text(place.address, encoding="utf-8")
        (folder / MANIFEST).write_bytes(text)


@functools.cache
def fetched(address: str) -> Path:
    """A temporary folder that stands for the result at an address, until the program ends."""
    import tempfile  # not free, and seldom used

    with in_words(Path(tempfile.gettempdir()), "keep what is read"):
        root = Path(tempfile.mkdtemp(prefix="sim-"))
    Stopping.in_order += 1  # from here on there is something to clear up
    atexit.register(remove, root)
    folder = root / (address.rstrip("/").rpartition("/")[2] or "result")
    stand_in(address, folder)
    return folder


def here(folder: Path, name: str) -> Path:
    """A file of a result, fetched where the folder stands for an address."""
    path = folder / name
    origin = None if path.exists() else origin_of(folder)
    if origin is not None:
        manifest = read_manifest(folder)
        with in_words(path, "keep what is read"):
            Place(origin).fetch(name, path, manifest.files[name])
    return path


def all_here(folder: Path) -> None:
    """Fetch every file of a folder that stands for an address: it then stands for itself.

    None is checked: that is left to whoever wants to tell what is wrong.
    """
    origin = origin_of(folder)
    if origin is None:
        return
    place = Place(origin)
    there = place.sizes()
    with in_words(folder, "keep what is read"):
        for name, stored in read_manifest(folder).files.items():
            if name in there and not (folder / name).exists():
                place.fetch(name, folder / name, stored, believed=True)
        (folder / ORIGIN).unlink()
