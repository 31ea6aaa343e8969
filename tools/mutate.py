"""Mutation testing: change the program in one place at a time and see whether a test notices.

    make mutate                                   a fixed sample of everything
    make mutate OPTIONS="--exact"                 all of rounding, shares and tie-out
    make mutate OPTIONS="--sample 1 --only simulator/units.py"
    make mutate OPTIONS="--more tests/units"      first: where tests are new or changed

First the suite runs once under coverage, which tells for every line the tests that reach it, and
how long each takes. Then the suite is collected once and kept; for every mutant (tools/mutants.py)
this process forks, puts the changed code in place of the old and runs only the tests that reach
the line until one fails: first those that found something in the same function, then those of the
same part of the program, the fastest first. A mutant that is not noticed has survived. A change
that acts while modules are loaded (a constant, a table) is tried in a fresh process instead.

A test is believed only after it has passed on the unchanged program in such a fork. One process;
every test has a limit of processor time; a mutant stops after --seconds of tests.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import gc
import hashlib
import importlib.abc
import importlib.util
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

from mutants import Mutant, mutants_of, mutated

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / ".mutation"
COVERAGE = PLACE / "coverage"
LOADING = PLACE / "coverage-loading"
TIMES = PLACE / "times.xml"
ADDED = PLACE / "added.xml"
EXACT = (
    r"simulator/(units\.py|budget/(published|tieout)\.py)::"
    r"|simulator/budget/cascade\.py::(on_grid|_sum|contributions|total_of)::"
    r"|simulator/budget/plan\.py::_grid::|simulator/budget/inputs\.py::_income"
)
"""Mutants of rounding, shares and the tie-out, by id: all are tried, and none may survive."""
TARGETS = ("simulator/units.py", "simulator/budget", "simulator/sampling", "simulator/analysis")
ALSO = {"budget": ("independent",), "units": ("budget",)}
"""Tests of another name that are about a part as well."""
GIBIBYTE = 2**30
QUIET = [
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "-p",
    "no:pytest_cov",
]


def files() -> list[Path]:
    """The modules that are mutated."""
    places = [ROOT / target for target in TARGETS]
    return [f for p in places for f in (sorted(p.rglob("*.py")) if p.is_dir() else [p])]


def sampled(mutant: Mutant, share: float) -> bool:
    """Whether a mutant is in the sample: by its words, so that the sample stays the same."""
    digest = hashlib.sha256(mutant.id.encode()).digest()
    return int.from_bytes(digest[:8]) < share * 2**64


# ---------------------------------------------------------------- which tests reach a line


@dataclass(slots=True)
class Reach:
    """By file and line the tests that reach it; the lines that run while modules are loaded."""

    tests: dict[str, dict[int, set[str]]]
    prepared: dict[str, dict[int, set[str]]]
    """The same for what runs in fixtures: the test that came first stands for all."""
    loading: dict[str, set[int]]
    seconds: dict[str, float]

    def of(self, mutant: Mutant, shared: dict[str, set[str]]) -> set[str]:
        """The tests that reach a mutant's statement, by themselves or in a fixture they share."""
        lines = range(mutant.lines[0], mutant.lines[1] + 1)
        here, before = self.tests.get(mutant.file, {}), self.prepared.get(mutant.file, {})
        found = {test for line in lines for test in here.get(line, ())}
        for test in {test for line in lines for test in before.get(line, ())}:
            found |= {test} | shared.get(test, set())
        if not found and mutant.line in self.loading.get(mutant.file, set()):
            found = {test for tests in here.values() for test in tests}
        return found


def measure() -> None:
    """Run the suite once under coverage, and its collection alone."""
    PLACE.mkdir(exist_ok=True)
    python = [sys.executable, "-m", "pytest", "-q", "--cov", "--cov-report="]
    loading = [*python, "--collect-only", "-p", "no:xdist"]
    suite = [*python, "--numprocesses=auto", "--dist=worksteal", "--cov-context=test"]
    suite += [f"--junitxml={TIMES}", "-o", "junit_family=xunit1"]
    for command, data in ((loading, LOADING), (suite, COVERAGE)):
        environment = {**os.environ, "COVERAGE_FILE": str(data)}
        with Path(os.devnull).open("w") as nothing:
            code = subprocess.call(command, cwd=ROOT, env=environment, stdout=nothing)  # noqa: S603 - our own command
        if code > 1:
            raise SystemExit(f"pytest ended with {code}: {' '.join(command)}")


