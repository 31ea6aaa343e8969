"""`--precision`: how targets are written, and that draws stop when they are reached."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from simulator.analysis.statistics import summarise
from simulator.engine import simulate
from simulator.errors import InputError
from simulator.render.document import run_document
from simulator.render.terminal import Screen
from simulator.render.view import view_of
from simulator.runs.precision import Reached, Target, canonical, checkpoints, parse_targets
from simulator.runs.run import read_run, write_run
from simulator.scenario.model import Scenario
from simulator.scenario.parts import Sampling

Hashes = Callable[[Path], dict[str, str]]
OUTPUT = "contribution_usd.A"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("mean(net_eur)=2000", Target("mean", "net_eur", "", 2000, False)),
        ("p95(net_eur)=0.1%", Target("p95", "net_eur", "", 0.001, True)),
        ("p95(net_eur,2031)=0.1%", Target("p95", "net_eur", "2031", 0.001, True)),
        (" p5 ( net_eur , 2031-2032 ) = 1e3 ", Target("p5", "net_eur", "2031-2032", 1000, False)),
        ("sd(a.P-4/3@initial)=5 %", Target("sd", "a.P-4/3@initial", "", 0.05, True)),
        ("exceeds:proposed(a)=0.01", Target("exceeds:proposed", "a", "", 0.01, False)),
    ],
)
def test_a_target_reads_as_it_is_written(text: str, wanted: Target) -> None:
    """Relative with a percent sign, absolute without; a period after a comma."""
    (found,) = parse_targets(text)
    assert (found.statistic, found.column, found.period, found.relative) == (
        wanted.statistic,
        wanted.column,
        wanted.period,
        wanted.relative,
    )
    assert math.isclose(found.tolerance, wanted.tolerance)


def test_several_targets_are_separated_by_commas() -> None:
    """A comma inside parentheses belongs to the period."""
    found = parse_targets("mean(a, 2031)=1, p95(b)=2%,p5(c,2032)=3")
    assert [(t.statistic, t.column, t.period) for t in found] == [
        ("mean", "a", "2031"),
        ("p95", "b", ""),
        ("p5", "c", "2032"),
    ]


def test_spelling_and_order_make_no_difference() -> None:
    """A request for the same is recognised as up to date."""
    one = parse_targets("mean(a)=0.1% , p95( b,2031 )=2.0")
    other = parse_targets("p95(b, 2031)=2,mean(a)=0.10%,mean(a)=0.1%")
    assert canonical(one) == canonical(other) == "mean(a)=0.1%, p95(b, 2031)=2"


@given(
    st.lists(
        st.builds(
            Target,
            st.sampled_from(["mean", "p95", "exceeds:ceiling"]),
            st.sampled_from(["a", "net_eur", "a.B@initial"]),
            st.sampled_from(["", "2031", "2031-2032"]),
            st.integers(1, 999).map(lambda n: n / 1000),
            st.booleans(),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_stored_reads_back(targets: list[Target]) -> None:
    """The one spelling is itself a spelling."""
    text = canonical(targets)
    assert canonical(parse_targets(text)) == text
    assert len(parse_targets(text)) == len(set(map(str, targets)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "at least one"),
        ("   ", "at least one"),
        ("0.1%", "statistic\\(output\\)=error"),
        ("mean=1", "statistic\\(output\\)=error"),
        ("mean(net_eur)", "statistic\\(output\\)=error"),
        ("mean(net_eur)=", "statistic\\(output\\)=error"),
        ("mean(net_eur)=1 p5(a)=1", "statistic\\(output\\)=error"),
        ("mean(net_eur)=1,,", "statistic\\(output\\)=error"),
        ("mean()=1", "an output"),
        ("mean(net_eur,)=1", "an output"),
        ("mean(net_eur)=0", "above zero"),
        ("mean(net_eur)=-1", "above zero"),
        ("mean(net_eur)=1e999", "above zero"),
        ("mean(net_eur)=1-1", "above zero"),
        ("mena(net_eur)=1", "did you mean 'mean'"),
        ("max(net_eur)=1", "standard error is wanted"),
        ("min(net_eur)=1", "standard error is wanted"),
    ],
)
def test_what_cannot_be_read_is_told(text: str, words: str) -> None:
    """With the option's name and a remedy."""
    with pytest.raises(InputError, match=words) as caught:
        parse_targets(text)
    assert "--precision" in str(caught.value)
    assert "→" in str(caught.value)


@given(st.text(max_size=60) | st.text("p95mean(),=%.0123456789 ", max_size=40))
def test_any_other_text_is_refused_in_words(text: str) -> None:
    """Or read as targets: never a traceback."""
    try:
        targets = parse_targets(text)
    except InputError:
        return
    assert targets
    assert all(target.tolerance > 0 for target in targets)


