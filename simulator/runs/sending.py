"""Results that go to an address: made here, in a folder that waits, and then sent.

The run itself is that of any result, so it goes on after a kill. Before it, a folder that stands
for what is at the address is put where its result would be: if that is up to date, nothing is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import EnvironmentFault, InputError, Interrupted, tidy_up_first
from simulator.runs.unchanged import name_in
from simulator.store.address import Place
from simulator.store.faults import in_words
from simulator.store.folder import ORIGIN, remove
from simulator.store.manifest import read_manifest
from simulator.store.remote import (
    is_address,
    origin_of,
    publish,
    refuse_existing_at,
    refuse_foreign_at,
    send_file,
    split,
    staging_of,
    stand_in,
)

if TYPE_CHECKING:
    from simulator.runs.options import Progress, RunOptions

AGAIN = "the same command sends it"


def bring(path: Path | str, options: RunOptions) -> None:
    """Put what stands for the result at the address where that of the scenario in a file goes.

    Raises InputError when something else is at the address, EnvironmentFault for its file system,
    before anything is made.
    """
    try:
        name = _name_of(path)
    except (InputError, OSError):
        return  # the run says it better
    folder, place = options.out / name, Place(f"{options.to}/{name}")
    refuse_foreign_at(place)
    if origin_of(folder) is not None:
        remove(folder)  # of a command that was killed
    if not options.force and not folder.exists():
        try:
            stand_in(place.address, folder)
        except InputError:
            return  # none yet, or damaged: made again


def _name_of(path: Path | str) -> str:
    try:
        return name_in(Path(path))
    except ValueError:
        from simulator.scenario.read import read_scenario  # pydantic comes with it

        return read_scenario(path).name


def send(folder: Path, options: RunOptions, progress: Progress) -> None:
    """Bring the result in a folder to the address; the folder then stands for that."""
    if origin_of(folder) is not None:
        return
    address = f"{options.to.rstrip('/')}/{folder.name}"
    progress.begin("sending", "bytes", sum(f.size for f in read_manifest(folder).files.values()))
    try:
        with tidy_up_first():
            publish(folder, address, progress.advance)
    except EnvironmentFault as fault:
        words = f"{fault}\n    → the result is whole in {folder}: {AGAIN}"
        raise EnvironmentFault(words) from fault
    except KeyboardInterrupt:
        words = f"interrupted; the result is whole in {folder}\n    → {AGAIN}"
        raise Interrupted(words) from None
    finally:
        progress.done()
    with in_words(folder, "note where it was sent"):
        (folder / ORIGIN).write_text(address, encoding="utf-8")


def forget(folder: Path) -> None:
    """Remove a folder that stands for an address: all of it is there."""
    if origin_of(folder) is not None:
        remove(folder)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a single file is made, and the address to which it goes; "" where it stays."""

    path: Path
    to: str = ""

    def __str__(self) -> str:
        return self.to or str(self.path)

    def replaces(self, *, force: bool) -> bool:
        """Whether a file at `path` may be replaced: one that waits to be sent is ours."""
        return force or bool(self.to)

    def send(self, *, force: bool) -> None:
        """Bring the file to its address, if it has one."""
        if not self.to:
            return
        try:
            send_file(self.path, self.to, force=force)
        except EnvironmentFault as fault:
            raise EnvironmentFault(f"{fault}\n    → the file is whole: {self.path}") from fault

    def leave(self) -> None:
        """Remove here what was sent."""
        if self.to:
            with in_words(self.path, "remove what was sent"):
                self.path.unlink()


def target_of(name: str, *, force: bool) -> Target:
    """What a user named; InputError when it is an address that is taken."""
    if not is_address(name):
        return Target(Path(name))
    folder, last = split(name)
    refuse_existing_at(name, force=force)
    place = staging_of(folder)
    with in_words(place, "keep what is made", making=True):
        place.mkdir(parents=True, exist_ok=True)
    return Target(place / last, name)
