"""Work on a Dask cluster: worker processes of this machine, or those of a scheduler.

Jobs are tasks; a task whose worker dies is given to another one by the scheduler, and what a dead
worker held is made again. Jobs are pure functions and results are taken in order, so neither who
worked nor who died changes a bit.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import signal
import socket
import uuid
import warnings
import zlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import resource_tracker
from typing import Any, TypeVar
from urllib.parse import urlsplit

from simulator.errors import EnvironmentFault, tidy_up_first
from simulator.runs.options import Saying
from simulator.runs.versions import library_versions, program_hash

Job = TypeVar("Job")
Made = TypeVar("Made")

PATIENCE = 15.0
"""Seconds to wait for a scheduler to answer, and for its first worker."""

RECOUNT = 64
"""Jobs after which the workers are counted again: some join later."""

TOGETHER = 16
"""Small jobs of a task at most: a scheduler hands out some hundred tasks a second."""

_MADE: dict[str, Callable[[Any], Any]] = {}
"""In a worker: what it was last given to do, by token."""


def about_me() -> dict[str, Any]:
    """What must be the same on every worker, and `processor`, on which last bits may depend."""
    return {
        "program": program_hash(),
        **library_versions(),
        "processor": _processor(),
    }


def _processor() -> str:
    """What numpy found of instructions that it computes with."""
    import numpy as np

    said: Any = np.show_config(mode="dicts")
    return " ".join(said.get("SIMD Extensions", {}).get("found", ()))


def _hand_on(data: bytes) -> bytes:
    """A task of its own, so that a worker gets the work once, and can get it again."""
    return data


def _do(token: str, program: str, work: bytes, jobs: Sequence[Any]) -> list[Any]:
    """In a worker: some jobs. The program is compared again, for workers that joined late."""
    if program_hash() != program:
        raise OtherProgram("another program")
    if token not in _MADE:
        _MADE.clear()
        _MADE[token] = pickle.loads(zlib.decompress(work))  # noqa: S301 - from our own client
    return [_MADE[token](job) for job in jobs]


def _batches(jobs: Iterable[Job], size: int) -> Iterator[tuple[Job, ...]]:
    """So many jobs at a time."""
    rest = iter(jobs)
    while some := tuple(islice(rest, size)):
        yield some


class OtherProgram(Exception):
    """A worker has another version of this program."""


@dataclass(frozen=True)
class Cluster:
    """The workers of a scheduler; `client` is connected to it."""

    client: Any
    place: str

    def in_order(
        self,
        make: Callable[[Job], Made],
        jobs: Iterable[Job],
        most: int | None = None,
        count: int = 0,
    ) -> Generator[tuple[Job, Made], None, None]:
        """As `Workers`; `most` is for threads of this process and does not bind others."""
        with _in_words(self.place):
            together = max(1, min(TOGETHER, count // (4 * self._cores())))
            for some, made in self._in_order(make, _batches(jobs, together)):
                yield from zip(some, made, strict=True)

    def _in_order(
        self, make: Callable[[Job], Made], batches: Iterable[tuple[Job, ...]]
    ) -> Generator[tuple[tuple[Job, ...], list[Made]], None, None]:
        work = zlib.compress(pickle.dumps(make), 1)  # a history of rates is megabytes of dates
        token = hashlib.sha256(work).hexdigest()
        shared = self._handed_on(work)
        waiting: deque[tuple[tuple[Job, ...], Any]] = deque()
        most = self._room()
        try:
            for number, some in enumerate(batches):
                if number % RECOUNT == RECOUNT - 1:
                    most = self._room()
                key = f"sim-job-{uuid.uuid4().hex}"
                future = self.client.submit(
                    _do, token, program_hash(), shared, some, key=key, pure=False
                )
                waiting.append((some, future))
                while len(waiting) >= most:
                    yield self._taken(waiting)
            while waiting:
                yield self._taken(waiting)
        finally:
            self.client.cancel([future for _, future in waiting])
            shared.release()

    def _handed_on(self, work: bytes) -> Any:  # noqa: ANN401 - untyped library
        """The work as a task, so that the scheduler can have it again when a worker dies."""
        with warnings.catch_warnings():
            # Dask would have large data scattered; those are lost with their worker.
            warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
            return self.client.submit(_hand_on, work, key=f"sim-work-{uuid.uuid4().hex}")

    def _taken(
        self, waiting: deque[tuple[tuple[Job, ...], Any]]
    ) -> tuple[tuple[Job, ...], list[Any]]:
        some, future = waiting.popleft()
        made = future.result()
        future.release()
        return some, made

    def _cores(self) -> int:
        found: int = sum(self.client.nthreads().values())
        return max(1, found)

    def _room(self) -> int:
        """How many tasks may be under way: each worker has the next one when it is done."""
        return 2 * self._cores() + 1


@contextmanager
def cluster(scheduler: str | None, processes: int, progress: Saying) -> Iterator[Cluster]:
    """A cluster at an address, or of so many processes of this machine; gone after the block.

    Raises EnvironmentFault when Dask is not installed, nobody answers, or the workers have another
    program.
    """
    try:
        import distributed
    except ImportError:
        raise EnvironmentFault(
            "--engine dask: dask and distributed are not installed\n"
            "    → pip install 'simulator[cluster]', or leave --engine out"
        ) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # it is told here, in words
    with tidy_up_first(), ExitStack() as stack:
        if scheduler is None:
            with _deaf_children():
                here = stack.enter_context(_local(distributed, processes))
            address, place = here.scheduler_address, "the workers on this machine"
        else:
            address, place = scheduler, scheduler
        client = stack.enter_context(_connected(distributed, address))
        _wait_for_workers(client, place)
        _compare(client, place, progress)
        yield Cluster(client, place)


def _local(distributed: Any, processes: int) -> Any:  # noqa: ANN401 - untyped library
    """Worker processes of this machine, which listen to this machine only."""
    return distributed.LocalCluster(
        n_workers=processes,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",  # None would take a fixed port
        memory_limit=0,
        silence_logs=logging.CRITICAL,
    )


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes that are started here, or by threads that are, do not hear Ctrl-C.

    A terminal sends it to all of them, and each would print a traceback; it is for the client,
    which hears it after the block and ends its workers.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    _start_tracker()  # else it is started inside, and lets the signal in again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_tracker() -> None:
    """Start what clears up after processes that end at once; it does so without a word."""
    name = "PYTHONWARNINGS"
    before = os.environ.get(name)
    os.environ[name] = ",".join(filter(None, (before, "ignore:resource_tracker:UserWarning")))
    try:
        resource_tracker.ensure_running()
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _connected(distributed: Any, address: str) -> Any:  # noqa: ANN401 - untyped library
    remedy = "start one with `dask scheduler`, or leave --scheduler out to work on this machine"
    try:
        _knock(address)
        return distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        said = _first_line(error)
        raise EnvironmentFault(
            f"--scheduler {address}: no scheduler answers there: {said}\n    → {remedy}"
        ) from None


def _knock(address: str) -> None:
    """Raise OSError at once where nobody listens, ValueError for what is no address."""
    found = urlsplit(address)
    if not found.scheme or not found.netloc:
        raise ValueError("an address such as tcp://127.0.0.1:8786 is wanted")
    if found.scheme in ("tcp", "tls"):
        host, port = found.hostname or "", found.port
        if port is None:
            raise ValueError("a port is wanted, as in tcp://127.0.0.1:8786")
        socket.create_connection((host, port), timeout=PATIENCE).close()


def _wait_for_workers(client: Any, place: str) -> None:  # noqa: ANN401 - untyped library
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise EnvironmentFault(
            f"{place}: no worker is there\n    → start some with `dask worker ADDRESS`"
        ) from None


def _compare(client: Any, place: str, progress: Saying) -> None:  # noqa: ANN401 - untyped library
    """Raise EnvironmentFault unless every worker has this program on these libraries."""
    mine = about_me()
    remedy = "install the same version of sim and of what it needs everywhere"
    try:
        theirs: dict[str, dict[str, Any]] = client.run(about_me)
    except (ImportError, AttributeError) as error:
        raise EnvironmentFault(
            f"{place}: a worker lacks this program: {error}\n    → {remedy}"
        ) from None
    differing = [
        f"    {worker}: {name} {str(its.get(name))[:16]}, here {str(wanted)[:16]}"
        for worker, its in theirs.items()
        for name, wanted in mine.items()
        if name != "processor" and its.get(name) != wanted
    ]
    if differing:
        raise EnvironmentFault(
            "\n".join([f"{place}: workers have another version", *differing, f"    → {remedy}"])
        )
    other = sorted(w for w, its in theirs.items() if its["processor"] != mine["processor"])
    if other:
        progress.say(
            f"{place}: {len(other)} of {len(theirs)} workers have a processor with other "
            "instructions: the last bits of a result may differ from those made here"
        )


@contextmanager
def _in_words(place: str) -> Iterator[None]:
    """What goes wrong with a cluster, in words; what goes wrong in a job, as it is."""
    from distributed import CancelledError
    from distributed.comm.core import CommClosedError
    from distributed.scheduler import KilledWorker

    try:
        yield
    except KilledWorker as error:
        raise EnvironmentFault(
            f"{place}: workers died over and over at the same task: {_first_line(error)}\n"
            "    → give them more memory, or look into their logs"
        ) from None
    except OtherProgram:
        raise EnvironmentFault(
            f"{place}: a worker that joined has another version of this program\n"
            "    → install the same version everywhere"
        ) from None
    except (CancelledError, CommClosedError) as error:
        raise EnvironmentFault(
            f"{place}: the scheduler is gone: {_first_line(error)}\n"
            "    → start it again; what was written is kept where a run can go on"
        ) from None


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
