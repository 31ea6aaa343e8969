"""Sampling settings of a run in place of the scenario's own."""

from __future__ import annotations

from pydantic import ValidationError

from simulator.errors import InputError, Problem
from simulator.scenario.model import Scenario
from simulator.scenario.parts import Sampling

WANTED = {
    "draws": "a whole number of draws from 1 to 4 294 967 296 is wanted",
    "seed": "a whole number from 0 to 9 223 372 036 854 775 807 is wanted",
    "sampler": "sobol, lhs or random is wanted",
    "replicates": "a whole number of replicates from 1 to 256 is wanted",
}


def with_sampling(
    scenario: Scenario,
    *,
    draws: int | None = None,
    seed: int | None = None,
    sampler: str | None = None,
    replicates: int | None = None,
) -> Scenario:
    """The scenario with the settings that are given; the others stay its own.

    Raises InputError, naming every setting out of range as the option it came from.
    """
    given = {"draws": draws, "seed": seed, "sampler": sampler, "replicates": replicates}
    changes = {key: value for key, value in given.items() if value is not None}
    if not changes:
        return scenario
    try:
        sampling = Sampling.model_validate({**scenario.sampling.model_dump(), **changes})
    except ValidationError as error:
        keys = dict.fromkeys(str(detail["loc"][0]) for detail in error.errors())
        raise InputError(
            Problem(key=f"--{key}", wanted=WANTED[key], value=str(given[key])[:80]) for key in keys
        ) from None
    if sampling.sampler != "sobol":  # another sampler has no best dimensions to give
        sampling = sampling.model_copy(update={"leading": ()})
    return scenario.model_copy(update={"sampling": sampling})