def measure_more(places: list[str]) -> None:
    """Measure tests that are new or changed, and put what they reach to the rest."""
    names = [f"--junitxml={ADDED}", "-o", "junit_family=xunit1", "-p", "no:xdist"]
    command = [sys.executable, "-m", "pytest", "-q", "--cov", "--cov-append", "--cov-context=test"]
    environment = {**os.environ, "COVERAGE_FILE": str(COVERAGE)}
    code = subprocess.call([*command, "--cov-report=", *names, *places], cwd=ROOT, env=environment)  # noqa: S603 - our own command
    if code > 1:
        raise SystemExit(code)
    times, added = ET.parse(TIMES), ET.parse(ADDED)  # noqa: S314 - written by pytest just before
    times.getroot().extend(added.getroot())
    times.write(TIMES)


def _of_phase(contexts: list[str], phase: str) -> set[str]:
    parts = (name.rpartition("|") for name in contexts if name)
    return {test for test, _, its in parts if its == phase}


def reach() -> Reach:
    """What `measure` found."""
    from coverage import CoverageData

    data, loading = CoverageData(str(COVERAGE)), CoverageData(str(LOADING))
    data.read()
    loading.read()
    tests: dict[str, dict[int, set[str]]] = {}
    prepared: dict[str, dict[int, set[str]]] = {}
    for path in files():
        by_line = data.contexts_by_lineno(str(path))
        name = str(path.relative_to(ROOT))
        tests[name] = {line: _of_phase(names, "run") for line, names in by_line.items()}
        prepared[name] = {line: _of_phase(names, "setup") for line, names in by_line.items()}
    loaded = {str(p.relative_to(ROOT)): set(loading.lines(str(p)) or ()) for p in files()}
    seconds: dict[str, float] = {}
    for case in ET.parse(TIMES).iter("testcase"):  # noqa: S314 - written by pytest just before
        inner = case.get("classname", "").removeprefix(
            case.get("file", "").removesuffix(".py").replace("/", ".")
        )
        where = "::".join(
            [case.get("file", ""), *filter(None, inner.split(".")), case.get("name", "")]
        )
        seconds[where] = float(case.get("time", 0))
    return Reach(tests, prepared, loaded, seconds)


