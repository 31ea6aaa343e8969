"""A result folder that is replaced whole or not at all.

Results are written into a folder beside the target, brought to the disk, and then swapped in by
one operation of the file system. Whatever stops the program before the swap leaves the target
as it was; whatever stops it after leaves the new result; nothing in between can be seen.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.errors import InputError, Problem, did_you_mean, tidy_up_first
from simulator.files import read_bytes
from simulator.store.faults import in_words

if sys.platform != "win32":
    import fcntl

PROGRAM = "simulator"
MANIFEST = "manifest.json"
MANIFEST_BYTES = 16_000_000
DRAWS, INPUTS = "draws.parquet", "inputs.parquet"
SUMMARY, SUMMARY_CSV = "summary.parquet", "summary.csv"
SCENARIO = "scenario.toml"
JOURNAL, GROUPS = "unfinished.journal", ".groups"
"""What a run needs to go on: how far it came, and what the footers of its files will say."""
EVERYTHING, STATISTICS = "all", "summary"
"""What a result keeps: its draws too, or statistics only."""
ORIGIN = ".origin"
"""In a folder that stands for a result at an address: that address (see `remote`)."""
RESULT_FILES = frozenset({MANIFEST, DRAWS, INPUTS, SUMMARY, SUMMARY_CSV, SCENARIO})

_LEFTOVER = re.compile(r"\.(?P<name>.+)\.(?P<pid>\d+)\.[0-9a-f]+\.(?P<kind>partial|old)\Z")
YOUNG_SECONDS = 60  # a folder this new may not have been locked yet by the process that made it
_LOCKLESS_SECONDS = 86_400  # where folders cannot be locked, younger leftovers are left alone


def results_in(folder: Path) -> list[str]:
    """Names of the results that lie in a folder; none where it cannot be read."""
    try:
        found = sorted(one.parent.name for one in folder.glob(f"*/{MANIFEST}"))
    except OSError:
        return []
    return [name for name in found if not name.startswith(".")]


def which_result(name: str, folder: Path) -> str:
    """A remedy for a result that is not in `folder`: the nearest one that is, or how to make it."""
    known = results_in(folder)
    return did_you_mean(name, known) if known else "`sim run FILE` makes one"


def names_of_ours(folder: Path) -> frozenset[str] | None:
    """The files in `folder` that a run wrote, or None when it is not a result folder of ours.

    Without a manifest of ours it is still one when it holds draws and inputs and nothing but
    result files.
    """
    names = {entry.name for entry in folder.iterdir()}
    try:
        path = folder / MANIFEST
        document = json.loads(read_bytes(path, str(path), limit=MANIFEST_BYTES, what="a manifest"))
        if document["program"]["name"] == PROGRAM:
            return RESULT_FILES | {ORIGIN} | frozenset(map(str, document.get("files", {})))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, InputError):
        pass  # lost, damaged or somebody else's: decided by what lies beside it
    return RESULT_FILES if {DRAWS, INPUTS} <= names <= RESULT_FILES else None


def refuse_foreign(target: Path) -> None:
    """Raise InputError when `target` exists and is neither empty nor a result folder of ours."""
    with in_words(target, "look into the folder"):
        if not target.exists():
            return
        if not target.is_dir():
            raise InputError(
                Problem(
                    file=str(target),
                    wanted="a folder for the results is wanted here, and this is a file",
                    remedy="name another folder, or move the file away",
                )
            )
        if next(target.iterdir(), None) is not None and names_of_ours(target) is None:
            raise InputError(
                Problem(
                    file=str(target),
                    wanted="the folder holds files that are not results; it is left as it is",
                    remedy="name another folder, or empty this one",
                )
            )


@contextmanager
def replacing(
    target: Path, begun: Path | None = None, without: Collection[str] = ()
) -> Iterator[Path]:
    """A temporary folder that takes the place of `target` when the block ends well.

    It is `begun`, which a killed run left, unless somebody else went on with that meanwhile.
    On any exception, Ctrl-C included, `target` is as it was and the temporary folder is removed,
    unless it has a journal (see `unfinished`) with which the run can go on later. Files named in
    `without` are work that the result does not keep.
    Files in an earlier result that no run wrote (notes, exports) are carried over. Raises
    InputError when `target` holds something else than results, EnvironmentFault for the disk.
    """
    with tidy_up_first():
        yield from _replacing(target, begun, without)


def _replacing(target: Path, begun: Path | None, without: Collection[str]) -> Iterator[Path]:
    target = Path(os.path.realpath(target))  # a link keeps pointing; what it points to is replaced
    refuse_foreign(target)
    with in_words(target, "write the results", making=True):
        target.parent.mkdir(parents=True, exist_ok=True)
        settle(target)
        temporary = target.parent / _beside(target, "partial")
        lock = _adopt(begun, temporary) if begun is not None else None
        if lock is None:
            temporary.mkdir()
    keep = False
    with in_words(target, "write the results"):
        lock = _lock(temporary) if lock is None else lock
        try:
            yield temporary
            refuse_foreign(target)  # something may have come while the run was under way
            _carry_over(target, temporary)
            _to_disk(temporary, without)
            _forget_work(temporary, without)
            _swap(temporary, target)
            _sync_folder(target.parent)
        except BaseException:
            keep = lock is not None and (temporary / JOURNAL).exists()
            raise
        finally:
            if not keep:
                remove(temporary)  # what is there now is the failed attempt, or the old result
            if lock is not None:
                os.close(lock)


def _adopt(begun: Path, name: Path) -> int | None:
    """Lock what a killed run left and give it a name of ours; None when somebody else has it."""
    try:
        lock = _lock(begun)
        if lock is not None:
            begun.rename(name)
    except FileNotFoundError:
        return None
    return lock


def _forget_work(folder: Path, without: Collection[str]) -> None:
    """Remove what only a run that goes on would need: all that it would make is on the disk."""
    work = [folder / name for name in (JOURNAL, *without)]
    for path in (*work, *folder.glob("*" + GROUPS)):
        path.unlink(missing_ok=True)


def settle(target: Path) -> None:
    """Clear up after runs that were killed: recover the old result, remove half-written ones.

    Leftovers of processes that may still be running are never touched, and those with a journal
    are left to `unfinished` where locks tell that nobody is at them.
    """
    for path in leftovers(target):
        match = _LEFTOVER.match(path.name)
        if match is None or _may_be_live(path, int(match["pid"])):
            continue
        if (path / JOURNAL).exists() and is_abandoned(path):
            continue
        if match["kind"] == "old" and not target.exists():
            path.rename(target)  # killed between the two renames of `_two_renames`
        else:
            remove(path)


def leftovers(target: Path) -> list[Path]:
    """Folders beside `target` that runs for it made and did not clear up (yet)."""
    target = Path(os.path.realpath(target))
    if not target.parent.is_dir():
        return []
    found = [(path, _LEFTOVER.match(path.name)) for path in sorted(target.parent.iterdir())]
    return [path for path, match in found if match is not None and match["name"] == target.name]


def is_abandoned(folder: Path) -> bool:
    """True when a lock tells that the run which made a leftover is over."""
    return _lock_state(folder) == "free"


def _beside(target: Path, kind: str) -> str:
    return f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}.{kind}"


def _lock(folder: Path) -> int | None:
    """A lock on `folder` that ends with the process; None where folders cannot be locked."""
    if sys.platform == "win32":
        return None
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _lock_state(folder: Path) -> str:
    """Whether another open lock holds `folder`: "held", "free", or "unknown"."""
    if sys.platform == "win32":
        return "unknown"
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return "unknown"
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return "held"
    except OSError:
        return "unknown"
    finally:
        os.close(descriptor)
    return "free"


def _may_be_live(folder: Path, pid: int) -> bool:
    """True when the process that made a leftover may still be writing it.

    The lock decides. A process number alone does not: numbers are used again, and in containers
    always the same few.
    """
    try:
        age = abs(time.time() - folder.stat().st_mtime)  # a clock may have been put back
    except FileNotFoundError:
        return True  # gone meanwhile: nothing to clear up
    state = _lock_state(folder)
    if state == "unknown":
        return age < _LOCKLESS_SECONDS or process_exists(pid)
    return state == "held" or (age < YOUNG_SECONDS and process_exists(pid))


def process_exists(pid: int) -> bool:
    """Whether a process of this number runs here; False where that cannot be asked."""
    if sys.platform == "win32":
        return False  # signal 0 would end the process there; age decides
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _carry_over(target: Path, temporary: Path) -> None:
    """Link (or copy) into `temporary` whatever in an earlier result no run wrote."""
    if not target.is_dir():
        return
    ours = names_of_ours(target) or frozenset()
    for entry in sorted(target.iterdir()):
        if entry.name not in ours:
            _link(entry, temporary / entry.name)


def _link(source: Path, copy: Path) -> None:
    if source.is_dir() and not source.is_symlink():
        copy.mkdir()
        for entry in source.iterdir():
            _link(entry, copy / entry.name)
        return
    try:
        os.link(source, copy, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(source, copy, follow_symlinks=False)


def _to_disk(folder: Path, without: Collection[str]) -> None:
    """Wait until every other file in `folder`, and its list of names, is on the disk."""
    for entry in folder.iterdir():
        if entry.name not in without and entry.is_file() and not entry.is_symlink():
            descriptor = os.open(entry, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return  # folders cannot be opened there
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network disks cannot sync a folder
            raise
    finally:
        os.close(descriptor)


def _swap(temporary: Path, target: Path) -> None:
    """Put `temporary` in the place of `target`; an old result is then under the temporary name."""
    try:
        temporary.rename(target)  # nothing there yet, or an empty folder
    except OSError as error:
        taken = (errno.EEXIST, errno.ENOTEMPTY, errno.EACCES)  # the last on Windows
        if error.errno not in taken or not target.is_dir():
            raise
        if not _exchange(temporary, target):
            _two_renames(temporary, target)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two names in one step (Linux, renameat2(2)); False where that cannot be done."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes  # only needed here, and not free

    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False  # a C library older than the call
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    if call(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EXDEV):
        return False
    raise OSError(number, os.strerror(number), str(other))


def _two_renames(temporary: Path, target: Path) -> None:
    """The old result aside, the new one in; `settle` recovers the old one if killed between."""
    aside = target.parent / _beside(target, "old")
    try:
        target.rename(aside)
        temporary.rename(target)
    except BaseException:
        if not target.exists():
            with contextlib.suppress(OSError):
                aside.rename(target)
        raise
    remove(aside)


def remove(folder: Path) -> None:
    """Remove a folder of ours; a second Ctrl-C waits until that is done."""
    interrupted: KeyboardInterrupt | None = None
    while True:
        try:
            shutil.rmtree(folder, ignore_errors=True)
            break
        except KeyboardInterrupt as again:
            interrupted = again
    if interrupted is not None:
        raise interrupted
