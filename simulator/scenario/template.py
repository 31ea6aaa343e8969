"""A scenario to start from, for any organization: valid as it is, explained in comments."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from simulator.errors import InputError
from simulator.scenario.setup import NewParent, Setup, problems_of
from simulator.units import pair_name, period_label

NEXT_YEAR = 2027
"""The year budgeted for, unless another is named."""

_BUDGET_RATE, _START = Decimal("0.90"), Decimal("0.92")
_NET = 3940
"""What the example costs in a year, in thousands; a ceiling a little above it is of use."""


def new_scenario(
    name: str,
    *,
    currency: str = "EUR",
    years: tuple[int, ...] = (NEXT_YEAR,),
    organization: str = "Name of the organization",
    parents: tuple[NewParent, ...] = (),
    rates: Mapping[str, Decimal] | None = None,
) -> str:
    """TOML text of a small complete scenario, without problems or warnings.

    Numbers that nobody gave are examples, marked as assumptions. `parents` are two examples unless
    given, and `rates` are budget rates, by currency: `currency` for one unit of the other. Raises
    InputError when something given cannot stand in a scenario.
    """
    setup = Setup(name, organization, currency, years, parents, dict(rates or {}))
    if problems := problems_of(setup):
        raise InputError(problems)
    other = "USD" if currency != "USD" else "EUR"
    who = parents or (
        NewParent("A", "First parent", "3/5", other),
        NewParent("B", "Second parent", "2/5", currency),
    )
    foreign = tuple(dict.fromkeys(one.currency for one in who if one.currency != currency))
    marks = {
        "NAME": name,
        "CUR": currency,
        "FOR": (foreign or (other,))[0],
        "PAIR": pair_name(currency, (foreign or (other,))[0]),
        "YEAR": str(years[0]),
        "BEFORE": str(years[0] - 1),
        "YEARS": ", ".join(map(str, years)),
        "PERIOD": period_label(years),
        "ORGANIZATION": _text(organization),
        "PARENTS": _parents(who, currency),
        "PARTS": _parts(years),
        "AMOUNT": _amount(len(years)),
        **_rates(setup, foreign or (other,)),
        **_ceiling(setup, who),
    }
    return re.sub(r"@([A-Z]+)(?::([\d.]+))?@", lambda m: _filled(m, marks, years), _TEMPLATE)


def _filled(mark: re.Match[str], marks: Mapping[str, str], years: tuple[int, ...]) -> str:
    """What stands in place of a mark: @EACH:1.02@ in each year, @TIMES:40@ for all of them."""
    kind, number = mark.groups()
    if kind == "EACH":
        return ", ".join(f"{year} = {number}" for year in years)
    return str(len(years) * int(number)) if kind == "TIMES" else marks[kind]


def _text(words: str) -> str:
    """Words as a TOML string, whose escapes are those of JSON."""
    return json.dumps(words, ensure_ascii=False)


def _parents(who: tuple[NewParent, ...], currency: str) -> str:
    return "\n\n".join(
        f"[parents.{one.key}]\n"
        f"name = {_text(one.name)}\n"
        f'share = "{one.share}"\n'
        f'assessed_in = "{one.currency}"\n'
        f'policy = "{"own_currency" if one.currency == currency else "recosted"}"'
        for one in who
    )


def _amount(years: int) -> str:
    """What a donor gives over so many years."""
    low, likely, high = (amount * years for amount in (300, 500, 600))
    return f"{{ min = {low}, mode = {likely}, max = {high} }}"


def _parts(years: tuple[int, ...]) -> str:
    """A pledge that comes evenly over the years; the parts add up to 1 exactly."""
    if len(years) == 1:
        return f"{years[0]} = 1.0"
    part = (Decimal(1) / len(years)).quantize(Decimal("0.01"))
    parts = [1 - part * (len(years) - 1), *[part] * (len(years) - 1)]
    return ", ".join(f"{year} = {one}" for year, one in zip(years, parts, strict=True))


def _rates(setup: Setup, foreign: tuple[str, ...]) -> dict[str, str]:
    """Rates of the other currencies, how far they move, and that they move together."""
    pairs = {code: pair_name(setup.currency, code) for code in foreign}
    as_of = f"as_of = {setup.years[0] - 1}-10-30, assumption = true"
    tables = [
        f"[rates.{pair}]\n"
        f"budget = {{ value = {setup.rates.get(code, _BUDGET_RATE)}, assumption = true }}\n"
        f"start = {{ value = {setup.rates.get(code, _START)}, {as_of} }}"
        for code, pair in pairs.items()
    ]
    width = "{ value = 0.025, assumption = true }"
    moving = [f"[exchange.volatility]\n{pair} = {width}" for pair in pairs.values()]
    volatility = f"volatility = {{ {pairs[foreign[0]]} = {width} }}"
    if len(pairs) > 1:
        volatility = "\n".join([moving[0], *(one.partition("\n")[2] for one in moving[1:])])
    names = [f"rates.{pair}" for pair in pairs.values()]
    rows = []
    yearly = len(setup.years) > 1  # a rate is correlated with the first year of an inflation only
    for at, name in enumerate(names):
        others = [f'"{one}" = {{ value = 0.5, assumption = true }}' for one in names[at + 1 :]]
        if at == 0 and not yearly:
            others.append('"inflation.prices" = { value = 0.2, assumption = true }')
        if others:
            rows.append("\n".join([f'[correlation.matrix."{name}"]', *others]))
    if yearly:
        between = 'between = ["exchange", "inflation"]\nassumption = true'
        rows.append(f"[[correlation.independent]]\n{between}")
    return {
        "RATES": "\n\n".join(tables),
        "VOLATILITY": volatility,
        "CORRELATION": "\n\n".join(rows),
    }


def _ceiling(setup: Setup, who: tuple[NewParent, ...]) -> dict[str, str]:
    """A ceiling for a parent that owes another currency, a little above what the example costs."""
    owing = next((one for one in who if one.currency != setup.currency), who[0])
    rate = Decimal(1)
    if owing.currency != setup.currency:
        rate = setup.rates.get(owing.currency, _BUDGET_RATE)
    share = Fraction(owing.fraction) / Fraction(rate)
    amount = float(_NET * len(setup.years) * share) * 1.06
    return {
        "OWING": owing.key,
        "OWED": owing.currency,
        "CEILING": f"{Decimal(f'{amount:.2g}'):f}",
    }


_TEMPLATE = """\
# A budget scenario. Every number here is an example: replace it, and write where yours comes from.
#   sim validate @NAME@.toml    says what is wrong, with line numbers
#   sim run @NAME@.toml         simulates it
#
# A number may be written plain, with its provenance, or as a law:
#   12.5
#   { value = 12.5, source = "table 2", as_of = @BEFORE@-10-31 }
#   { normal = { mean = 12.5, sd = 2 }, min = 0, assumption = true }
#   { pert = { min = 8, mode = 12, max = 20 } }          also: lognormal, triangular, uniform, beta,
#   { p10 = 8, p50 = 12, p90 = 20 }                      discrete, bernoulli, empirical
# Shares and rates of vacancy or inflation are fractions: 0.05 for 5 %.

