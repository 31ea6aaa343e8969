"""Places that are no folders of this machine: object stores, other machines, through fsspec.

Whatever goes wrong there becomes an EnvironmentFault in words; fsspec and the package of a
protocol are imported when an address is used. A password in an address is refused: addresses are
shown and kept. fsspec has it from its configuration, or from the environment.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from simulator.errors import EnvironmentFault, InputError, Problem, SimError, shorten
from simulator.store.manifest import StoredFile

PIECE = 1 << 20
ROOM = 64 << 20
"""Bytes that stay free on the disk when a file is fetched."""

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+://")
_PASSWORD = re.compile(r"://[^/@]*:[^/@]*@")
_PACKAGES = {
    "requests": "requests aiohttp",
    "aiohttp": "requests aiohttp",
    "smbclient": "smbprotocol",
}
"""Where a module has not the name of what is to be installed."""

AGAIN = "check the network and the server, and give the same command again"


def is_address(text: str) -> bool:
    """Whether it names a place by its protocol, such as s3://bucket/folder."""
    return _ADDRESS.match(text) is not None


class Place:
    """A folder at an address. Raises EnvironmentFault for whatever its file system says."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        if _PASSWORD.search(address):
            wanted = "an address without a password is wanted: it would be shown and kept"
            remedy = "put it into the configuration of fsspec, or into FSSPEC_<PROTOCOL>_PASSWORD"
            shown = _PASSWORD.sub("://…@", address)
            raise InputError(Problem(wanted, value=shorten(shown, 80), remedy=remedy))
        with self._words("be reached"):
            try:
                import fsspec.core
            except ImportError:
                raise EnvironmentFault(
                    f"{self.address}: an address needs the package fsspec\n"
                    "    → python -m pip install 'simulator[remote]'"
                ) from None
            self._fs, root = fsspec.core.url_to_fs(self.address)
            self._root = str(root).rstrip("/")

    def at(self, name: str) -> str:
        """A file in it, in the words of its file system."""
        return f"{self._root}/{name}"

    def sizes(self) -> dict[str, int]:
        """Bytes of all that lies in it by name, none where there is no such place."""
        with self._words("be looked into"):
            self._fs.invalidate_cache()
            try:
                found = self._fs.ls(self._root, detail=True)
            except FileNotFoundError:
                return {}
        if [one["name"].rstrip("/") for one in found] == [self._root]:
            if found[0]["type"] == "directory":  # some list an empty folder as itself
                return {}
            wanted = "a folder for the results is wanted here, and this is a file"
            raise InputError(Problem(wanted, file=self.address, remedy="name another address"))
        named = {str(one["name"]).rstrip("/").rpartition("/")[2]: one for one in found}
        return {name: int(one.get("size") or 0) for name, one in named.items() if name}

    def size(self, name: str) -> int | None:
        """Bytes of a file in it; None where there is none."""
        with self._words("be looked into"):
            self._fs.invalidate_cache()
            try:
                return int(self._fs.info(self.at(name))["size"])
            except FileNotFoundError:
                return None

    def read(self, name: str, most: int) -> bytes | None:
        """A file of at most `most` bytes, None where there is none."""
        with self._words(f"give {name}"):
            try:
                with self._fs.open(self.at(name), "rb") as file:
                    data: bytes = file.read(most + 1)
            except FileNotFoundError:
                return None
        if len(data) > most:
            raise InputError(
                Problem(f"at most {most} bytes are wanted", file=f"{self.address}/{name}")
            )
        return data

    def fetch(self, name: str, to: Path, stored: StoredFile, *, believed: bool = False) -> None:
        """Bring a file to the disk; InputError when it is not what the manifest says.

        One that is `believed` is checked later.
        """
        free = shutil.disk_usage(to.parent).free
        if stored.size + ROOM > free:
            raise EnvironmentFault(
                f"{self.address}/{name}: {stored.size / 2**30:.1f} GiB are wanted, {to.parent} has "
                f"{free / 2**30:.1f} GiB free\n"
                "    → free some space, or name a folder on another disk in TMPDIR"
            )
        partial, checksum, size = to.with_name(f"{to.name}.partial"), hashlib.sha256(), 0
        with (
            self._words(f"give {name}"),
            self._fs.open(self.at(name), "rb") as source,
            partial.open("wb") as copy,
        ):
            while size <= stored.size and (piece := source.read(PIECE)):
                copy.write(piece)
                checksum.update(piece)
                size += len(piece)
        if not believed and (size != stored.size or checksum.hexdigest() != stored.sha256):
            wanted = "the file is not as it was written: its checksum differs"
            remedy = "somebody may be writing there: try again, or run the scenario with --force"
            raise InputError(Problem(wanted, file=f"{self.address}/{name}", remedy=remedy))
        partial.replace(to)

    def put(self, path: Path, name: str, told: Callable[[int], None]) -> None:
        """Write a file there; `told` hears of its bytes."""
        with self._words(f"take {name}"):
            self._fs.makedirs(self._root, exist_ok=True)
            with path.open("rb") as source, self._fs.open(self.at(name), "wb") as copy:
                while piece := source.read(PIECE):
                    copy.write(piece)
                    told(len(piece))

    def write(self, name: str, data: bytes) -> None:
        """Write a small file there in one step."""
        with self._words(f"take {name}"):
            self._fs.pipe_file(self.at(name), data)

    def remove(self, name: str) -> None:
        """Remove a file there."""
        with self._words(f"remove {name}"):
            self._fs.rm_file(self.at(name))

    def rename(self, name: str, to: str) -> None:
        """Give a file another name; what had it before is gone."""
        with self._words(f"take {to}"):
            self._fs.mv(self.at(name), self.at(to))

    @contextmanager
    def _words(self, doing: str) -> Iterator[None]:
        try:
            yield
        except (SimError, MemoryError):
            raise
        except Exception as error:
            words, remedy = _said(error)
            raise EnvironmentFault(
                f"{self.address}: cannot {doing}: {words}\n    → {remedy}"
            ) from error


def _said(error: Exception) -> tuple[str, str]:
    """What an error of any file system says, and what to do."""
    text = shorten(str(error), 200) or type(error).__name__
    match error:
        case ImportError():
            missing = getattr(error.__cause__, "name", None) or error.name or ""
            package = _PACKAGES.get(missing, missing)
            return text, f"python -m pip install {package}" if package else text
        case ValueError() if "rotocol not known" in text:
            return text, "use one that fsspec knows: s3, gs, abfs, sftp, file and more"
        case PermissionError():
            return f"not permitted ({text})", "check the credentials that fsspec uses, and rights"
        case FileNotFoundError():
            return f"it is not there ({text})", "check the address: its bucket or folder must exist"
        case NotImplementedError():
            return "such a place cannot be written to", "name another address"
        case ConnectionError() | TimeoutError():
            return f"the connection failed ({text})", AGAIN
        case _:
            return f"{type(error).__name__}: {text}", AGAIN


def whole_at(sizes: Mapping[str, int], files: Mapping[str, StoredFile]) -> bool:
    """Whether every file is there in its size."""
    return all(sizes.get(name) == stored.size for name, stored in files.items())
