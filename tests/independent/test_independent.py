"""The program's cascade against a second one, written from the description alone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from against import DRAWS, compare, disagreements
from slow_cascade import outcomes
from slow_published import proposed

from simulator.budget.published import publish
from simulator.engine import Plan
from simulator.scenario.read import read_scenario
from simulator.tables import Draws

HERE = Path(__file__).resolve().parent
SCENARIOS = HERE.parent.parent / "scenarios"
BASE = SCENARIOS / "base.toml"

Change = Callable[[str], str]


def replaced(*pairs: tuple[str, str]) -> Change:
    """A change of text in which every replacement must find its place."""

    def change(text: str) -> str:
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new)
        return text

    return change


def policy(toml: str, *more: tuple[str, str]) -> Change:
    """Another policy for the parent that base.toml assesses in another currency."""
    return replaced(('policy = "recosted"', f"policy = {toml}"), *more)


POLICIES: dict[str, Change] = {
    "recosted": policy('"recosted"'),
    "budget_rate": policy('"budget_rate"'),
    "own_currency": policy(
        '"own_currency"',
        ('assessed_in = "USD"', 'assessed_in = "CHF"'),
        ('parent = "UN"\ncurrency = "USD"', 'parent = "UN"\ncurrency = "CHF"'),
        ('name = "approved"\nparent = "UN"\ncurrency = "CHF"\nperiod = "2008-2009"\n'
         "amount = 28099.8", 'name = "lower"\nparent = "UN"\ncurrency = "CHF"\n'
         'period = "2008-2009"\namount = 28099.8'),
        ('published = "itc/published.csv"', "# nothing published is stated in dollars:"),
    ),
    "forward": policy('{ kind = "forward", cover = 0.4, rates = { 2008 = 1.15, 2009 = 1.13 } }'),
    "split, rest at the budget rate": policy(
        '{ kind = "split", in_budget_currency = "1/3", rest = "budget_rate" }'
    ),
    "split, rest recosted": policy(
        '{ kind = "split", in_budget_currency = "1/4", rest = "recosted" }'
    ),
}  # fmt: skip

KNOWN = "known_on = 2031-03-15"
OBSERVED = re.compile(r"^observed = .*\n", re.MULTILINE)


def nothing_observed(text: str) -> str:
    """Known before the period begins: the first stage then reads its December from the path."""
    return OBSERVED.sub("", replaced((KNOWN, "known_on = 2030-10-31"))(text))


def a_year_observed(text: str) -> str:
    """Known in the second year: the first report has nothing left to draw."""
    months = ["2030-12", *(f"2031-{month:02d}" for month in range(1, 13)), "2032-01", "2032-02"]
    rates = ", ".join(f"{month} = 1.0{i:02d}" for i, month in enumerate(months))
    text = OBSERVED.sub(f"observed = {{ {rates} }}\n", text)
    return replaced((KNOWN, "known_on = 2032-02-29"))(text)


LAW = re.compile(r"^\[exchange\]\n.*?(?=^\[inflation)", re.MULTILINE | re.DOTALL)
MATRIX = re.compile(r"^order = .*?(?=^\[\[correlation)", re.MULTILINE | re.DOTALL)
PAIRS = ("eur_per_usd", "eur_per_gbp", "eur_per_chf")
CHANGES = ", ".join(f"{0.03 * (-1) ** (i // 2) + 0.001 * (i % 5):.3f}" for i in range(24))


def law(toml: str) -> Change:
    """Another law of exchange."""

    def change(text: str) -> str:
        assert len(LAW.findall(text)) == 1
        return LAW.sub(f"[exchange]\n{toml}\n", text)

    return change


def not_drawn(text: str, toml: str) -> str:
    """A law under which no rate is drawn, so that none is correlated either."""
    assert len(MATRIX.findall(text)) == 1
    return law(toml)(MATRIX.sub("", text))


def given_rates(text: str, begin: tuple[str, str, str] = ("{ ", "{ ", "{ ")) -> str:
    """A path: months where they are given, their year's rate otherwise."""
    rates = [
        "eur_per_usd = { 2031 = 0.88, 2032 = 0.9, 2033 = 0.95, 2032-06 = 1.01 }",
        "eur_per_gbp = { 2031 = 1.16, 2031-12 = 1.2, 2032 = 1.1, 2033 = 1.05 }",
        "eur_per_chf = { 2031 = 0.94, 2032 = 0.96, 2033 = 0.97, 2033-12 = 1 }",
    ]
    rates = [rate.replace("{ ", early) for rate, early in zip(rates, begin, strict=True)]
    return not_drawn(text, 'law = "path"\n[exchange.rates]\n' + "\n".join(rates) + "\n")