# ---------------------------------------------------------------- changed code in a fresh process


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module with its change, all others as they are."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self.name = mutant.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def find_spec(
        self, name: str, path: object, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self.name:
            return None
        file = ROOT / self.mutant.file
        return importlib.util.spec_from_file_location(name, file, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        file = ROOT / self.mutant.file
        exec(mutated(file.read_text(), self.mutant.number, str(file)), module.__dict__)  # noqa: S102 - the mutant


class _Limits:
    """A limit of processor time for each test, by a signal that ends the process.

    `tell` hears its name. A busy machine makes no test late.
    """

    def __init__(self, seconds: dict[str, float], tell: Callable[[str], object]) -> None:
        self.seconds = seconds
        self.tell = tell
        self.failed = ""

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.tell(f"BEGUN {nodeid}\n")
        signal.setitimer(signal.ITIMER_PROF, 8 + 8 * self.seconds.get(nodeid, 1))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed = self.failed or report.nodeid
            self.tell(f"FAILED {report.nodeid}\n")


def _blamed(told: str, status: int) -> str:
    """The test that failed or did not end; "" when all passed; else a word for the end."""
    failed = re.findall(r"^FAILED (.*)", told, re.MULTILINE)
    if failed or status == 0:
        return failed[0] if failed else ""
    begun = re.findall(r"^BEGUN (.*)", told, re.MULTILINE)
    return begun[-1] if begun else "loading"


def fresh(mutant: Mutant, tests: list[str], seconds: dict[str, float], limit: float) -> str:
    """The first of `tests` to fail with the change loaded, in a new process; "" when none does."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as task:
        json.dump([mutant.file, mutant.number, tests, seconds], task)
        task.flush()
        command = [sys.executable, __file__, "--one", task.name]
        try:
            done = subprocess.run(  # noqa: S603 - our own command
                command,
                cwd=ROOT,
                timeout=limit,
                capture_output=True,
                text=True,
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            return _blamed((late.stdout or b"").decode(), 1)
    return _blamed(done.stdout, done.returncode)


def one(task: Path) -> int:
    """The fresh process: load the change and run its tests."""
    import pytest

    file, number, tests, seconds = json.loads(task.read_text())
    mutant = mutants_of((ROOT / file).read_text(), file)[number]
    resource.setrlimit(resource.RLIMIT_AS, (8 * GIBIBYTE,) * 2)
    signal.setitimer(signal.ITIMER_PROF, 120)  # for what does not even load
    if number >= 0:
        sys.meta_path.insert(0, _Changed(mutant))
    out = os.dup(1)  # pytest takes the first for itself
    limits = _Limits(seconds, lambda words: os.write(out, words.encode()))
    with tempfile.TemporaryDirectory() as place, contextlib.redirect_stdout(sys.stderr):
        code = pytest.main([*QUIET, "-x", f"--basetemp={place}/t", *tests], plugins=[limits])
    signal.setitimer(signal.ITIMER_PROF, 0)
    return int(code)


# ---------------------------------------------------------------- changed code in a fork


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


Key = tuple[str, str, Any]


def _key(code: CodeType) -> Key:
    return code.co_filename, code.co_qualname, next(iter(code.co_positions()), None) or 0


def _plain(code: CodeType) -> CodeType:
    """A code object without what it holds inside."""
    inside = tuple(None if isinstance(c, CodeType) else (type(c), c) for c in code.co_consts)
    return code.replace(co_consts=tuple(map(repr, inside)))


def _runs_when_loaded(code: CodeType) -> bool:
    """The module itself, or the body of a class."""
    return code.co_name == "<module>" or not code.co_flags & 0x2  # CO_NEWLOCALS


@dataclass(slots=True)
class Fork:
    """The collected suite, and the functions of the program by their code."""

    items: dict[str, Any]
    seconds: dict[str, float]
    shared: dict[str, set[str]] = field(default_factory=dict)
    """By test the tests that share a fixture with it which is made once for several."""
    functions: dict[Key, list[FunctionType]] = field(default_factory=lambda: defaultdict(list))
    caches: list[Any] = field(default_factory=list)

    def look(self) -> None:
        """Find every function of the program, every cache, and who shares a fixture."""
        users: dict[tuple[str, str], set[str]] = defaultdict(set)
        wide: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for test, item in self.items.items():
            for name, definitions in item._fixtureinfo.name2fixturedefs.items():
                for made in definitions:
                    if made.baseid and made.scope != "function":  # not pytest's own
                        users[made.baseid, name].add(test)
                        wide[test].add((made.baseid, name))
        self.shared = {t: set().union(*(users[k] for k in keys)) for t, keys in wide.items()}
        for thing in gc.get_objects():
            if isinstance(thing, FunctionType):
                if thing.__code__.co_filename.startswith(str(ROOT / "simulator")):
                    self.functions[_key(thing.__code__)].append(thing)
            elif isinstance(thing, functools._lru_cache_wrapper):
                self.caches.append(thing)

    def change(self, mutant: Mutant) -> list[tuple[FunctionType, CodeType]] | None:
        """What has to be put in place; None when the change acts while the module is loaded."""
        path = ROOT / mutant.file
        text = path.read_text()
        old = list(_codes(compile(text, str(path), "exec", dont_inherit=True)))
        new = list(_codes(mutated(text, mutant.number, str(path))))
        if len(old) != len(new):
            return None
        swaps: list[tuple[FunctionType, CodeType]] = []
        for before, after in zip(old, new, strict=True):
            if before == after:
                continue
            if _runs_when_loaded(before):
                if _plain(before) != _plain(after):
                    return None
                continue
            found = self.functions.get(_key(before), [])
            if any(len(f.__code__.co_freevars) != len(after.co_freevars) for f in found):
                return None
            swaps += [(function, after) for function in found]
        return swaps or None

    def run(
        self, tests: list[str], swaps: list[tuple[FunctionType, CodeType]], limit: float
    ) -> str:
        """The first test to fail in a fork, "time", or "" when none does."""
        place = Path(tempfile.mkdtemp(prefix="mutant-"))
        words = place / "words"
        child = os.fork()
        if child == 0:
            self._child(tests, swaps, place)
        status = self._wait(child, limit)
        told = words.read_text() if words.exists() else ""
        shutil.rmtree(place, ignore_errors=True)
        return _blamed(told, status)

    def _wait(self, child: int, limit: float) -> int:
        last = time.monotonic() + limit
        while time.monotonic() < last:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                self._end(child)
                return status
            time.sleep(0.003)
        self._end(child)
        return os.waitpid(child, 0)[1]

    @staticmethod
    def _end(child: int) -> None:
        """End what the child may have left running: its own group, nothing else."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child, signal.SIGKILL)

    def _child(
        self, tests: list[str], swaps: list[tuple[FunctionType, CodeType]], place: Path
    ) -> None:
        code = 9
        try:
            os.setsid()
            write = os.open(place / "words", os.O_WRONLY | os.O_CREAT)
            quiet = os.open(os.devnull, os.O_RDWR)
            for number in (0, 1, 2):
                os.dup2(quiet, number)
            resource.setrlimit(resource.RLIMIT_AS, (8 * GIBIBYTE,) * 2)
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            for function, changed in swaps:
                function.__code__ = changed
            for cache in self.caches:
                if (cache.__module__ or "").startswith("simulator"):
                    cache.cache_clear()
            items = [self.items[test] for test in tests]
            config = items[0].config
            factory = config._tmp_path_factory
            factory._basetemp = place
            config.pluginmanager.unregister(name="terminalreporter")
            limits = _Limits(self.seconds, lambda words: os.write(write, words.encode()))
            config.pluginmanager.register(limits)
            code = 0
            for item, following in zip(items, [*items[1:], None], strict=True):
                config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if limits.failed:
                    code = 1
                    break
        finally:
            os._exit(code)


# ---------------------------------------------------------------- one mutant after the other


@dataclass(slots=True)
class Trial:
    """The plan of a whole run."""

    fork: Fork
    reach: Reach
    limit: float
    killers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    believed: set[str] = field(default_factory=set)
    doubted: set[str] = field(default_factory=set)

    def tests(self, mutant: Mutant) -> list[str]:
        """Tests for a mutant, in order, as many as the limit of time allows."""
        part = Path(mutant.file).parts[1].removesuffix(".py")
        near = tuple(f"tests/{name}/" for name in (part, *ALSO.get(part, ())))
        here = self.killers[f"{mutant.file}::{mutant.function}"]
        around = self.killers[mutant.file]
        seconds = self.reach.seconds

        def order(test: str) -> tuple[int, int, bool, float]:
            return -here[test], -around[test], not test.startswith(near), seconds.get(test, 1.0)

        chosen: list[str] = []
        total = 0.0
        reaching = self.reach.of(mutant, self.fork.shared)
        if mutant.function == "<module>":  # a constant is used without a line of its own
            reaching |= {test for test in self.fork.items if test.startswith(near)}
        for test in sorted(reaching & self.fork.items.keys() - self.doubted, key=order):
            total += seconds.get(test, 1.0)
            if total > self.limit and chosen:
                break
            chosen.append(test)
        return chosen

    def passes(self, test: str) -> bool:
        """Whether a test passes on the unchanged program, in a fork of its own."""
        if test not in self.believed and not self.fork.run([test], [], 900):
            self.believed.add(test)
        return test in self.believed

    def try_(self, mutant: Mutant) -> dict[str, Any]:
        """What became of a mutant."""
        begun = time.monotonic()
        verdict, killer, how = "survived", "", "fork"
        while tests := self.tests(mutant):
            swaps = self.fork.change(mutant)
            loading = self.reach.loading.get(mutant.file, set())
            limit = 300 + 30 * self.limit  # by the clock, for what waits
            if swaps is None or (mutant.line in loading and mutant.function != "<module>"):
                how = "fresh"
                seconds = {test: self.reach.seconds.get(test, 1.0) for test in tests}
                killer = fresh(mutant, tests, seconds, limit)
            else:
                killer = self.fork.run(tests, swaps, limit)
            if killer in self.fork.items and not (
                self.passes(killer)
                and (how == "fresh" or killer == tests[0] or self.fork.run([killer], swaps, limit))
            ):
                self.doubted.add(killer)
                continue
            break
        else:
            verdict = "not reached"
        if killer:
            verdict = "killed"
            if killer in self.fork.items:
                self.killers[f"{mutant.file}::{mutant.function}"][killer] += 1
                self.killers[mutant.file][killer] += 1
        seconds_taken = round(time.monotonic() - begun, 2)
        return {
            "id": mutant.id,
            "file": mutant.file,
            "line": mutant.line,
            "function": mutant.function,
            "change": mutant.change,
            "verdict": verdict,
            "by": killer,
            "how": how,
            "tests": len(tests),
            "seconds": seconds_taken,
        }


class Loop:
    """The plugin that takes the place of pytest's own loop over tests."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Collect once, then try every mutant of the sample that was not tried before."""
        capture = session.config.pluginmanager.getplugin("capturemanager")
        capture.suspend_global_capture(in_=True)
        found = reach()
        fork = Fork({item.nodeid: item for item in session.items}, found.seconds)
        fork.look()
        gc.freeze()
        trial = Trial(fork, found, self.options.seconds)
        chosen = mutants(self.options)
        out = Path(self.options.out)
        known = (
            {r["id"]: r for r in map(json.loads, out.read_text().splitlines())}
            if out.exists()
            else {}
        )
        if self.options.again:
            known = {name: r for name, r in known.items() if r["verdict"] == "killed"}
        with out.open("a") as file:
            for count, mutant in enumerate(chosen, 1):
                if mutant.id in known:
                    continue
                row = trial.try_(mutant)
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                file.flush()
                if row["verdict"] != "killed" or count % 100 == 0:
                    print(f"{count}/{len(chosen)} {row['verdict']} {mutant.id}", flush=True)
        if trial.doubted:
            print(
                "not believed, as they fail on the unchanged program:",
                *sorted(trial.doubted),
                sep="\n  ",
            )
        return True


def mutants(options: argparse.Namespace) -> list[Mutant]:
    """The mutants that are asked for."""
    found: list[Mutant] = []
    for path in files():
        name = str(path.relative_to(ROOT))
        if options.only and not re.search(options.only, name):
            continue
        every = mutants_of(path.read_text(), name)
        if getattr(options, "exact", False):
            found += [m for m in every if re.match(EXACT, m.id)]
        else:
            found += [m for m in every if sampled(m, options.sample)]
    return found


def arguments() -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--sample", type=float, default=0.12, help="share of mutants to try")
    parser.add_argument("--exact", action="store_true", help="all of rounding, shares, tie-out")
    parser.add_argument("--only", default="", help="files whose path this pattern finds")
    parser.add_argument(
        "--seconds", type=float, default=30, help="tests a mutant is given, by time"
    )
    parser.add_argument("--out", default=str(PLACE / "mutants.jsonl"), help="one line a mutant")
    parser.add_argument("--again", action="store_true", help="try survivors once more")
    parser.add_argument("--measure", action="store_true", help="run the suite under coverage anew")
    parser.add_argument("--more", nargs="+", default=[], help="only measure these tests as well")
    parser.add_argument("--report", action="store_true", help="only the page of what was tried")
    parser.add_argument("--one", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    """Measure if asked or never done, try the mutants, print the table."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored when started with &
    options = arguments()
    if options.one:
        return one(Path(options.one))
    if options.measure or not TIMES.exists():
        measure()
    if options.more:
        measure_more(options.more)
        return 0
    if not options.report:
        import pytest

        code = pytest.main([*QUIET], plugins=[Loop(options)])
        if code:
            return int(code)
    import mutation_page

    mutation_page.write(options.sample)
    return 0


if __name__ == "__main__":
    sys.exit(main())
