"""Two or more stored results compared: what differs in the inputs, and in every output by draw.

A comparison is a plain document (see `compare`), which `render` shows and writes.
Amounts are in whole units of currency; one column of one period is read at a time in each thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any

from simulator.analysis.paired import Paired, paired, unpaired_error
from simulator.analysis.statistics import PERCENTILES
from simulator.budget.inputs import final_stage
from simulator.budget.published import PROPOSED, contribution_name
from simulator.errors import InputError, Problem, did_you_mean
from simulator.runs.blocks import in_order
from simulator.runs.room import MEMORY
from simulator.runs.summaries import Readers
from simulator.scenario.differences import differences
from simulator.scenario.model import Scenario
from simulator.store.folder import DRAWS
from simulator.store.result import Run
from simulator.store.summary import SummaryRow
from simulator.tables import Column
from simulator.units import finite

Document = dict[str, Any]
Told = Callable[[int], None]
Key = tuple[str, str, str]  # output, period, stage
STATISTICS = ("mean", *PERCENTILES)
COPIES = 4  # of a column while two are compared: as read, and sorted


@dataclass(frozen=True, slots=True)
class Compared:
    """A cell of the comparison: both sides' statistics, and the difference of the two.

    `errors` are the standard errors of the two means. `pair` is None where draws are not paired.
    """

    output: str
    period: str
    stage: str
    unit: str
    description: str
    before: Mapping[str, float]
    after: Mapping[str, float]
    errors: tuple[float, float]
    pair: Paired | None

    def document(self) -> Document:
        """As plain values."""
        unpaired = unpaired_error(*self.errors)
        empty = dict.fromkeys(("p5", "p50", "p95", "above", "below"))
        gap = {"mean": self.after["mean"] - self.before["mean"], "standard_error": finite(unpaired)}
        found = {name: finite(v) for name, v in asdict(self.pair).items()} if self.pair else {}
        return {
            "output": self.output,
            "period": self.period,
            "stage": self.stage,
            "unit": self.unit,
            "description": self.description,
            "before": {**self.before, "standard_error": finite(self.errors[0])},
            "after": {**self.after, "standard_error": finite(self.errors[1])},
            "difference": {**gap, **empty, **found},
            "standard_error_unpaired": finite(unpaired),
        }


def refuse_unpaired(baseline: Run, other: Run) -> None:
    """Raise InputError, with every reason, when two results do not have the same chance."""
    problems = [
        Problem(
            f"{words}, so {baseline.place} and {other.place} cannot be compared draw by draw",
            key=key,
            value=f"{one} and {two}",
            remedy="run both again with the same settings, or add --unpaired and lose the pairing",
        )
        for key, words, one, two in reasons_against(baseline, other)
    ]
    if problems:
        raise InputError(problems)


def reasons_against(a: Run, b: Run) -> Iterator[tuple[str, str, str, str]]:
    """Why two results cannot be paired: key, words, and what either says."""
    one, two = a.manifest, b.manifest
    settings = (
        ("seed", "the seeds differ", one.seed, two.seed),
        ("draws", "the numbers of draws differ", one.draws, two.draws),
        ("sampler", "the samplers differ", one.sampler, two.sampler),
        ("replicates", "the numbers of replicates differ", one.replicates, two.replicates),
        (
            "leading",
            "the factors with the best dimensions differ",
            ", ".join(a.scenario.sampling.leading) or "none",
            ", ".join(b.scenario.sampling.leading) or "none",
        ),
        (
            "program",
            "the versions of the program differ",
            f"{one.program.version} ({one.program.sha256[:12]})",
            f"{two.program.version} ({two.program.sha256[:12]})",
        ),
        ("libraries", "the libraries differ", _libraries(one, two), _libraries(two, one)),
    )
    for key, words, first, second in settings:
        if first != second:
            yield key, words, str(first), str(second)


def _libraries(one: Any, other: Any) -> str:  # noqa: ANN401 - manifests
    """The libraries of one result that the other has in another version."""
    mine = one.libraries.items()
    return ", ".join(f"{k} {v}" for k, v in mine if other.libraries.get(k) != v) or "none"


def compare(
    baseline: Run,
    other: Run,
    *,
    outputs: Sequence[str] = (),
    pairing: bool = True,
    threads: int = 1,
    told: Told = lambda _: None,
) -> Document:
    """Everything that differs between a baseline and another result, as a plain document.

    Differences are `other` less `baseline`, of all outputs or of those that are named. Raises
    InputError when draws are to be paired and cannot be, for an output that one of them does not
    have, and when a file of a result is damaged.
    """
    if pairing:
        refuse_unpaired(baseline, other)
    refuse_unknown((baseline, other), outputs)
    one, two = _Stored(baseline, outputs), _Stored(other, outputs)
    rows = [*_proposed(one, two), *_cells(one, two, pairing, threads, told)]
    cells = [row.document() for row in rows]
    return {
        "scenario": other.manifest.scenario,
        "title": other.scenario.title,
        "folder": other.place,
        "identity": other.manifest.identity,
        "paired": pairing,
        "not_paired_because": [words for _, words, _, _ in reasons_against(baseline, other)],
        "inputs": [asdict(d) for d in differences(baseline.scenario, other.scenario)],
        "asked": list(outputs),
        "outputs": cells,
        "only_before": sorted(set(one.names) - set(two.names)),
        "only_after": sorted(set(two.names) - set(one.names)),
        "pairing_gains": _gains(baseline.scenario, cells) if pairing else [],
        "attribution": [],
        "attribution_note": "",
    }


def refuse_unknown(runs: Sequence[Run], outputs: Sequence[str]) -> None:
    """Raise InputError for every output that one of the results does not have."""
    problems = []
    for run in runs:
        known = {column.output for column in run.columns()} if outputs else set()
        for output in outputs:
            if output not in known:
                remedy = did_you_mean(output, known)
                wanted = "an output of this result is wanted"
                problems.append(Problem(wanted, "--output", output[:80], remedy, file=run.place))
    if problems:
        raise InputError(problems)


def _columns(run: Run, outputs: Sequence[str]) -> tuple[Column, ...]:
    return tuple(column for column in run.columns() if not outputs or column.output in outputs)


class _Stored:
    """A result's columns and summary, by name."""

    def __init__(self, run: Run, outputs: Sequence[str]) -> None:
        self.run = run
        self.columns = {column.name: column for column in _columns(run, outputs)}
        self.names = tuple(self.columns)
        self.cells: dict[Key, dict[str, SummaryRow]] = {}
        for row in run.summary():
            if outputs and row.output not in outputs:
                continue
            cell = self.cells.setdefault((row.output, row.period, row.stage), {})
            cell[row.statistic] = row

    def statistics(self, key: Key) -> tuple[dict[str, float], float]:
        """Mean and percentiles of a cell, and the standard error of its mean.

        Raises InputError when the summary has none of them.
        """
        cell = self.cells.get(key)
        if cell is None:
            raise self.run.lacks(*key)
        found = {name: cell[name].value for name in STATISTICS}
        return found, cell["mean"].standard_error