def events(text: str) -> str:
    """A shock on every rate, one on two rates in the same year, one on the first day of a month."""
    listed = (
        ("all", "2032-02-29", "-0.15", ""),
        ("two", "2032-09-12", "0.08", 'rates = ["eur_per_chf", "eur_per_usd"]\n'),
        ("first", "2031-12-01", "0.02", 'rates = ["eur_per_gbp"]\n'),
    )
    tables = "".join(
        f'[[events]]\nname = "{name}"\ndate = {date}\nchange = {change}\n{rates}'
        for name, date, change, rates in listed
    )
    return replaced(("[sampling]", f"{tables}\n[sampling]"))(text)


EVERYTHING: dict[str, Change] = {
    "as it is": str,
    "nothing observed": nothing_observed,
    "a year observed": a_year_observed,
    "surprises that began before": replaced(
        ("sd = 0.02\n", "sd = 0.02\npersistence = 0.6\nstart = 0.03\n")
    ),
    "a lag that is often nothing": replaced(
        (
            "{ triangular = { min = 1, mode = 16, max = 30 } }",
            "{ normal = { mean = 0, sd = 3 }, min = 0 }",
        )
    ),
    "centres off the budget": replaced(
        ("{ normal = { mean = 0.03, sd = 0.01 }", "{ normal = { mean = 0.045, sd = 0.01 }"),
        ("{ normal = { mean = 0, sd = 0.01 } }", "{ normal = { mean = 0.004, sd = 0.01 } }"),
    ),
    "priced as the other posts line": replaced(
        ('priced_as = "staff"', 'priced_as = "field_staff"')
    ),
    "another law: blended": law(
        """law = "blended"
per = "month"
measured_on = "averages"
degrees_of_freedom = 6
view = 0.8
half_life_months = 40
gap_closed = 0.6
start_error = { eur_per_usd = 0.01 }
volatility = { eur_per_usd = 0.03, eur_per_gbp = 0.02, eur_per_chf = 0.01 }
inflation_differential = { eur_per_usd = 0.01, eur_per_gbp = 0, eur_per_chf = -0.01 }
real_gap = { eur_per_usd = -0.1, eur_per_gbp = 0.05, eur_per_chf = 0 }
"""
    ),
    "another law: student_walk": law(
        """law = "student_walk"
degrees_of_freedom = 4
volatility = { eur_per_usd = 0.03, eur_per_gbp = 0.02, eur_per_chf = 0.01 }
"""
    ),
    "another law: ou": law(
        """law = "ou"
half_life_months = 20
volatility = { eur_per_usd = 0.03, eur_per_gbp = 0.02, eur_per_chf = 0.01 }
towards = { eur_per_usd = 0.9, eur_per_gbp = 1.1, eur_per_chf = 1 }
"""
    ),
    "another law: bootstrap": law(
        'law = "bootstrap"\nblock_months = 3\n[exchange.changes]\n'
        + "".join(f"{pair} = [{CHANGES}]\n" for pair in PAIRS)
    ),
    "rates given by month and by year": given_rates,
    "rates given, nothing observed": lambda text: nothing_observed(
        given_rates(
            text,
            (
                "{ 2030 = 0.92, ",
                "{ 2030-11 = 1.15, 2030-12 = 1.14, ",
                "{ 2030 = 0.93, 2030-12 = 0.95, ",
            ),
        )
    ),
    "rates given and events": lambda text: given_rates(events(text)),
    "events": events,
    "events, nothing observed": lambda text: nothing_observed(events(text)),
    "events at constant rates": lambda text: not_drawn(
        events(text), 'law = "fixed"\nat = "start"\n'
    ),
    "inflation with every key": replaced(
        (
            "sd = 0.02\n",
            "sd = 0.02\npersistence = 0.6\nstart = 0.03\nlast_published = 2029\n"
            "degrees_of_freedom = 5\n"
            "centre = { 2031 = 0.021, 2032 = 0.019, 2033 = { value = 0.017 } }\n",
        )
    ),
    "certain but for the rates": replaced(
        ("{ beta = { alpha = 6, beta = 94 } }", "0.055"),
        ("{ uniform = { min = 0.25, max = 0.75 } }", "0.4"),
        ("{ normal = { mean = 0, sd = 0.015 } }", "0.01"),
        ("{ normal = { mean = 0, sd = 0.01 } }", "0.02"),
        ("sd = 0.011", "sd = 0"),
    ),
}


