"""A scenario file with all that it builds on, as one: what it extends, law files, CSV lists.

From the bottom: the scenario that nothing is below of, then each that extends it, last the file
that was named. A law file lies right under the file that names it. Lists in a CSV or a workbook
are read in the folder of the file that names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path
from typing import Any

from simulator.errors import InputError, Problem, shorten
from simulator.files import nearest_file
from simulator.scenario import places
from simulator.scenario.csv_lists import SECTIONS, CsvList, read_csv_list
from simulator.scenario.decode import read_tables, read_text
from simulator.scenario.inside import is_file, is_there, locate, name_of
from simulator.scenario.known_rates import with_known_rates
from simulator.scenario.law_files import checked, without_law
from simulator.scenario.merge import lay
from simulator.scenario.origins import Origin, Part, TomlSource
from simulator.scenario.places import Finding, found_text, key_text
from simulator.scenario.shape import LAYER_KEYS
from simulator.sheets.grid import joined_reference, split_reference

MAX_BYTES = 1_000_000
"""Of all TOML files that make a scenario: what takes seconds to read was not written by hand."""

MAX_BYTES_STORED = 20_000_000
"""Of the scenario in a result, which has the lists of all files in it."""

MAX_BYTES_TOGETHER = 100_000_000
MAX_CHAIN = 16
MAX_LAW_FILES = 16

OWN = ("name", "title", "description")
"""Keys that every scenario says for itself: what it builds on goes by another name."""


@dataclass(frozen=True)
class Layers:
    """The tables of a scenario, merged and not yet checked, each value with its origin.

    `files` has the sha256 of every file that was read, by its path from the scenario's folder;
    `own` are those of them that the scenario did not inherit. `problems` were found on the way.
    """

    file: str
    whole: Part
    files: Mapping[str, str] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()

    def problem(self, finding: Finding) -> Problem:
        """The finding with the file and line that its value stands in."""
        origin = self.whole.origin.find(finding.path)
        remedy = finding.remedy
        if self._inherits(origin) and not finding.wanted.startswith("unknown"):
            named = tuple(takewhile(lambda part: isinstance(part, str), finding.path))
            there = f"override {key_text(named)} in {self.file}"
            remedy = f"{remedy}; or {there}" if remedy else f"mend it there, or {there}"
        return origin.problem(finding.wanted, finding.value, remedy)

    def _inherits(self, origin: Origin) -> bool:
        return bool(self.own) and origin.source.name not in self.own

    def is_echo(self, finding: Finding) -> bool:
        """True for a field that is missing or incomplete because its cell was refused before."""
        origin = self.whole.origin.find(finding.path)
        if not isinstance(origin.source, CsvList) or not origin.source.problems:
            return False
        column = ".".join(str(part) for part in finding.path[2:])
        refusals, line = origin.source.refused, origin.line
        here = refusals.get(0, set()) | refusals.get(line or 0, set())
        refused = any(f"{name}.".startswith(f"{column}.") for name in here)
        return refused or (bool(here) and finding.wanted.startswith("missing"))

    def place(self, problem: Problem) -> Problem:
        """A problem found after reading, with the file and line that its key stands in.

        Keys are paths as the file has them, an entry of a list by its name or id.
        """
        if problem.file:
            return problem
        origin = self.whole.origin.find(places.path_of(problem.key, self.whole.value))
        if self._inherits(origin) and problem.key.startswith("published."):
            another = f"`published = []` in {self.file} when it is no longer the published budget"
            problem = replace(problem, remedy=f"{problem.remedy}; or write {another}")
        return problem.at(file=origin.source.file, line=origin.line)

    def comment(self, path: places.Path) -> str:
        """Where a value of the scenario comes from: `base.toml:41`, or `default`."""
        value: Any = self.whole.value
        origin = self.whole.origin
        for part in path:
            known = part in value if isinstance(value, dict) else isinstance(value, list)
            if known:
                value, origin = value[part], origin.at(part)
            elif isinstance(value, dict) or part not in ("kind", "law"):
                return "default"
        name, line = shorten(origin.source.name, 200), origin.line
        return name if line is None else f"{name}:{line}"


def read_layers(path: str | Path, *, stored: bool = False) -> Layers:
    """The tables of a scenario file and of every file that it builds on.

    One that is `stored` in a result may be longer than people write them.
    Raises InputError when one of the files is none or does not lie where it may, and
    EnvironmentFault when the system refuses to read it; other problems are in the result.
    """
    reader = _Reader(Path(path).parent, MAX_BYTES_STORED if stored else MAX_BYTES)
    chain = reader.chain(Path(path), str(path))
    whole, problems = _laid(chain)
    rates = next((layer.rates for layer in chain if layer.rates is not None), None)
    name = reader.name(Path(split_reference(str(rates))[0])) if rates is not None else ""
    whole, read, found = with_known_rates(whole, rates, name)
    problems += found
    reader.files |= read
    source = chain[0].part.origin.source
    return Layers(
        file=source.file,
        whole=whole,
        files=dict(sorted(reader.files.items())),
        own=chain[0].own,
        problems=(*reader.problems, *problems),
    )


@dataclass(frozen=True)
class _Layer:
    """One scenario file: its own tables, the law files it names, and the file it extends."""

    part: Part
    own: frozenset[str]
    laws: tuple[Part, ...]
    extends: Path | None
    rates: Path | None = None


def _laid(chain: list[_Layer]) -> tuple[Part, list[Problem]]:
    """All layers as one, from the lowest to the file that was named."""
    problems: list[Problem] = []
    whole: Part | None = None
    name = ""
    for layer in reversed(chain):
        if whole is not None:
            whole = Part({k: v for k, v in whole.value.items() if k not in OWN}, whole.origin)
        for law in layer.laws:
            if whole is None:
                whole, name = law, law.origin.source.name
                continue
            whole, found = lay(law, without_law(whole, law.value), base=name, strict=False)
            problems += found
        if whole is None:
            whole = layer.part
        else:
            whole, found = lay(layer.part, whole, base=name, strict=layer.extends is not None)
            problems += found
        name = layer.part.origin.source.name
    assert whole is not None  # noqa: S101 - a chain has at least the file that was named
    return whole, problems


class _Reader:
    """Reads files in one folder and below, and keeps their checksums."""

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder, self._limit = folder, limit
        self.files: dict[str, str] = {}
        self.problems: list[Problem] = []
        self._broken = False
        self._size = self._toml = 0
        self._laws: dict[str, Part] = {}
        self._replaced: set[str] = set()

    def chain(self, path: Path, file: str) -> list[_Layer]:
        """The layers from the file that was named down to the one that extends nothing."""
        layers = [self._layer(path, file)]
        names = [self.name(path)]
        while (path_below := layers[-1].extends) is not None:
            name, origin = self.name(path_below), layers[-1].part.origin.at("extends")
            if name in names:
                circle = " → ".join((*names[names.index(name) :], name))
                wanted = "a file that does not lead back to itself is wanted"
                remedy = "take `extends` out of one of them"
                self._miss(origin, wanted, shorten(circle, 200), remedy)
            elif len(layers) == MAX_CHAIN:
                wanted = f"at most {MAX_CHAIN} files that extend one another are wanted"
                self._miss(origin, wanted, found_text(name), "join some of them into one")
            if self._broken:
                raise InputError(self.problems)
            layers.append(self._layer(path_below, str(path_below)))
            names.append(name)
        return layers

    def _layer(self, path: Path, file: str) -> _Layer:
        part = self._tables(path, file, "a scenario")
        extends = self._extends(part, path.parent) if "extends" in part.value else None
        laws = self._law_files(part, path.parent) if "law_file" in part.value else ()
        rates = self._rates_file(part, path.parent) if "rates_file" in part.value else None
        if self._broken:
            raise InputError(self.problems)
        parts = {key: part.at(key) for key in part.value if key not in LAYER_KEYS}
        own = self._join_lists(parts, part.origin, path.parent)
        return _Layer(part.joined(parts), own | {self.name(path)}, laws, extends, rates)

    def _tables(self, path: Path, file: str, what: str) -> Part:
        name = self.name(path)
        try:
            found = read_text(path, file, limit=self._limit, what=what)
            self._note(name, file, found.sha256, found.size)
            self._toml += found.size
            _refuse_more(self._toml, self._limit, file)
            tables = read_tables(found.text, file, what)
        except InputError as error:
            raise InputError((*self.problems, *error.problems)) from None
        return Part(tables, Origin(TomlSource(file, name, found.text)))

    def _extends(self, part: Part, folder: Path) -> Path | None:
        reference = part.at("extends")
        if not isinstance(reference.value, str):
            wanted = "the file of one scenario is wanted, in quotes"
            remedy = 'write extends = "base.toml"'
            self._miss(reference.origin, wanted, found_text(reference.value), remedy)
            return None
        path = self._follow(reference, folder, "a scenario to extend")
        self._broken |= path is None
        return path

    def _rates_file(self, part: Part, folder: Path) -> Path | None:
        reference = part.at("rates_file")
        if not isinstance(reference.value, str):
            wanted = "the name of a CSV file or workbook of rates is wanted, in quotes"
            self.problems.append(reference.origin.problem(wanted, found_text(reference.value)))
            return None
        found = self._follow_list(reference, folder, "a CSV file or workbook of rates")
        return joined_reference(*found) if found is not None else None

    def _law_files(self, part: Part, folder: Path) -> tuple[Part, ...]:
        named = part.at("law_file")
        references = named.entries() if isinstance(named.value, list) else [named]
        if not references or len(references) > MAX_LAW_FILES:
            wanted = f"a law file is wanted, or a list of 1 to {MAX_LAW_FILES}"
            self._miss(named.origin, wanted, found_text(named.value))
            return ()
        return tuple(law for one in references if (law := self._law(one, folder)) is not None)

    def _law(self, reference: Part, folder: Path) -> Part | None:
        if not isinstance(reference.value, str):
            wanted = "the name of a law file is wanted, in quotes"
            self._miss(reference.origin, wanted, found_text(reference.value))
            return None
        path = self._follow(reference, folder, "a law file")
        self._broken |= path is None
        if path is None:
            return None
        name = self.name(path)
        if name not in self._laws:
            tables = self._tables(path, str(path), "a law file")
            self._laws[name], problems = checked(tables)
            self.problems += problems
        return self._laws[name]

    def _join_lists(self, parts: dict[str, Part], origin: Origin, folder: Path) -> frozenset[str]:
        """Put the entries of files where the TOML names them; the names of these files.

        A list that a layer above replaces is not read.
        """
        read: set[str] = set()
        for section in SECTIONS:
            part = parts.get(section)
            if part is None:
                continue
            if section in self._replaced:
                del parts[section]
            elif isinstance(part.value, str):
                self._replaced.add(section)
                found = self._follow_list(
                    part, folder, "a CSV file or workbook beside the scenario"
                )
                if found is None:
                    del parts[section]
                    continue
                path, sheet = found
                table = read_csv_list(section, path, str(path), self.name(path), sheet)
                self.problems += table.problems
                self._note(table.name, table.file, table.sha256, table.size)
                rest = Origin(table)
                parts[section] = Part(
                    table.entries, Origin(origin.source, part.origin.path, rest=rest)
                )
                read.add(table.name)
        return frozenset(read)

    def _follow_list(self, reference: Part, folder: Path, what: str) -> tuple[Path, str] | None:
        """The file and the sheet that a key names; None, and a problem, as for `_follow`."""
        file, sheet = split_reference(reference.value)
        path = self._follow(Part(file, reference.origin), folder, what)
        return None if path is None else (path, sheet)

    def _follow(self, reference: Part, folder: Path, what: str) -> Path | None:
        """The file that a key names; None, and a problem, when it may not or cannot be read."""
        named, origin = reference.value, reference.origin
        path, wanted, remedy = locate(self.folder, folder, named, what)
        if path is not None:
            if not is_there(path):
                wanted = f"{what} is wanted, there is no such file"
                close = nearest_file(path)
                remedy = f"the path is taken from {folder}"
                if close is not None:
                    remedy = f"did you mean {Path(named).with_name(close).as_posix()!r}?"
            elif not is_file(path):
                wanted, remedy = f"{what} is wanted, this is not a file", "name a file"
        if wanted:
            self.problems.append(origin.problem(wanted, found_text(named), remedy))
        return None if wanted else path

    def name(self, path: Path) -> str:
        """The path of a file from the folder of the scenario."""
        return name_of(path, self.folder)

    def _note(self, name: str, file: str, sha256: str, size: int) -> None:
        """Remember the checksum of a file; all of them together are bounded."""
        self.files[name] = sha256
        self._size += size
        _refuse_more(self._size, MAX_BYTES_TOGETHER, file)

    def _miss(self, origin: Origin, wanted: str, value: str, remedy: str = "") -> None:
        """Note that a layer cannot be found, without which there is no scenario to check."""
        self._broken = True
        self.problems.append(origin.problem(wanted, value, remedy))


def _refuse_more(size: int, limit: int, file: str) -> None:
    """Raise InputError when all files up to this one are larger than they may be together."""
    if size > limit:
        wanted = f"files of at most {limit // 1_000_000} MB together are wanted"
        raise InputError(Problem(wanted, value=f"{size / 1e6:.1f} MB", file=file))
