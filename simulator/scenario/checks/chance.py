"""Dependence and sampling: names of factors, and a correlation table that says one thing.

Whether the matrix is positive definite is checked where it is used, in `sampling`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from simulator.errors import did_you_mean, nearest
from simulator.scenario.checks.rates import misquoted, missing_rates
from simulator.scenario.factors import DRIVERS, certain_names, factors_of, streams_of
from simulator.scenario.model import Scenario
from simulator.scenario.parts import StudentCopula
from simulator.scenario.places import Finding, Path, found_text, listed

_CERTAIN = "is certain, pegged or fixed in this scenario, or does not exist"


def _drawn(scenario: Scenario) -> list[str]:
    """Names of the drawn factors; rates that are misquoted or missing are reported elsewhere."""
    right = {f"rates.{pair}": f"rates.{name}" for pair, name in misquoted(scenario).items()}
    names = [right.get(factor.name, factor.name) for factor in factors_of(scenario)]
    return [*names, *(f"rates.{pair}" for pair in sorted(missing_rates(scenario)))]


def _unknown_factor(path: Path, name: str, known: list[str], value: str = "") -> Finding:
    close = nearest(name, known)
    if close is not None:
        remedy = f"did you mean {close!r}?"
    elif known:
        remedy = f"drawn factors: {listed(known, 12)}"
    else:
        remedy = "nothing is drawn; give some number a law"
    return Finding(path, f"the name of a drawn factor is wanted; {name[:80]} {_CERTAIN}",
                   value, remedy)  # fmt: skip


def matrix_is_well_formed(scenario: Scenario) -> Iterator[Finding]:
    """Entries join two drawn factors, lie between −1 and 1, and do not contradict each other."""
    known, anything_left = _drawn(scenario), bool(scenario.months)
    given: dict[frozenset[str], Decimal] = {}
    unknown: set[str] = set()
    for one, row in scenario.correlation.matrix.items():
        path: Path = ("correlation", "matrix", one)
        if one not in known and one not in unknown and anything_left:
            unknown.add(one)
            yield _unknown_factor(path, one, known)
        for other, entry in row.items():
            at = (*path, other)
            if other not in known and other not in unknown and anything_left:
                unknown.add(other)
                yield _unknown_factor(at, other, known)
            if one == other:
                wanted = "the correlation of a factor with itself is 1 and is not given"
                yield Finding(at, wanted, str(entry.value), "remove it")
                continue
            if not -1 <= entry.value <= 1:
                wanted = "a correlation between -1 and 1 is wanted"
                yield Finding(at, wanted, str(entry.value))
            before = given.setdefault(frozenset((one, other)), entry.value)
            if before != entry.value:
                wanted = f"this pair is given twice with different values, {before} before"
                yield Finding(at, wanted, str(entry.value), "keep one of the two")


def independence_is_declared_well(scenario: Scenario) -> Iterator[Finding]:
    """`independent` joins two different drivers that the matrix does not correlate."""
    drivers = {factor.name: factor.driver for factor in factors_of(scenario)}
    joined = {
        frozenset((drivers.get(one, ""), drivers.get(other, "")))
        for one, row in scenario.correlation.matrix.items()
        for other, entry in row.items()
        if entry.value != 0
    }
    for index, declared in enumerate(scenario.correlation.independent):
        path: Path = ("correlation", "independent", index, "between")
        wrong = [name for name in declared.between if name not in DRIVERS]
        for name in wrong:
            remedy = did_you_mean(name, DRIVERS)
            yield Finding(path, "the name of a driver is wanted", found_text(name), remedy)
        if declared.between[0] == declared.between[1]:
            yield Finding(path, "two different drivers are wanted", found_text(declared.between[0]))
        elif not wrong and frozenset(declared.between) in joined:
            wanted = f"{' and '.join(declared.between)} are correlated in correlation.matrix"
            yield Finding(path, wanted, remedy="remove the entry there, or this declaration")


def orders_name_factors(scenario: Scenario) -> Iterator[Finding]:
    """`correlation.order` and `sampling.leading` name drawn factors, each once."""
    drawn = _drawn(scenario)
    # A slot kept for what is certain here keeps the draws of two scenarios in step.
    leading = [*drawn, *sorted({*streams_of(scenario), *certain_names(scenario)} - set(drawn))]
    lists: tuple[tuple[Path, tuple[str, ...], list[str]], ...] = (
        (("correlation", "order"), scenario.correlation.order, drawn),
        (("sampling", "leading"), scenario.sampling.leading, leading),
    )
    for path, names, known in lists:
        for index, name in enumerate(names):
            if name not in known and scenario.months:
                yield _unknown_factor((*path, index), name, known, found_text(name))
            if name in names[:index]:
                yield Finding((*path, index), "this name stands twice", found_text(name),
                              "keep one of the two")  # fmt: skip


def _correlated(scenario: Scenario) -> set[str]:
    """Names of factors with a correlation other than zero."""
    return {
        name
        for one, row in scenario.correlation.matrix.items()
        for other, entry in row.items()
        if entry.value != 0
        for name in (one, other)
    }


def settings_have_an_effect(scenario: Scenario) -> Iterator[Finding]:
    """Orders, copulas and leading dimensions that nothing would come of."""
    correlated, drawn = _correlated(scenario), _drawn(scenario)
    for index, name in enumerate(scenario.correlation.order):
        if name in drawn and name not in correlated:
            wanted = f"{name} is correlated with nothing, this would be ignored"
            remedy = "remove it, or correlate it in [correlation.matrix]"
            yield Finding(("correlation", "order", index), wanted, remedy=remedy)
    if isinstance(scenario.correlation.copula, StudentCopula) and not correlated:
        wanted = "nothing is correlated, the copula would be ignored"
        remedy = "remove it, or add entries to [correlation.matrix]"
        yield Finding(("correlation", "copula"), wanted, found_text("student"), remedy)
    sampling = scenario.sampling
    if sampling.leading and sampling.sampler != "sobol":
        wanted = f"sampler {sampling.sampler} has no best dimensions, this would be ignored"
        yield Finding(
            ("sampling", "leading"), wanted, remedy='remove it, or write sampler = "sobol"'
        )


def draws_fill_replicates(scenario: Scenario) -> Iterator[Finding]:
    """Every replicate has at least one draw."""
    sampling = scenario.sampling
    if sampling.draws < sampling.replicates:
        wanted = f"at least {sampling.replicates} draws are wanted for as many replicates"
        yield Finding(("sampling", "draws"), wanted, str(sampling.draws))


CHECKS = (
    matrix_is_well_formed,
    independence_is_declared_well,
    orders_name_factors,
    settings_have_an_effect,
    draws_fill_replicates,
)
