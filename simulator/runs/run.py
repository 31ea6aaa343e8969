"""A run from file to folder: read, tie out, simulate, write beside, swap in.

When the result that is there already is the one asked for, nothing is made; finding that out
imports none of numpy, scipy and pyarrow.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.budget.tieout import TieOut
from simulator.errors import EnvironmentFault, InputError, Interrupted, Problem
from simulator.render.figures import grouped
from simulator.runs.approvals import insist, standing_today
from simulator.runs.asked import asked_of
from simulator.runs.check import checked_tie_out
from simulator.runs.options import Progress, RunOptions, Silent
from simulator.runs.precision import MOST_DRAWS, Target, canonical, check_sampling, parse_targets
from simulator.runs.recorded import record_run
from simulator.runs.resume import begun_for, going_on
from simulator.runs.room import bytes_in, refuse_too_large
from simulator.runs.versions import library_versions, program
from simulator.runs.vintages import vintages_of
from simulator.runs.workers import cluster_of
from simulator.scenario.fingerprint import fingerprint, to_toml
from simulator.scenario.layers import Layers
from simulator.scenario.model import Scenario
from simulator.scenario.read import (
    check_scenario,
    read_layers,
    scenario_of,
    warnings_of,
)
from simulator.store.faults import in_words
from simulator.store.folder import (
    DRAWS,
    EVERYTHING,
    INPUTS,
    MANIFEST,
    SCENARIO,
    STATISTICS,
    refuse_foreign,
    replacing,
    settle,
)
from simulator.store.manifest import (
    Manifest,
    PrecisionAsked,
    StoredFile,
    read_manifest,
    run_identity,
)
from simulator.store.result import THOROUGH_BYTES, Run, problems_of, read_run
from simulator.store.sink import write_text

if TYPE_CHECKING:
    from simulator.runs.precision import Reached

__all__ = ["Progress", "Run", "RunOptions", "RunResult", "read_run", "run_file", "write_run"]


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run did: the result it wrote, or found up to date.

    `scenario` is as it was run, `tie_out` None without published figures. `reached` tells how
    well each target of `--precision` was met; it is empty when none was asked for or nothing had
    to be made; `asked` says whether this run asked for any. `resumed` draws are those of a run that
    was killed. `seconds` is the wall time.
    """

    scenario: Scenario
    folder: Path
    manifest: Manifest
    up_to_date: bool
    tie_out: TieOut | None
    warnings: tuple[str, ...]
    reached: tuple[Reached, ...]
    asked: bool
    resumed: int
    seconds: float

    @property
    def precision_reached(self) -> bool | None:
        """Whether the precision asked for was reached; None when none was asked for."""
        asked = self.manifest.precision if self.asked else None
        return None if asked is None else asked.reached

    def open(self) -> Run:
        """The stored result, checked and ready to be read."""
        return read_run(self.folder)


@dataclass(frozen=True, slots=True)
class _Read:
    """Where a scenario was read from: every file with its checksum, and how it was asked for."""

    files: Mapping[str, str]
    asked: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Request:
    """A scenario under the options of its run, and what the precision asked for allows."""

    scenario: Scenario
    options: RunOptions
    targets: tuple[Target, ...]
    threads: int
    read: _Read

    @property
    def cap(self) -> int:
        """The most draws to make."""
        return self.scenario.sampling.draws

    def with_draws(self, draws: int) -> Scenario:
        """The scenario that makes exactly so many draws: the one that is stored."""
        sampling = self.scenario.sampling.model_copy(update={"draws": draws})
        return self.scenario.model_copy(update={"sampling": sampling})


def run_file(
    path: Path | str, options: RunOptions | None = None, progress: Progress | None = None
) -> RunResult:
    """Run the scenario in a file; its result goes to `options.out / <name of the scenario>`.

    The run is written down in the ledger of `options.out`.
    Raises InputError for the scenario or the options, and when a published figure does not tie,
    EnvironmentFault for the disk, Interrupted on Ctrl-C. In all these cases an earlier
    result is still there as it was.
    """
    try:
        options = options or RunOptions()
        layers = read_layers(path)
        scenario = scenario_of(layers)
        if options.strict:
            insist(standing_today(scenario), layers)
        folder = options.out / _folder_name(scenario)
        try:
            read = _Read(layers.files, asked_of(path, options))
            result = _run(scenario, folder, options, progress, read)
        except InputError as error:
            raise InputError(_with_places(error.problems, layers)) from None
        record_run(result)
    except KeyboardInterrupt:
        raise _interrupted() from None
    return result


