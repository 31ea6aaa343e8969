"""What one table says must agree with the others; each contradiction has its message."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from simulator.errors import Problem
from simulator.scenario.model import Scenario
from simulator.scenario.read import check_scenario, read_scenario

After = Callable[..., tuple[Problem, ...]]
Line = Callable[[str], int]

RECOSTING = "recosting = { 2031 = 1.02, 2032 = 1.01 }"
VOLATILITY = "volatility = { eur_per_usd = 0.03 }"
PEG = 'pegged = { to = "eur_per_usd", ratio = 0.17 }'
ONE_POLICY = 'policy = "recosted"'
USD_START = "start = { value = 0.82, as_of = 2030-10-30 }"
INFLOWS = '[inflows]\nstated_in = "USD"\npsc_rate = 0.13\nregions = { South = 0.4 }\n'
CHANGE = 'change = "new"\noffice = "There"\nfund = "RB"\ngrade = "P-1"\nposts = 2'
MATRIX = '"rates.eur_per_usd" = { "inflation.euro" = 0.2 }'
DKK_TABLE = "[rates.eur_per_dkk]\n" + PEG

# change, passage at whose line the problem stands, key, words of the message, words of the remedy
CASES = [
    # shares and policies
    (('share = "0.55"', "share = 0.60"), "[parents.A]", "parents",
     "shares add up to 1.05, expected 1 (A 0.60, B 0.45)", "mend the shares"),
    (("share = 0.45", 'share = "0.4500000000001"'), "[parents.A]", "parents",
     "expected 1 (A 0.55, B 0.4500000000001)", "fractions"),
    (('policy = "own_currency"', 'policy = "budget_rate"'), 'policy = "own_currency"',
     "parents.B.policy", '"own_currency" is wanted for a parent assessed in EUR', "assessed_in"),
    ((ONE_POLICY, 'policy = { kind = "own_currency" }'), ONE_POLICY, "parents.A.policy",
     "own_currency means assessed in EUR", "recosted, budget_rate, forward or split"),
    ((ONE_POLICY, 'policy = { kind = "forward", cover = 1, rates = { 2031 = 0.8 } }'), ONE_POLICY,
     "parents.A.policy.rates", "forward rates for 2031, 2032 are wanted (found 2031)", "each"),
    ((ONE_POLICY,
      'policy = { kind = "forward", cover = 1, rates = { 2031 = 0.8, 2032 = 0.8, 2033 = 1 } }'),
     ONE_POLICY, "parents.A.policy.rates", "(found 2031, 2032, 2033)", "no other"),
    # rates
    (("[rates.eur_per_usd]", "[rates.usd_per_eur]"), "[rates.eur_per_usd]", "rates.usd_per_eur",
     "rates are EUR for one unit of the other currency: eur_per_usd, not usd_per_eur",
     "write [rates.eur_per_usd] with 1/value (budget = 1.25)"),
    ((PEG, PEG + "\n\n[rates.usd_per_dkk]\nbudget = 0.14\nstart = 0.14"), None,
     "rates.usd_per_dkk", "rates are quoted in EUR", "eur_per_usd and eur_per_dkk"),
    ((PEG, PEG + "\n\n[rates.eur_per_eur]\nbudget = 1\nstart = 1"), None, "rates.eur_per_eur",
     "a rate joins two different currencies", "remove it"),
    (('currency = "DKK"', 'currency = "SEK"'), 'currency = "DKK"', "pledges[2].currency",
     "there is no rate eur_per_sek (found SEK)", "add [rates.eur_per_sek] with budget"),
    (("eur_per_dkk = 0.05", "eur_per_sek = 0.05"), "eur_per_dkk = 0.05",
     "lines.travel.exposure.eur_per_sek", "there is no rate eur_per_sek",
     "rates given: eur_per_usd"),
    (('stated_in = "USD"', 'stated_in = "JPY"'), 'stated_in = "USD"', "inflows.stated_in",
     "there is no rate eur_per_jpy", "add [rates.eur_per_jpy]"),
    (("budget = 0.80", ""), "[rates.eur_per_usd]", "rates.eur_per_usd",
     "the budget rate is missing", "add budget"),
    ((USD_START, ""), "[rates.eur_per_usd]", "rates.eur_per_usd",
     "start is missing, exchange law random_walk needs it", "the last rate known"),
    (("value = 0.82", "value = 1.22"), "value = 0.82", "rates.eur_per_usd.start",
     "start looks inverted: the budget rate is 0.80 (found 1.22)", "write start = 0.8196721311"),
    ((PEG, PEG.replace("eur_per_usd", "eur_per_dkk")), PEG, "rates.eur_per_dkk.pegged.to",
     "a peg to another rate is wanted", ""),
    ((PEG, PEG.replace("eur_per_usd", "eur_per_gbp")), PEG, "rates.eur_per_dkk.pegged.to",
     "there is no rate eur_per_gbp", "add [rates.eur_per_gbp]"),
    (("budget = 0.136", "budget = 0.2"), "budget = 0.136", "rates.eur_per_dkk.budget",
     "the budget rate should follow the peg, 0.136 (0.17 × eur_per_usd 0.8) (found 0.2)",
     "mend the ratio"),
    ((PEG, PEG + "\nstart = 0.14"), None, "rates.eur_per_dkk.start",
     "a pegged rate follows eur_per_usd, this would be ignored", "remove"),
    ((VOLATILITY, "volatility = {}"), VOLATILITY, "exchange.volatility",
     "the volatility of eur_per_usd is missing", "add eur_per_usd"),
    ((VOLATILITY, "volatility = { eur_per_usd = 0.03, eur_per_dkk = 0.03 }"), VOLATILITY,
     "exchange.volatility.eur_per_dkk", "follows its peg, this would be ignored", "remove it"),
    ((VOLATILITY, "volatility = { eur_per_usd = 0.03, eur_per_use = 0.03 }"), VOLATILITY,
     "exchange.volatility.eur_per_use", "there is no rate eur_per_use",
     "did you mean 'eur_per_usd'"),
    ((VOLATILITY, "volatility = { eur_per_usd = 2.65 }"), VOLATILITY,
     "exchange.volatility.eur_per_usd", "at most 0.15 a month is wanted (found 2.65)",
     "0.0265 for 2.65 %"),
    ((PEG, PEG + "\n\n[rates.eur_per_sek]\nbudget = 0.08\n"
      "pegged = { to = \"eur_per_usd\", ratio = 0.1 }"), None,
     "rates.eur_per_sek", "nothing uses this rate, it would be ignored", "remove it"),
    (("eur_per_usd = 0.25", "eur_per_usd = 0.97"), "eur_per_usd = 0.25", "lines.travel.exposure",
     "parts add up to 1.02, at most 1 is wanted (eur_per_usd 0.97, eur_per_dkk 0.05)", ""),
    # lines
    (('fund = "RB"\nrecosting', "recosting"), "[lines.staff]", "lines.staff",
     "a posts line needs the fund", "the posts have: RB"),
    (("appropriation = { value = 400, source = \"table 1\", as_of = 2030-06-30 }", ""),
     "[lines.travel]", "lines.travel", "a non_posts line needs its appropriation", "add"),
    (("inflation = { euro = 1 }", "inflation = { euro = 1 }\nfund = \"RB\""), None,
     "lines.travel.fund", "belongs to a posts line and would be ignored", 'kind = "posts"'),
    (("inflation = { euro = 1 }", "inflation = { euro = 1 }\nstandard_cost_scale = { 2031 = 1, "
      "2032 = 1 }"), None,
     "lines.travel.standard_cost_scale", "belongs to a posts line and would be ignored", ""),
    ((RECOSTING, RECOSTING + '\ngrowth = [{ name = "x", amount = 1 }]'), None, "lines.staff.growth",
     "growth is added to an appropriation", "add appropriation"),
    ((RECOSTING, RECOSTING + '\n[lines.more]\nkind = "posts"\nfund = "RB"'), None,
     "lines.more.fund", "are paid by line staff already", "another fund"),
    (('stated_in = "USD"', 'stated_in = "USD"\nfund = "RB"'), None, "inflows.fund",
     "the posts of RB are paid by line staff already", "extrabudgetary"),
    (('stated_in = "USD"', 'stated_in = "USD"\nfund = "RX"'), None, "inflows.fund",
     "the fund of some posts is wanted", "RB"),
    (('stated_in = "USD"', 'stated_in = "USD"\npriced_as = "staff"'), None, "inflows.priced_as",
     "there are no posts of XB to be priced, this would be ignored", "remove it"),
    ((RECOSTING, RECOSTING + "\nprice_error = -1"), None, "lines.staff.price_error",
     "an error above -1 is wanted: at -1 nothing would be paid (found -1)", ""),
    ((RECOSTING, "recosting = { 2031 = 1.02 }"), RECOSTING, "lines.staff.recosting",
     "all budgeted years or none are wanted, missing: 2032", "write 1"),
    ((RECOSTING, RECOSTING.replace("}", ", 2033 = 1 }")), RECOSTING, "lines.staff.recosting.2033",
     "a budgeted year (2031, 2032) is wanted as key", "ignored"),
    ((RECOSTING, RECOSTING + "\nstandard_cost_scale = { 2031 = 1 }"), None,
     "lines.staff.standard_cost_scale", "all budgeted years or none", ""),
    ((RECOSTING, "recosting = { 2031 = 0.0136, 2032 = 1 }"), RECOSTING,
     "lines.staff.recosting.2031",
     "a price factor on the year before is wanted (found 0.0136)", "write 1.0136"),
    (("received = { 2031 = 1 }", "received = { 2030 = 1 }"), "received = { 2031 = 1 }",
     "pledges[2].received.2030", "what is due in 2030 arrives before 2031, it would be ignored",
     "delay_months"),
    (("received = { 2031 = 1 }", "received = { 2033 = 1 }"), "received = { 2031 = 1 }",
     "pledges[2].received.2033", "a year up to 2032 is wanted as key (found 2033)", "ignored"),
    (("inflation = { euro = 1 }", "inflation = { euro = 1, eura = 1 }"), "inflation = { euro = 1 }",
     "lines.travel.inflation.eura", "there is no inflation eura", "did you mean 'euro'?"),
    (("[inflation.euro]\nsd = 0.01", "[inflation.euro]\nsd = 0.01\n[inflation.other]\nsd = 0.01"),
     None, "inflation.other", "no line or category uses this", "remove it"),
    (("sd = 0.01\n", "sd = 1.5\n"), "sd = 0.01\n", "inflation.euro.sd", "at most 0.2 is wanted",
     "0.01 is one percentage point"),
    (("mean = 0.05, sd = 0.015 }, min = 0, max = 1 }", "mean = 5, sd = 1.5 } }"),
     "mean = 0.05, sd = 0.015 }", "categories.professional.vacancy",
     "a fraction between 0 and 1 is wanted (write 0.05 for 5 %) (found 5)", ""),
    (("budgeted_vacancy = 0.05", "budgeted_vacancy = 1"), "budgeted_vacancy = 0.05",
     "categories.professional.budgeted_vacancy", "a vacancy rate below 1 is wanted", ""),
    # posts
    (('office = "Here"\nfund = "RB"\ngrade = "P-2"', 'office = "Here"\nfund = "RB"\ngrade = "P-3"'),
     'grade = "P-2"', "posts[1].grade", "a grade without standard cost (found \"P-3\")",
     "add [grades.P-3] with category and standard_cost"),
    (('office = "Here"\nfund = "RB"', 'office = "Here"\nfund = "RX"'), None, "posts[1].fund",
     "no line and no [inflows] pays the posts of this fund (found \"RX\")", "RB"),
    (("category = \"professional\"\nstandard_cost = 100",
      "category = \"profesional\"\nstandard_cost = 100"),
     "category = \"professional\"\nstandard_cost = 100", "grades.P-2.category",
     "the name of a category is wanted", "did you mean 'professional'?"),
    (("[grades.P-2]", "[categories.other]\n\n[grades.P-2]"), "[grades.P-2]", "categories.other",
     "no grade uses this category, it would be ignored", "remove it"),
    (("posts = 5", "posts = 5\n[[posts]]\noffice = \"All\"\nfund = \"RB\"\ngrade = \"P-1\"\n"
      "posts = -6\nreconciliation = true"), None, "posts[3].posts",
     "posts of P-1 in RB sum to -1, zero or more is wanted (found -6)", ""),
    ((CHANGE, CHANGE.replace("= 2", "= 6")), "posts = 2", "post_changes[1].posts",
     "no more new posts than there are (There, RB, P-1: 5 stand in posts) (found 6)", "after all"),
    ((CHANGE, CHANGE.replace("There", "Ther")), "posts = 2", "post_changes[1].posts",
     "0 stand in posts", "did you mean 'There'?"),
    ((CHANGE, CHANGE.replace('"RB"', '"RBB"')), None, "post_changes[1].fund",
     "the fund of some posts is wanted", "did you mean 'RB'?"),
    ((CHANGE, CHANGE.replace("new", "reclassified") + '\nfrom_grade = "P-1"'), None,
     "post_changes[1].from_grade", "another grade than before is wanted", ""),
    ((CHANGE, CHANGE.replace("new", "reclassified") + '\nfrom_grade = "P-0"'), None,
     "post_changes[1].from_grade", "a grade without standard cost", "add [grades.P-0]"),
    ((CHANGE, CHANGE.replace("new", "moved") + '\nfrom_office = "There"'), None,
     "post_changes[1].from_office", "another office than before is wanted", ""),
    # inflows, income, thresholds, published
    ((INFLOWS, ""), None, "pledges", "pledges need the table [inflows]",
     'add [inflows] with stated_in = "EUR"'),
    (("[windows.I]", "[windows.I]\n[windows.II]"), None, "windows.II", "no pledge uses this window",
     "remove it"),
    (('name = "two"\nwindow = "I"', 'name = "two"\nwindow = "1"'), None, "pledges[2].window",
     "the name of a window is wanted", "known: I"),
    (('name = "two"', 'name = "one"'), 'name = "two"', "pledges[2].name", "a name of its own",
     "give"),
    (("amount = 50", "amount = -50"), "amount = 50", "pledges[2].amount", "zero or more is wanted",
     ""),
    (("amount = 50", "amount = 50\ndelay_months = -1"), None, "pledges[2].delay_months",
     "zero or more months", ""),
    (("[windows.I]", "[windows.I]\ndelay_months = -2"), None,
     "windows.I.delay_months", "zero or more months", ""),
    (("[windows.I]", "[windows.I]\nspending_lag_months = -2"), None,
     "windows.I.spending_lag_months", "zero or more months", ""),
    (("psc_rate = 0.13", "psc_rate = 0.13\npsc_balance = 3"), None,
     "inflows.psc_balance", "this would be ignored", "remove it"),
    (("psc_rate = 0.13", "psc_rate = 0.13\nnotice_months = 3"), None,
     "inflows.notice_months", "this would be ignored", "remove it"),
    (("psc_rate = 0.13", "psc_rate = 0.13\nspending_lag_months = -1"), None,
     "inflows.spending_lag_months", "zero or more months", ""),
    (("pert = { min = 10, mode = 20, max = 30 }", "pert = { min = -30, mode = -20, max = -10 }"),
     "pert = {", "income.rent.estimate", "zero or more is wanted (found -20)", "minus sign"),
    (('parent = "A"', 'parent = "C"'), 'parent = "A"', "thresholds[1].parent",
     "the name of a parent is wanted", "known: A, B"),
    (('parent = "A"\ncurrency = "USD"', 'parent = "B"\ncurrency = "USD"'), None,
     "thresholds[1].currency", "EUR is wanted for B (found \"USD\")", ""),
    (('period = "2031-2032"', 'period = "2033"'), 'period = "2031-2032"', "thresholds[1].period",
     "a period of the budget is wanted", 'known: "2031", "2032", "2031-2032"'),
    (("[sampling]", '[[published]]\nid = "net.2031"\nwhere = "w"\nwhat = "w"\nperiod = "2031"\n'
      'unit = "EUR"\nprinted = 1\nrule = "x"\nquantum = 1\n[sampling]'), None, "published[2].id",
     "an id of its own", ""),
    # time
    (("known_on = 2030-10-31", "known_on = 2032-12-01"), "known_on", "known_on",
     "a date before the last month of 2031-2032 is wanted (found 2032-12-01)", "2032-12-01"),
    (("known_on = 2030-10-31", "known_on = 2030-10-29"), USD_START, "rates.eur_per_usd.start.as_of",
     "known on 2030-10-29 (known_on) or before is wanted, this one was known on 2030-10-30",
     "a later known_on"),
    (("known_on = 2030-10-31", "known_on = 2031-02-15"), "[rates.eur_per_usd]",
     "rates.eur_per_usd.observed", "missing: 2030-12, 2031-01, 2031-02", "add observed"),
    (("budget = 0.80", "budget = 0.80\nobserved = { 2030-11 = 0.8 }"), None,
     "rates.eur_per_usd.observed.2030-11", "a month up to 2030-10 is wanted", "later known_on"),
    # chance
    ((MATRIX, '"rates.eur_per_usd" = { "inflation.eur" = 0.2 }'), MATRIX,
     'correlation.matrix."rates.eur_per_usd"."inflation.eur"',
     "the name of a drawn factor is wanted",
     "did you mean 'inflation.euro'?"),
    ((MATRIX, '"rates.eur_per_dkk" = { "inflation.euro" = 0.2 }'), MATRIX,
     'correlation.matrix."rates.eur_per_dkk"', "is certain, pegged or fixed", ""),
    ((MATRIX, MATRIX + '\n"inflation.euro" = { "rates.eur_per_usd" = 0.3 }'), None,
     'correlation.matrix."inflation.euro"."rates.eur_per_usd"',
     "this pair is given twice with different values, 0.2 before (found 0.3)", "keep one"),
    ((MATRIX, MATRIX.replace("0.2", '0.2, "rates.eur_per_usd" = 1')), MATRIX,
     'correlation.matrix."rates.eur_per_usd"."rates.eur_per_usd"', "with itself is 1", "remove it"),
    (('["exchange", "inflows"]', '["exchange", "inflow"]'), '["exchange", "inflows"]',
     "correlation.independent[1].between", "the name of a driver is wanted",
     "did you mean 'inflows'?"),
    (('["exchange", "inflows"]', '["exchange", "exchange"]'), '["exchange", "inflows"]',
     "correlation.independent[1].between", "two different drivers", ""),
    (('["exchange", "inflows"]', '["exchange", "inflation"]'), '["exchange", "inflows"]',
     "correlation.independent[1].between", "are correlated in correlation.matrix", "remove"),
    (('leading = ["rates.eur_per_usd"]', 'leading = ["rates.eur_per_use"]'), "leading",
     "sampling.leading[1]", "the name of a drawn factor", "did you mean 'rates.eur_per_usd'?"),
    (('leading = ["rates.eur_per_usd"]', 'leading = ["income.rent", "income.rent"]'), "leading",
     "sampling.leading[2]", "this name stands twice", "keep one"),
    (("draws = 512", "draws = 3"), "draws = 512", "sampling.draws", "at least 4 draws are wanted",
     ""),
]  # fmt: skip


@pytest.mark.parametrize(("change", "place", "key", "words", "remedy"), CASES)
def test_a_contradiction_gets_one_clear_message(
    after: After, line_of: Line, change: tuple[str, str], place: str | None, key: str, words: str,
    remedy: str,
) -> None:  # fmt: skip
    """One problem at the line of the key or its table, in plain words, with a remedy."""
    found = after(change)
    assert [problem.key for problem in found] == [key]
    assert words in str(found[0])
    assert remedy in found[0].remedy
    if place is not None:
        assert found[0].line == line_of(place)
    assert found[0].line is not None


def test_an_inverted_start_may_be_meant(after: After) -> None:
    """`unusual = true` says that a start near 1/budget is no slip."""
    assert (
        after(("value = 0.82", "value = 1.22"), ("budget = 0.80", "budget = 0.80\nunusual = true"))
        == ()
    )


@pytest.mark.parametrize(
    ("year", "delay", "reaches"),
    [
        (2030, "1", True),
        (2030, "{ pert = { min = 0, mode = 0, max = 6 } }", True),
        (2029, "12", False),
        (2029, "{ pert = { min = 0, mode = 0, max = 12 } }", False),
        (2029, "{ pert = { min = 0, mode = 0, max = 13 } }", True),
        (2029, "{ lognormal = { median = 3, log_sd = 1 } }", True),
        (2029, "{ lognormal = { median = 3, log_sd = 1 }, max = 12 }", False),
    ],
)
def test_late_money_of_earlier_years_counts(
    after: After, year: int, delay: str, reaches: bool
) -> None:
    """A year before the period is used when the delay can carry it in, and refused otherwise."""
    found = after(
        ("received = { 2031 = 1 }", f"received = {{ {year} = 1 }}\ndelay_months = {delay}")
    )
    assert [problem.key for problem in found] == (
        [] if reaches else [f"pledges[2].received.{year}"]
    )


def test_pegs_do_not_chain(after: After) -> None:
    """A peg to a pegged rate is refused, so there are no cycles either."""
    chain = PEG + '\n\n[rates.eur_per_nok]\npegged = { to = "eur_per_dkk", ratio = 0.6 }'
    (problem,) = after((PEG, chain), ('currency = "DKK"', 'currency = "NOK"'))
    assert problem.key == "rates.eur_per_nok.pegged.to"
    assert "peg to eur_per_usd, with the two ratios multiplied" in problem.remedy
    cycle = (
        'pegged = { to = "eur_per_nok", ratio = 2 }\n\n'
        '[rates.eur_per_nok]\npegged = { to = "eur_per_dkk", ratio = 0.5 }'
    )
    found = after((PEG, cycle), ('currency = "DKK"', 'currency = "NOK"'))
    assert {problem.key for problem in found} == {
        "rates.eur_per_nok.pegged.to",
        "rates.eur_per_dkk.pegged.to",
    }


def test_fixed_rates_need_only_what_they_use(after: After) -> None:
    """At the budget rate no start is needed, at the start one is."""
    correlated = (MATRIX, "")
    leading = ('leading = ["rates.eur_per_usd"]', "")
    fixed = ('law = "random_walk"\n' + VOLATILITY, 'law = "fixed"\nat = "budget"')
    assert after(fixed, correlated, leading, (USD_START, "")) == ()
    at_start = (fixed[0], fixed[1].replace("budget", "start"))
    (problem,) = after(at_start, correlated, leading, (USD_START, ""))
    assert "start is missing, exchange law fixed needs it" in problem.wanted


def test_posts_need_a_line_and_a_line_needs_posts(after: After, text: str) -> None:
    """A posts line without posts is refused, as are posts that nobody pays."""
    start, end = text.index("[[posts]]"), text.index("[rates.eur_per_usd]")
    (problem,) = after((text[start:end], ""))
    assert problem.key == "lines.staff.fund"
    assert "there are no posts in this fund" in problem.wanted
    assert "add [[posts]]" in problem.remedy


def test_a_missing_rate_is_one_problem(after: After) -> None:
    """Whatever else names the rate waits for it: no neighbour is offered in its place."""
    gbp = ', "rates.eur_per_gbp" = 0.3 }'
    (problem,) = after(
        ('currency = "DKK"', 'currency = "GBP"'),
        (
            "volatility = { eur_per_usd = 0.03 }",
            "volatility = { eur_per_usd = 0.03, eur_per_gbp = 0.02 }",
        ),
        ('{ "inflation.euro" = 0.2 }', '{ "inflation.euro" = 0.2' + gbp),
        (
            "[correlation.matrix]",
            '[correlation]\norder = ["rates.eur_per_gbp"]\n\n[correlation.matrix]',
        ),
        ('leading = ["rates.eur_per_usd"]', 'leading = ["rates.eur_per_gbp"]'),
    )
    assert problem.key == "pledges[2].currency"
    assert "add [rates.eur_per_gbp] with budget" in problem.remedy


def test_extrabudgetary_posts_are_priced_like_a_line_that_is_named(after: After) -> None:
    """With two posts lines neither the first nor the last may be meant: the file says which."""
    posts = '[[posts]]\noffice = "Here"\nfund = "{}"\ngrade = "P-2"\nposts = 1\n\n'
    two = ("[income.rent]", '[lines.more]\nkind = "posts"\nfund = "RC"\n\n[income.rent]')
    funds = ("[[post_changes]]", posts.format("RC") + posts.format("XB") + "[[post_changes]]")
    (problem,) = after(two, funds)
    assert problem.key == "inflows"
    assert "like which posts line are the posts of XB priced?" in problem.wanted
    assert 'add priced_as = "staff" to [inflows]; posts lines: staff, more' in problem.remedy
    named = 'stated_in = "USD"', 'stated_in = "USD"\npriced_as = "{}"'
    assert after(two, funds, (named[0], named[1].format("more"))) == ()
    (problem,) = after(two, funds, (named[0], named[1].format("travel")))
    assert problem.key == "inflows.priced_as"
    assert "the name of a posts line is wanted" in problem.wanted
    assert after((funds[0], funds[1].replace(posts.format("RC"), ""))) == ()


def test_known_inside_the_period_needs_the_months_so_far(after: After) -> None:
    """With the December before and the months so far, a date inside the period is fine."""
    observed = "budget = 0.80\nobserved = { 2030-12 = 0.8, 2031-01 = 0.81, 2031-02 = 0.82 }"
    assert (
        after(("known_on = 2030-10-31", "known_on = 2031-02-15"), ("budget = 0.80", observed)) == ()
    )


def test_a_date_of_another_age_is_refused(after: After) -> None:
    """An information date of the year 230 would ask for twenty thousand months."""
    found = after(("known_on = 2030-10-31", "known_on = 0230-10-31"))
    assert any(p.key == "known_on" and "10 years before 2031" in p.wanted for p in found)


def test_thresholds_may_be_known_later(text: str, tmp_path: Path) -> None:
    """The small scenario's threshold was known after known_on and is no problem."""
    path = tmp_path / "small.toml"
    path.write_text(text)
    scenario = read_scenario(path)
    assert scenario.thresholds[0].as_of is not None
    assert scenario.thresholds[0].as_of > scenario.known_on