@pytest.mark.parametrize(
    "path",
    [BASE, *sorted((SCENARIOS / "examples").glob("*.toml"))],
    ids=lambda path: path.stem,
)
def test_two_readings_of_the_description_agree(path: Path) -> None:
    """Every column of ten draws and of the central case is the loop's, and none is missing."""
    assert list(compare(path)) == []


@pytest.mark.parametrize("name", POLICIES)
def test_every_policy_agrees(name: str, tmp_path: Path) -> None:
    """Whatever the policy: amounts owed, exchange gains, balances, at every stage."""
    shutil.copytree(SCENARIOS / "itc", tmp_path / "itc")
    path = tmp_path / "base.toml"
    path.write_text(POLICIES[name](BASE.read_text(encoding="utf-8")), encoding="utf-8")
    assert list(compare(path)) == []


@pytest.mark.parametrize("name", EVERYTHING)
def test_what_no_scenario_uses_agrees_too(name: str, tmp_path: Path) -> None:
    """Observed months, pegs, long delays, several weights and posts lines."""
    text = (HERE / "everything.toml").read_text(encoding="utf-8")
    path = tmp_path / "everything.toml"
    path.write_text(EVERYTHING[name](text), encoding="utf-8")
    assert list(compare(path)) == []


@pytest.mark.parametrize(
    "path",
    [BASE, *sorted((SCENARIOS / "examples").glob("*.toml")), HERE / "everything.toml"],
    ids=lambda path: path.stem,
)
def test_proposed_contributions_agree(path: Path) -> None:
    """What the document prints, in both currencies, by year and period: exactly."""
    scenario = read_scenario(path)
    published, expected = publish(scenario), proposed(path)
    years = {str(year): year for year in scenario.years}
    found = {}
    for name, parent in scenario.parents.items():
        budget, own = scenario.budget.currency.lower(), parent.assessed_in.lower()
        for label in scenario.periods:
            period = years.get(label, label)
            amount = published.contribution(name, period) * scenario.budget.unit
            found[f"contribution_{budget}.{name}", label] = float(amount)
            if own != budget:
                stated = published.contribution_own(name, period)
                found[f"contribution_{own}.{name}", label] = float(stated)
    wanted = {(name, label): x for name, row in expected.items() for label, x in row.items()}
    assert found == wanted


def test_every_drawn_component_is_seen(tmp_path: Path) -> None:
    """Moving one component of one factor by a millionth shows: neither side ignores it."""
    path = tmp_path / "everything.toml"
    text = (HERE / "everything.toml").read_text(encoding="utf-8")
    path.write_text(nothing_observed(text), encoding="utf-8")
    plan = Plan(read_scenario(path))
    drawn, (found, _) = plan.draws(0, DRAWS), plan.block(0, DRAWS)
    blind = {
        (name, i)
        for name, values in drawn.values.items()
        for i in range(values.shape[1])
        if not any(
            disagreements(found, row, outcomes(path, moved(drawn, row, name, i)))
            for row in range(DRAWS)
        )
    }
    # Of the months before the period only the last December is read, at the first stage; and the
    # amount of a pledge that never arrives does not matter.
    november = {(name, 0) for name in drawn.values if name.startswith("rates.")}
    assert blind == november | {("pledges.never.amount", 0)}


def moved(drawn: Draws, row: int, name: str, component: int) -> dict[str, list[float]]:
    """A draw with one component a little larger."""
    one = {key: [float(x) for x in values[row]] for key, values in drawn.values.items()}
    one[name][component] += 1e-6 * (1 + abs(one[name][component]))
    return one