def _proposed(one: _Stored, two: _Stored) -> Iterator[Compared]:
    """The proposed amounts: constants on both sides."""
    for key, cell in one.cells.items():
        if key[2] != PROPOSED or key not in two.cells or "central" not in cell:
            continue
        row, a, b = cell["central"], cell["central"].value, two.cells[key]["central"].value
        pair = Paired(b - a, b - a, b - a, b - a, 0.0, float(b > a), float(b < a))
        sides = dict.fromkeys(STATISTICS, a), dict.fromkeys(STATISTICS, b)
        yield Compared(*key, row.unit, row.description, *sides, (0.0, 0.0), pair)


def _cells(
    one: _Stored, two: _Stored, pairing: bool, threads: int, told: Told
) -> Iterator[Compared]:
    """Every output, period and stage that both results have, in the order of the baseline."""
    periods = [period for period in one.run.periods if period in two.run.periods]
    jobs = [
        (column, period)
        for name, column in one.columns.items()
        if name in two.columns and two.columns[name].unit == column.unit
        for period in periods
    ]
    draws = max(1, one.run.manifest.draws)
    workers = max(1, min(threads, MEMORY // (COPIES * 8 * draws)))
    replicates = one.run.manifest.replicates
    with Readers(one.run.file(DRAWS)) as first, Readers(two.run.file(DRAWS)) as second:

        def make(job: tuple[Column, str]) -> Compared:
            column, period = job
            key = (column.output, period, column.stage)
            (before, se_a), (after, se_b) = one.statistics(key), two.statistics(key)
            pair = None
            if pairing:
                a = first.mine().column(column.name, period)
                pair = paired(a, second.mine().column(column.name, period), replicates)
            text, unit = column.description, column.unit
            return Compared(*key, unit, text, before, after, (se_a, se_b), pair)

        with closing(in_order(make, jobs, workers)) as done:
            for _, cell in done:
                yield cell
                told(1)


def count_cells(baseline: Run, other: Run, outputs: Sequence[str] = ()) -> int:
    """How many cells `compare` will work out, for whoever shows how far it is."""
    periods = set(baseline.periods) & set(other.periods)
    names = {column.name for column in _columns(baseline, outputs)}
    return len(names & {column.name for column in _columns(other, outputs)}) * len(periods)


def _gains(scenario: Scenario, outputs: Sequence[Document]) -> list[Document]:
    """What pairing saves: the error of each contribution's mean difference, paired and not."""
    names = {
        contribution_name(name, code)
        for name, parent in scenario.parents.items()
        for code in (scenario.budget.currency, parent.assessed_in)
    }
    stage = final_stage(scenario)
    last = {  # the last period of each is the whole one
        row["output"]: row for row in outputs if row["output"] in names and row["stage"] == stage
    }
    found = []
    for output, row in last.items():
        error, without = row["difference"]["standard_error"], row["standard_error_unpaired"]
        known = error is not None and without is not None
        found.append(
            {
                "output": output,
                "period": row["period"],
                "stage": row["stage"],
                "unit": row["unit"],
                "paired": error,
                "unpaired": without,
                "times": without / error if known and error > 0 else None,
            }
        )
    return found


def about(run: Run) -> Document:
    """What has to be known of the baseline to show a comparison with it."""
    scenario, sampling = run.scenario, run.manifest
    budget, inflows = scenario.budget, scenario.inflows
    cur = budget.currency.lower()
    main = [f"xb_{what}_{cur}" for what in ("receipts", "shortfall", "spending")]
    if inflows is not None and inflows.stated_in != budget.currency:
        main.insert(1, f"xb_receipts_{inflows.stated_in.lower()}")
    main += [f"psc_income_{cur}", f"xb_posts_cost_{cur}", "xb_posts_coverage"]
    return {
        "scenario": run.manifest.scenario,
        "title": scenario.title,
        "folder": run.place,
        "identity": sampling.identity,
        "draws": sampling.draws,
        "replicates": sampling.replicates,
        "sampler": sampling.sampler,
        "seed": sampling.seed,
        "unit": budget.unit,
        "cell": str(budget.cell),
        "periods": list(run.periods),
        "stage": final_stage(scenario),
        "parents": [
            {
                "name": parent.name or name,
                "outputs": {
                    contribution_name(name, code): code
                    for code in dict.fromkeys((budget.currency, parent.assessed_in))
                },
            }
            for name, parent in scenario.parents.items()
        ],
        "extrabudgetary": [
            *main,
            *(f"outputs_at_risk.{key}" for key in (inflows.deliverables if inflows else ())),
        ],
    }
