"""What would stop a run is found by `validate`, with file and line, and stops `run`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from simulator.errors import InputError
from simulator.runs.check import problems_of_run
from simulator.runs.run import RunOptions, run_file
from simulator.scenario.read import placed, read_scenario, warnings_of

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A copy of base that a test may change."""
    shutil.copytree(SCENARIOS / "itc", tmp_path / "itc")
    return Path(shutil.copy(SCENARIOS / "base.toml", tmp_path))


def _change(path: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def _line(path: Path, start: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(i for i, line in enumerate(lines, 1) if line.startswith(start))


def test_base_has_nothing_that_would_stop_it(base: Path) -> None:
    """The shipped scenario runs without a problem and without a warning."""
    scenario = read_scenario(base)
    assert problems_of_run(scenario) == []
    assert warnings_of(scenario) == ()


def test_a_figure_that_does_not_tie_is_named_with_its_row(base: Path, tmp_path: Path) -> None:
    """`run` refuses with exit code 2, names file and row of the figure, and writes nothing."""
    _change(base, '"Africa" = { value = 0.40', '"Africa" = { value = 0.41')
    with pytest.raises(InputError) as caught:
        run_file(base, RunOptions(out=tmp_path / "results"))
    (problem,) = caught.value.problems
    figures = tmp_path / "itc" / "published.csv"
    assert (problem.file, problem.key) == (str(figures), "published.p3.africa")
    assert problem.line == _line(figures, "p3.africa,")
    assert "computed 41, printed 40" in problem.wanted
    assert caught.value.exit_code == 2
    assert not (tmp_path / "results").exists()


def test_posts_that_do_not_add_up_stop_a_run_with_the_scale_that_would(base: Path) -> None:
    """Every figure ties, but the simulation would start from another budget."""
    _change(base, "2008 = { value = 1.01172237295310666", "2008 = { value = 1.05")
    (problem,) = placed(problems_of_run(read_scenario(base)), base)
    assert problem.key == "lines.posts"
    assert problem.line == _line(base, "[lines.posts]")
    assert problem.remedy.endswith("lines.posts.standard_cost_scale.2008 = 1.01172237295310666")


def test_a_different_central_vacancy_is_a_warning(base: Path) -> None:
    """A hiring freeze may be meant: it is said, and runs."""
    _change(
        base,
        "vacancy = { normal = { mean = 0.049, sd = 0.015 }",
        "vacancy = { normal = { mean = 0.10, sd = 0.015 }",
    )
    scenario = read_scenario(base)
    assert problems_of_run(scenario) == []
    (warning,) = warnings_of(scenario)
    assert "central vacancy rate 0.1 is not the budgeted 0.049" in warning


def test_a_rate_that_moves_posts_twice_is_a_warning(base: Path) -> None:
    """The line and its category both exposed to the dollar multiply: it is said."""
    text = base.read_text(encoding="utf-8")
    head = '[lines.posts]\nkind = "posts"\n'
    base.write_text(
        text.replace(head, head + "exposure = { chf_per_usd = 0.15 }\n"), encoding="utf-8"
    )
    (warning,) = warnings_of(read_scenario(base))
    assert warning.startswith("lines.posts.exposure.chf_per_usd: categories.professional.exposure")


def test_an_impossible_correlation_is_placed_in_its_table(base: Path) -> None:
    """The nearest valid matrix is shown, at the line of the correlation table of its file."""
    law = base.parent / "itc" / "law-2007-10-31.toml"
    _change(law, '"rates.chf_per_cad" = { value = 0.8312', '"rates.chf_per_cad" = { value = -0.99')
    (problem,) = placed(problems_of_run(read_scenario(base)), base)
    assert problem.key.startswith("correlation")
    assert problem.file == str(law)
    assert problem.line is not None
    assert "nearest" in str(problem)