schema_version = 1
name = "@NAME@"                   # names the folder of results
title = "Budget @PERIOD@"
known_on = @BEFORE@-10-31             # nothing that became known later may be used

# What is budgeted. Amounts below are in `unit` (here: thousand) units of their currency.
[budget]
organization = @ORGANIZATION@
currency = "@CUR@"
unit = 1000
years = [@YEARS@]                    # two years: [@YEAR@, …], one after the other

# Who pays. The shares add up to 1 exactly; fractions such as "1/3" are exact.
# policy says who bears the exchange risk of a contribution in another currency:
#   recosted      the amount is revised at the rates of each stage
#   budget_rate   the amount is fixed at the budget rate, the organization gains or loses
#   own_currency  assessed in the currency of the budget
#   { kind = "forward", cover = 0.8, rates = { @YEAR@ = … } }
#   { kind = "split", in_budget_currency = "1/2", rest = "recosted" }
@PARENTS@

# The lines of the budget. A posts line is built from the posts of a fund; any other line starts
# from its appropriation. recosting is the price factor of each year on the year before.
[lines.posts]
kind = "posts"
title = "Posts"
fund = "RB"
recosting = { @EACH:1.02@ }
price_error = { normal = { mean = 0, sd = 0.01 }, assumption = true }

[lines.operations]
kind = "non_posts"
title = "Travel, equipment, operating expenses"
appropriation = { value = @TIMES:1500@, assumption = true, note = "approved, previous period" }
recosting = { @EACH:1.015@ }
inflation = { prices = 1 }        # how much of an inflation surprise reaches this line
exposure = { @PAIR@ = 0.2 }   # the part that is fixed in the other currency
# Changes of resources before recosting:
# growth = [{ name = "new premises", amount = 40 }]