def _with_places(problems: tuple[Problem, ...], layers: Layers) -> tuple[Problem, ...]:
    """Problems of the scenario with file and line; those of options (`--draws`) as they are."""
    return tuple(p if p.key.startswith("--") else layers.place(p) for p in problems)


def write_run(
    scenario: Scenario,
    folder: Path | str,
    *,
    draws: int | None = None,
    seed: int | None = None,
    sampler: str | None = None,
    replicates: int | None = None,
    threads: int | None = None,
    force: bool = False,
    precision: str | None = None,
    keep: str = EVERYTHING,
    progress: Progress | None = None,
) -> RunResult:
    """Run a scenario and write its result to `folder`, or find it there up to date.

    Settings not given are the scenario's own. Memory stays below 1.5 GiB up to 16 million draws:
    blocks are streamed, and the summary reads one column at a time in each thread. Raises as
    `run_file` does.
    """
    options = RunOptions(
        draws=draws,
        seed=seed,
        sampler=sampler,
        replicates=replicates,
        threads=threads,
        force=force,
        precision=precision,
        keep=keep,
    )
    problems = check_scenario(scenario)  # it need not have come from a file
    if problems:
        raise InputError(problems)
    try:
        return _run(scenario, Path(folder), options, progress, _Read({}, {}))
    except KeyboardInterrupt:
        raise _interrupted() from None


def _interrupted(kept: int = 0) -> Interrupted:
    """What a user hears who stopped a run of which so many draws are kept."""
    return Interrupted(f"interrupted; earlier results are as they were{_kept(kept)}")


def _kept(draws: int) -> str:
    """What is left of a run that was stopped."""
    if not draws:
        return ""
    return f"\n    → {grouped(draws, 0)} draws are kept, the same command goes on from there"


def _folder_name(scenario: Scenario) -> str:
    """The scenario's name, if it can name a folder."""
    name = scenario.name
    if "/" in name or name in (".", ".."):
        raise InputError(
            Problem(
                key="name",
                wanted="a name without slashes is wanted, because it names the result folder",
                value=name,
                remedy=f'write name = "{name.strip("/").replace("/", "-")}"',
            )
        )
    return name


def _request(scenario: Scenario, options: RunOptions, read: _Read) -> _Request:
    """The request with every option checked; nothing on the disk is touched."""
    sampled = options.sampled(scenario)
    threads = options.thread_count()
    targets: tuple[Target, ...] = ()
    if options.precision is not None:
        targets = parse_targets(options.precision)
        check_sampling(sampled.sampling)
        if options.draws is None:
            sampling = sampled.sampling.model_copy(update={"draws": MOST_DRAWS})
            sampled = sampled.model_copy(update={"sampling": sampling})
    return _Request(sampled, options, targets, threads, read)


def _run(
    scenario: Scenario,
    folder: Path,
    options: RunOptions,
    progress: Progress | None,
    read: _Read,
) -> RunResult:
    began = time.perf_counter()
    request = _request(scenario, options, read)
    tied = checked_tie_out(request.scenario)
    refuse_foreign(folder)
    with in_words(folder, "look for earlier results"):
        if not folder.exists():
            settle(folder)  # a run killed while it swapped folders may have left one aside
    manifest = None if options.force else _up_to_date(folder, request)
    reached: tuple[Reached, ...] = ()
    found, resumed = manifest is not None, 0
    if manifest is None:
        manifest, reached, resumed = _make(folder, request, progress or Silent())
    return RunResult(
        scenario=request.with_draws(manifest.draws),
        folder=folder,
        manifest=manifest,
        up_to_date=found,
        tie_out=tied,
        warnings=warnings_of(request.scenario),
        reached=reached,
        asked=bool(request.targets),
        resumed=resumed,
        seconds=time.perf_counter() - began,
    )


def _identity(scenario: Scenario) -> dict[str, Any]:
    """What the numbers depend on, and the sha256 over it; goes into every file of the result."""
    sampling = scenario.sampling
    parts: dict[str, Any] = {
        "fingerprint": fingerprint(scenario),
        "program_sha256": program().sha256,
        "libraries": library_versions(),
        "seed": sampling.seed,
        "sampler": sampling.sampler,
        "replicates": sampling.replicates,
        "draws": sampling.draws,
    }
    return {"scenario": scenario.name, **parts, "identity": run_identity(**parts)}


