"""`--precision`: make draws until named statistics are known well enough.

    p95(contribution_xyz.A)=0.1%            relative to the statistic
    mean(contribution_xyz.A, 2031)=2000     absolute, in the unit of the output, in one period
    several, separated by commas

The standard error comes from the replicates. Draws are doubled from 512 a replicate; because a
draw does not depend on how many are made, the draws already written stay.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from simulator.errors import InputError, Problem, did_you_mean, nearest
from simulator.scenario.parts import Sampling
from simulator.store.summary import EXCEEDS

FIRST_DRAWS = 512
MOST_DRAWS = 2**22
LEAST_REPLICATES = 4
STATISTICS = ("mean", "sd", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "es95", "es95_low")

_TARGET = re.compile(
    r"\s*(?P<statistic>[^\s(),=]+)"
    r"\s*\(\s*(?P<column>[^(),=]*?)\s*(?:,\s*(?P<period>[^(),=]*?)\s*)?\)"
    r"\s*=\s*(?P<number>[0-9.eE+\-]+)\s*(?P<percent>%?)\s*(?:,|\Z)"
)
_EXAMPLE = "write it as p95(contribution_xyz.A)=0.1% or mean(contribution_xyz.A, 2031)=2000"


@dataclass(frozen=True, slots=True)
class Target:
    """A statistic of a column in a period, and the largest standard error allowed.

    `tolerance` is a fraction of the statistic when `relative`, else in the column's unit.
    `period` is "" for the whole period.
    """

    statistic: str
    column: str
    period: str
    tolerance: float
    relative: bool

    def __str__(self) -> str:
        inside = f"{self.column}, {self.period}" if self.period else self.column
        wanted = f"{self.tolerance * 100:.12g}%" if self.relative else f"{self.tolerance:.12g}"
        return f"{self.statistic}({inside})={wanted}"

    def allowed(self, value: float) -> float:
        """The largest standard error allowed for a statistic of this value."""
        return self.tolerance * abs(value) if self.relative else self.tolerance


@dataclass(frozen=True, slots=True)
class Reached:
    """How well a target was met: the statistic, its standard error, and what was allowed.

    `plain_error` is the standard error that as many independent draws would have (see
    `analysis.plain`).
    """

    target: Target
    value: float
    standard_error: float
    allowed: float
    plain_error: float = math.nan

    @property
    def ok(self) -> bool:
        """True when the standard error is known (not NaN, as of a probability 0) and small."""
        return self.standard_error <= self.allowed

    def plain_draws(self, draws: int) -> int | None:
        """How many draws of plain random numbers would have the standard error of these `draws`.

        The variance of a statistic of independent draws falls as 1/n, so it is n·(σ_plain/σ)²; to
        two figures, because the standard error from R replicates is itself known to one part in
        √(2(R − 1)) only. None where an error is not known, or there is none.
        """
        if not (self.standard_error > 0 and self.plain_error > 0):
            return None
        return int(float(f"{draws * (self.plain_error / self.standard_error) ** 2:.1e}"))


def _refused(wanted: str, value: str = "", remedy: str = _EXAMPLE) -> InputError:
    return InputError(Problem(key="--precision", wanted=wanted, value=value[:80], remedy=remedy))


def parse_targets(text: str) -> tuple[Target, ...]:
    """The targets in the text of `--precision`; InputError says what cannot be read."""
    if not text.strip():
        raise _refused("at least one statistic with its standard error is wanted")
    found: list[Target] = []
    place = 0
    while place < len(text):
        match = _TARGET.match(text, place)
        if match is None:
            raise _refused("statistic(output)=error is wanted", text[place:].strip())
        found.append(_target(match))
        place = match.end()
    return tuple(found)


def _target(match: re.Match[str]) -> Target:
    statistic, shown = match["statistic"], match[0].strip().rstrip(",")
    if statistic not in STATISTICS and not statistic.startswith(EXCEEDS):
        close = nearest(statistic, STATISTICS)
        known = ", ".join(STATISTICS)
        remedy = f"did you mean {close!r}?" if close else f"known: {known}, exceeds:THRESHOLD"
        raise _refused("a statistic with a standard error is wanted", statistic, remedy)
    if not match["column"] or match["period"] == "":
        raise _refused("an output, and after a comma a period, are wanted in parentheses", shown)
    try:
        number = float(match["number"])
    except ValueError:
        number = math.nan
    tolerance = number / 100 if match["percent"] else number
    if not 0 < tolerance < math.inf:
        raise _refused("a standard error above zero is wanted", shown)
    return Target(
        statistic, match["column"], match["period"] or "", tolerance, bool(match["percent"])
    )


def canonical(targets: Iterable[Target]) -> str:
    """One spelling for the same targets."""
    return ", ".join(sorted({str(target) for target in targets}))


def check_sampling(sampling: Sampling) -> None:
    """Raise InputError when standard errors cannot be had or draws depend on their number."""
    if sampling.sampler == "lhs":
        remedy = "use --sampler sobol or random"
        raise _refused("a sampler whose draws can be added to is wanted", "lhs", remedy)
    if sampling.replicates < LEAST_REPLICATES:
        remedy = "use --replicates 8"
        wanted = (
            f"at least {LEAST_REPLICATES} replicates are wanted: a standard error from fewer "
            "would often stop too early"
        )
        raise _refused(wanted, str(sampling.replicates), remedy)


def check_names(
    targets: Iterable[Target],
    columns: Sequence[str],
    periods: Sequence[str],
    thresholds: Mapping[tuple[str, str], Mapping[str, float]],
) -> None:
    """Raise InputError for every target on an unknown output, period or threshold.

    `thresholds[column, period]` are the named amounts that the column is compared with.
    """
    problems: list[Problem] = []
    for target in targets:
        period = target.period or periods[-1]
        if target.column not in columns:
            remedy = _listed(target.column, columns)
            wanted, value = "the name of an output is wanted", target.column
        elif period not in periods:
            wanted, value = "a period of the scenario is wanted", target.period
            remedy = "known: " + ", ".join(periods)
        elif target.statistic.startswith(EXCEEDS):
            known = [EXCEEDS + name for name in thresholds.get((target.column, period), ())]
            if target.statistic in known:
                continue
            wanted, value = "a threshold on this output and period is wanted", target.statistic
            remedy = "known: " + (", ".join(known) or "none")
        else:
            continue
        problems.append(Problem(key="--precision", wanted=wanted, value=value[:80], remedy=remedy))
    if problems:
        raise InputError(problems)


def _listed(name: str, known: Sequence[str]) -> str:
    if nearest(name, known) is not None or len(known) <= 12:
        return did_you_mean(name, known)
    return "one of " + ", ".join(known[:6]) + ", … (see summary.csv of an earlier run)"


def checkpoints(sampling: Sampling, cap: int) -> Iterator[int]:
    """Numbers of draws after which to look: 512 a replicate, doubled, and `cap` at last."""
    draws = FIRST_DRAWS * sampling.replicates
    while draws < cap:
        yield draws
        draws *= 2
    yield cap