# Income that reduces what the parents pay, for the whole period.
[income.miscellaneous]
estimate = { pert = { min = @TIMES:40@, mode = @TIMES:60@, max = @TIMES:90@ }, assumption = true }

# Categories of staff: vacancy that will be met, vacancy inside the standard costs, and the part
# of the pay that is fixed in another currency (exposure, as in a line).
[categories.professional]
vacancy = { normal = { mean = 0.05, sd = 0.015 }, min = 0, assumption = true }
budgeted_vacancy = 0.05
delayed_recruitment = 0.5         # part of the first year for which a new post is not filled

[categories.general]
vacancy = { normal = { mean = 0.02, sd = 0.01 }, min = 0, assumption = true }
budgeted_vacancy = 0.02

# Standard cost of one filled post in a year, for every grade that a post has.
[grades.P-5]
category = "professional"
standard_cost = { value = 210, assumption = true }

[grades.P-3]
category = "professional"
standard_cost = { value = 150, assumption = true }

[grades.GS]
category = "general"
standard_cost = { value = 95, assumption = true }

# Posts as they stand after all changes. A CSV or a workbook beside this file does as well, with
# the columns office, fund, grade, posts: then write   posts = "posts.xlsx"   at the top of this
# file. `sim new --posts-template posts.xlsx` writes one to fill in.
[[posts]]
office = "Secretariat"
fund = "RB"
grade = "P-5"
posts = 3

[[posts]]
office = "Secretariat"
fund = "RB"
grade = "P-3"
posts = 8

[[posts]]
office = "Secretariat"
fund = "RB"
grade = "GS"
posts = 6

# What changed against the previous period: new, abolished, reclassified, moved, delayed_impact.
[[post_changes]]
change = "new"
office = "Secretariat"
fund = "RB"
grade = "P-3"
posts = 1

# Rates: @CUR@ for one unit of the other currency. `budget` is written into the budget, `start` is
# the last rate known, from which the simulated paths start.
@RATES@

# How rates move: "fixed", or random walks with the standard deviation of the log rate.
[exchange]
law = "random_walk"
per = "month"
@VOLATILITY@

# Surprises of inflation around the recosting of the budget; sd 0.01 is one percentage point.
[inflation.prices]
sd = { value = 0.01, assumption = true }
persistence = 0.5

# Money beside the budget: how it is stated, spent, and taxed for programme support.
[inflows]
stated_in = "@CUR@"
psc_rate = 0.10

[windows.I]
title = "Unearmarked contributions"

[[pledges]]
name = "donor-programme"
window = "I"
currency = "@FOR@"
amount = { triangular = @AMOUNT@, assumption = true }
probability = { value = 0.8, assumption = true }
stage = "pledged"                 # signed, pledged or under_negotiation
received = { @PARTS@ }         # the part of the amount received each year

# Dependence between what is drawn, by name; what is left independent is said so on purpose.
@CORRELATION@

[[correlation.independent]]
between = ["exchange", "inflows"]
assumption = true

[[correlation.independent]]
between = ["inflation", "inflows"]
assumption = true

# An amount to compare a contribution with.
[[thresholds]]
name = "ceiling"
parent = "@OWING@"
currency = "@OWED@"
period = "@PERIOD@"
amount = @CEILING@
assumption = true

[sampling]
seed = 1
draws = 32768
"""