def _up_to_date(folder: Path, request: _Request) -> Manifest | None:
    """The manifest of the result in `folder` when it is what the request would make, whole."""
    try:
        with in_words(folder, "read the earlier result"):
            manifest = read_manifest(folder)
    except InputError:
        return None  # none yet, or damaged: made again
    if manifest.keep != EVERYTHING and request.options.keep == EVERYTHING:
        return None  # it lacks the draws; one that has them has its statistics too
    if request.targets:
        asked = manifest.precision
        if asked is None or asked.targets != canonical(request.targets):
            return None
        enough = asked.reached and manifest.draws <= request.cap
        if not enough and asked.cap != request.cap:
            return None
        scenario = request.with_draws(manifest.draws)
    else:
        scenario = request.scenario
    if manifest.identity != _identity(scenario)["identity"]:
        return None
    with in_words(folder, "read the earlier result"):
        damage = next(problems_of(folder, manifest, THOROUGH_BYTES), None)
    return manifest if damage is None else None


def _make(
    folder: Path, request: _Request, progress: Progress
) -> tuple[Manifest, tuple[Reached, ...], int]:
    from simulator.runs.write import Simulation  # numpy and pyarrow come with it

    run = Simulation(request.scenario, request.threads, targets=request.targets)
    about = _identity(request.scenario)
    without = (DRAWS, INPUTS) if request.options.keep == STATISTICS else ()
    begun = begun_for(folder, about, progress, anew=request.options.force)
    if not request.targets:
        refuse_too_large(folder, run.bytes_wanted - bytes_in(begun))
    try:
        with (
            cluster_of(request.options, progress) as run.workers,
            replacing(folder, begun if run.resumable else None, without) as temporary,
            run.writing(temporary, about, progress),
        ):
            if run.resumed:
                progress.say(going_on(folder, run.resumed, request.cap))
            progress.start(request.cap - run.resumed)
            run.make(progress)
            scenario = request.with_draws(run.draws)
            identity = _identity(scenario)
            with _here(temporary, folder):
                files = dict(run.finish(identity, progress))
            files = {name: file for name, file in files.items() if name not in without}
            files[SCENARIO] = write_text(temporary / SCENARIO, to_toml(scenario))
            manifest = _manifest(request, scenario, identity, files, run.reached)
            write_text(temporary / MANIFEST, manifest.to_json())
    except MemoryError:
        words = "there is not enough memory\n    → ask for fewer draws or threads"
        raise EnvironmentFault(words + _kept(run.noted)) from None
    except EnvironmentFault as fault:
        raise EnvironmentFault(f"{fault}{_kept(run.noted)}") from fault
    except KeyboardInterrupt:
        raise _interrupted(run.noted) from None
    finally:
        progress.done()
    return manifest, run.reached, run.resumed


@contextmanager
def _here(temporary: Path, folder: Path) -> Iterator[None]:
    """Files of this run that are gone are not wrong input: somebody removed the folder."""
    try:
        yield
    except InputError:
        if (temporary / DRAWS).exists():
            raise
        raise EnvironmentFault(
            f"{folder}: the folder vanished during the run\n"
            "    → check that nothing removes it, and run again"
        ) from None


def _manifest(
    request: _Request,
    scenario: Scenario,
    identity: Mapping[str, Any],
    files: Mapping[str, StoredFile],
    reached: tuple[Reached, ...],
) -> Manifest:
    asked = None
    if request.targets:
        every = all(found.ok for found in reached)
        needed = {str(f.target): f.plain_draws(scenario.sampling.draws) for f in reached}
        plain = {target: draws for target, draws in sorted(needed.items()) if draws is not None}
        asked = PrecisionAsked(canonical(request.targets), request.cap, every, plain)
    sampling = scenario.sampling
    return Manifest(
        program=program(),
        libraries=identity["libraries"],
        scenario=scenario.name,
        fingerprint=identity["fingerprint"],
        seed=sampling.seed,
        sampler=sampling.sampler,
        replicates=sampling.replicates,
        draws=sampling.draws,
        periods=scenario.periods,
        vintages=vintages_of(scenario),
        read_from=request.read.files,
        files=files,
        precision=asked,
        created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        identity=identity["identity"],
        keep=request.options.keep,
        asked=request.read.asked,
    )
