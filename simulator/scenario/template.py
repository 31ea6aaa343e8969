"""A scenario to start from, for any organization: valid as it is, explained in comments."""

from __future__ import annotations

import re

from simulator.errors import InputError, Problem
from simulator.scenario.places import found_text

NEXT_YEAR = 2027
"""The year budgeted for, unless another is named."""


def new_scenario(name: str, *, currency: str = "EUR", year: int = NEXT_YEAR) -> str:
    """TOML text of a small complete scenario for one budget year, without problems or warnings.

    All its numbers are examples, marked as assumptions. Raises InputError when the name, the
    currency or the year cannot stand in a scenario.
    """
    problems = []
    if not re.fullmatch(r"[A-Za-z0-9_\-+]{1,60}", name):
        wanted = "a name of 1 to 60 letters, digits, _, - and + is wanted"
        problems.append(Problem(wanted, "name", found_text(name)))
    if not re.fullmatch(r"[A-Z]{3}", currency):
        wanted = "a currency code of three capital letters, such as EUR, is wanted"
        problems.append(Problem(wanted, "currency", found_text(currency)))
    if not 1901 <= year <= 2200:
        problems.append(Problem("a year between 1901 and 2200 is wanted", "year", str(year)))
    if problems:
        raise InputError(problems)
    foreign = "USD" if currency != "USD" else "EUR"
    pair = f"{currency.lower()}_per_{foreign.lower()}"
    text = _TEMPLATE
    for mark, value in (
        ("@NAME@", name),
        ("@CUR@", currency),
        ("@FOR@", foreign),
        ("@PAIR@", pair),
        ("@YEAR@", str(year)),
        ("@BEFORE@", str(year - 1)),
    ):
        text = text.replace(mark, value)
    return text


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
title = "Budget @YEAR@"
known_on = @BEFORE@-10-31             # nothing that became known later may be used

# What is budgeted. Amounts below are in `unit` (here: thousand) units of their currency.
[budget]
organization = "Name of the organization"
currency = "@CUR@"
unit = 1000
years = [@YEAR@]                    # two years: [@YEAR@, …], one after the other

# Who pays. The shares add up to 1 exactly; fractions such as "1/3" are exact.
# policy says who bears the exchange risk of a contribution in another currency:
#   recosted      the amount is revised at the rates of each stage
#   budget_rate   the amount is fixed at the budget rate, the organization gains or loses
#   own_currency  assessed in the currency of the budget
#   { kind = "forward", cover = 0.8, rates = { @YEAR@ = … } }
#   { kind = "split", in_budget_currency = "1/2", rest = "recosted" }
[parents.A]
name = "First parent"
share = "3/5"
assessed_in = "@FOR@"
policy = "recosted"

[parents.B]
name = "Second parent"
share = "2/5"
assessed_in = "@CUR@"
policy = "own_currency"

# The lines of the budget. A posts line is built from the posts of a fund; any other line starts
# from its appropriation. recosting is the price factor of each year on the year before.
[lines.posts]
kind = "posts"
title = "Posts"
fund = "RB"
recosting = { @YEAR@ = 1.02 }
price_error = { normal = { mean = 0, sd = 0.01 }, assumption = true }

[lines.operations]
kind = "non_posts"
title = "Travel, equipment, operating expenses"
appropriation = { value = 1500, assumption = true, note = "approved for the previous period" }
recosting = { @YEAR@ = 1.015 }
inflation = { prices = 1 }        # how much of an inflation surprise reaches this line
exposure = { @PAIR@ = 0.2 }   # the part that is fixed in the other currency
# Changes of resources before recosting:
# growth = [{ name = "new premises", amount = 40 }]

# Income that reduces what the parents pay, for the whole period.
[income.miscellaneous]
estimate = { pert = { min = 40, mode = 60, max = 90 }, assumption = true }

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
[rates.@PAIR@]
budget = { value = 0.90, assumption = true }
start = { value = 0.92, as_of = @BEFORE@-10-30, assumption = true }

# How rates move: "fixed", or random walks with the standard deviation of the log rate.
[exchange]
law = "random_walk"
per = "month"
volatility = { @PAIR@ = { value = 0.025, assumption = true } }

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
amount = { triangular = { min = 300, mode = 500, max = 600 }, assumption = true }
probability = { value = 0.8, assumption = true }
stage = "pledged"                 # signed, pledged or under_negotiation
received = { @YEAR@ = 1.0 }         # the part of the amount received each year

# Dependence between what is drawn, by name; what is left independent is said so on purpose.
[correlation.matrix."rates.@PAIR@"]
"inflation.prices" = { value = 0.2, assumption = true }

[[correlation.independent]]
between = ["exchange", "inflows"]
assumption = true

[[correlation.independent]]
between = ["inflation", "inflows"]
assumption = true

# An amount to compare a contribution with.
[[thresholds]]
name = "ceiling"
parent = "A"
currency = "@FOR@"
period = "@YEAR@"
amount = 2800
assumption = true

[sampling]
seed = 1
draws = 32768
"""