def test_an_unknown_error_is_never_small_enough() -> None:
    """Without replicates there is no standard error."""
    target = Target("mean", "a", "", 1.0, False)
    assert not Reached(target, 5.0, math.nan, 1.0).ok
    assert Reached(target, 5.0, 1.0, 1.0).ok


def test_draws_double_up_to_the_cap() -> None:
    """From 512 a replicate; a smaller cap is looked at once."""
    sampling = Sampling(seed=0, replicates=4)
    assert list(checkpoints(sampling, 20_000)) == [2048, 4096, 8192, 16_384, 20_000]
    assert list(checkpoints(sampling, 8192)) == [2048, 4096, 8192]
    assert list(checkpoints(sampling, 100)) == [100]


def errors_of(
    scenario: Scenario, statistic: str, period: str = "2031-2032", sampler: str = "sobol"
) -> dict[int, float]:
    """Standard error of the statistic of OUTPUT after so many draws."""
    values = simulate(scenario, draws=16_384, sampler=sampler).get(OUTPUT, period)
    return {
        draws: next(
            s for s in summarise(values[:draws], 4, {}) if s.name == statistic
        ).standard_error
        for draws in (2048, 4096, 8192, 16_384)
    }


def first_within(errors: dict[int, float], allowed: float) -> int:
    """The smallest number of draws whose standard error is allowed."""
    return next(draws for draws, error in errors.items() if error <= allowed)


@pytest.mark.parametrize("sampler", ["sobol", "random"])
def test_draws_stop_when_the_target_is_reached(
    small: Scenario, tmp_path: Path, hashes: Hashes, sampler: str
) -> None:
    """Not before; the files are those of a run of so many draws."""
    errors = errors_of(small, "mean", sampler=sampler)
    allowed = min(errors.values())
    draws = first_within(errors, allowed)
    assert draws > 2048
    text = f"mean({OUTPUT})={allowed!r}"
    done = write_run(small, tmp_path / "asked", precision=text, sampler=sampler)
    assert done.precision_reached is True
    assert done.manifest.draws == done.scenario.sampling.draws == draws
    assert [found.standard_error for found in done.reached] == [allowed]
    plain = write_run(small, tmp_path / "plain", draws=draws, sampler=sampler)
    assert hashes(tmp_path / "asked") == hashes(tmp_path / "plain")
    assert done.manifest.identity == plain.manifest.identity


def test_all_targets_must_be_reached(small: Scenario, tmp_path: Path) -> None:
    """The hardest decides."""
    errors = errors_of(small, "p95", "2031")
    allowed = min(errors.values())
    assert first_within(errors, allowed) > 2048
    easy, hard = f"mean({OUTPUT})=50%", f"p95({OUTPUT}, 2031)={allowed!r}"
    one = write_run(small, tmp_path / "one", precision=easy)
    both = write_run(small, tmp_path / "both", precision=f"{easy}, {hard}")
    assert one.manifest.draws == 2048
    assert both.manifest.draws == first_within(errors, allowed)
    assert [found.ok for found in both.reached] == [True, True]


def test_a_relative_target_is_a_part_of_the_statistic(small: Scenario, tmp_path: Path) -> None:
    """0.01 % of the mean is a ten-thousandth of it."""
    done = write_run(small, tmp_path / "small", precision=f"mean({OUTPUT})=0.01%")
    (reached,) = done.reached
    assert math.isclose(reached.allowed, reached.value / 10_000)
    assert reached.value > 0


def test_a_cap_that_is_too_low_is_reported(small: Scenario, tmp_path: Path) -> None:
    """The result is written all the same, and says so."""
    done = write_run(small, tmp_path / "small", precision=f"mean({OUTPUT})=1e-9", draws=5000)
    assert done.precision_reached is False
    assert done.manifest.draws == 5000
    assert not done.reached[0].ok
    stored = read_run(tmp_path / "small")
    assert stored.manifest.precision is not None
    assert not stored.manifest.precision.reached
    assert stored.column("net_eur").shape == (5000,)


def test_a_probability_may_be_the_target(small: Scenario, tmp_path: Path) -> None:
    """Of exceeding a threshold, at any stage."""
    text = f"exceeds:proposed({OUTPUT}@initial)=0.02"
    done = write_run(small, tmp_path / "small", precision=text)
    assert done.precision_reached
    assert 0 <= done.reached[0].value <= 1