def test_checks_of_a_scenario_in_memory(text: str) -> None:
    """A scenario built in Python is checked by the same rules, without lines."""
    data = tomllib.loads(text, parse_float=Decimal)
    good = Scenario.model_validate({"name": "x", **data})
    assert check_scenario(good) == ()
    data["parents"]["A"]["share"] = "1/3"
    data["budget"]["years"] = [2031]
    found = check_scenario(Scenario.model_validate({"name": "x", **data}))
    assert "shares add up to 0.7833333333, expected 1 (A 1/3, B 0.45)" in found[0].wanted
    assert len(found) > 1
    assert all(problem.wanted and problem.line is None for problem in found)


def test_an_order_names_drawn_factors(after: After) -> None:
    """The order of the copula's construction is checked like the leading factors."""
    found = after(("[correlation.matrix]", '[correlation]\norder = ["x"]\n\n[correlation.matrix]'))
    assert [problem.key for problem in found] == ["correlation.order[1]"]


def test_reversed_thresholds_stand_once(after: After, text: str) -> None:
    """The same threshold twice would be two columns of one name."""
    start, end = text.index("[[thresholds]]"), text.index("[sampling]")
    (problem,) = after(("[sampling]", text[start:end] + "[sampling]"))
    assert problem.key == "thresholds[2].name"
    assert "stands twice" in problem.wanted