def test_the_same_precision_is_up_to_date(small: Scenario, tmp_path: Path) -> None:
    """However it is spelled; another target, or a cap below what was needed, is not."""
    folder = tmp_path / "small"
    errors = errors_of(small, "mean")
    allowed = min(errors.values())
    draws = first_within(errors, allowed)
    text = f"mean({OUTPUT})={allowed!r}"
    assert write_run(small, folder, precision=text).manifest.draws == draws
    spaced = write_run(small, folder, precision=f" mean( {OUTPUT} ) = {allowed!r} ")
    assert spaced.up_to_date
    assert spaced.precision_reached
    assert write_run(small, folder, precision=text, draws=draws).up_to_date
    assert write_run(small, folder, draws=draws).up_to_date
    lower = write_run(small, folder, precision=text, draws=draws // 2)
    assert not lower.up_to_date
    assert lower.precision_reached is False
    same = write_run(small, folder, precision=text, draws=draws // 2)
    assert same.up_to_date
    assert same.precision_reached is False
    assert not write_run(small, folder, precision=f"mean({OUTPUT})=0.06%").up_to_date


@pytest.mark.parametrize(
    ("precision", "settings", "words"),
    [
        ("mean(contribution_usd.AA)=1", {}, "did you mean 'contribution_usd.A'"),
        ("mean(zzzzzz)=1", {}, "the name of an output"),
        (f"mean({OUTPUT}, 2033)=1", {}, "known: 2031, 2032, 2031-2032"),
        (f"exceeds:limit({OUTPUT})=1", {}, "known: exceeds:proposed"),
        ("exceeds:proposed(net_eur)=1", {}, "known: none"),
        (f"mean({OUTPUT})=1", {"sampler": "lhs"}, "lhs"),
        (f"mean({OUTPUT})=1", {"replicates": 1}, "at least 4 replicates"),
    ],
)
def test_targets_that_cannot_be_had_are_refused(
    small: Scenario, tmp_path: Path, precision: str, settings: dict[str, object], words: str
) -> None:
    """With the nearest name; nothing on the disk is touched."""
    with pytest.raises(InputError, match=words):
        write_run(small, tmp_path / "small", precision=precision, **settings)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_precision_that_was_not_reached_does_not_trouble_a_plain_run(
    small: Scenario, tmp_path: Path
) -> None:
    """The same draws asked for without precision are up to date, and nothing is missing."""
    folder = tmp_path / "small"
    first = write_run(small, folder, draws=256, precision=f"mean({OUTPUT})=0.000001%")
    assert first.precision_reached is False
    plain = write_run(small, folder, draws=256)
    assert plain.up_to_date
    assert plain.precision_reached is None


def test_a_result_tells_what_plain_random_numbers_would_need(
    small: Scenario, tmp_path: Path
) -> None:
    """n·(σ_plain/σ)² for each target, σ_plain of independent draws, to two figures."""
    text = f"mean({OUTPUT})=0.05%, p95({OUTPUT})=1%"
    done = write_run(small, tmp_path / "asked", precision=text, draws=16_384)
    values = simulate(small, draws=done.manifest.draws).get(OUTPUT, small.periods[-1])
    stored = read_run(done.folder).manifest.precision
    assert stored is not None
    (mean, p95) = sorted(stored.plain)
    assert (mean, p95) == (f"mean({OUTPUT})=0.05%", f"p95({OUTPUT})=1%")
    error = next(r.standard_error for r in done.reached if r.target.statistic == "mean")
    wanted = values.var(ddof=1) / error**2
    assert stored.plain[mean] == pytest.approx(wanted, rel=0.051)
    assert stored.plain[mean] > 4 * done.manifest.draws  # evenly spread draws know the mean better
    lines = "\n".join(text_of(done.folder))
    assert f"reached with {done.manifest.draws:,} draws".replace(",", "\u00a0") in lines
    assert "plain random numbers would need about" in lines
    document = run_document(view_of(read_run(done.folder)), "stored")
    assert document["precision"]["plain_draws"] == dict(stored.plain)


def test_plain_random_numbers_need_what_they_need(small: Scenario, tmp_path: Path) -> None:
    """With the sampler `random` the estimate is the draws made, within the noise of 64 replicates.

    A standard error from R replicates has a relative sd of 1/√(2(R − 1)), so its square of twice
    that: 0.18 with 64. Two draws from that law within 5 sd.
    """
    text = f"mean({OUTPUT})=1e9"
    done = write_run(
        small, tmp_path / "r", precision=text, draws=16_384, sampler="random", replicates=64
    )
    stored = done.manifest.precision
    assert stored is not None
    (needed,) = stored.plain.values()
    assert needed == pytest.approx(done.manifest.draws, rel=5 * 2 / math.sqrt(2 * 63))


def test_no_estimate_without_an_error() -> None:
    """An error that is not known, or none, says nothing."""
    target = Target("mean", "a", "", 1.0, False)
    assert Reached(target, 5.0, math.nan, 1.0, 2.0).plain_draws(100) is None
    assert Reached(target, 5.0, 0.0, 1.0, 0.0).plain_draws(100) is None
    assert Reached(target, 5.0, 0.5, 1.0, 2.0).plain_draws(100) == 1600


def text_of(folder: Path) -> list[str]:
    """The screen of a result, as a pipe gets it."""
    console = Console(width=100, no_color=True)
    with console.capture() as caught:
        console.print(Screen(view_of(read_run(folder))))
    return caught.get().splitlines()
