"""One wrong value, one clear message: place, what was found, what was wanted, what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.errors import Problem

After = Callable[..., tuple[Problem, ...]]
Line = Callable[[str], int]

AMOUNT = "amount = { p10 = 80, p50 = 100, p90 = 130 }"
POLICY = 'policy = "recosted"'

# old passage, new passage, key, words of the message, words of the remedy
CASES = [
    ("probability = 0.8", "probability = 50", "pledges[1].probability",
     "a fraction between 0 and 1 (write 0.05 for 5 %) is wanted (found 50)", ""),
    ("probability = 0.8", 'probability = "0.8"', "pledges[1].probability",
     'a number is wanted (found "0.8")', "without quotes"),
    ("probability = 0.8", "probability = true", "pledges[1].probability",
     "a number is wanted (found true)", ""),
    ("budget = 0.80", "budget = -0.80", "rates.eur_per_usd.budget",
     "a number above zero is wanted (found -0.80)", ""),
    ("posts = 10", 'posts = "10"', "posts[1].posts", "a whole number is wanted", "without quotes"),
    ("posts = 10", "posts = 10.5", "posts[1].posts", "a whole number is wanted (found 10.5)", ""),
    ("posts = 10", "posts = -10", "posts[1].posts", "posts of zero or more are wanted (found -10)",
     ""),
    (AMOUNT, "amount = { p10 = 130, p50 = 100, p90 = 80 }", "pledges[1].amount",
     "p10 < p50 < p90 is wanted (found { p10 = 130, p50 = 100, p90 = 80 })", ""),
    (AMOUNT, "amount = { p10 = 80, p90 = 130 }", "pledges[1].amount", "go together", ""),
    (AMOUNT, "amount = { gamma = { shape = 2 } }", "pledges[1].amount.gamma",
     "unknown key, which would be ignored", "the laws are normal, lognormal"),
    (AMOUNT, "amount = { norml = { mean = 2, sd = 1 } }", "pledges[1].amount.norml",
     "unknown key", "did you mean 'normal'?"),
    (AMOUNT, "amount = { normal = { mean = 2, sd = 0 } }", "pledges[1].amount.normal.sd",
     "a number above 0 is wanted (found 0)", ""),
    (AMOUNT, "amount = {}", "pledges[1].amount", "one number or one law is wanted", ""),
    (AMOUNT, "amount = [1, 2]", "pledges[1].amount", "a number, or a law", ""),
    (AMOUNT, "amount = nan", "pledges[1].amount", "an ordinary number is wanted", ""),
    (AMOUNT, "amount = 1e400", "pledges[1].amount", "no inf, no nan", ""),
    (AMOUNT, "amount = 1e16", "pledges[1].amount", "or less is wanted (found 1E+16)", ""),
    (POLICY, 'policy = "recost"', "parents.A.policy",
     'one of recosted, budget_rate, own_currency, forward, split is wanted (found "recost")',
     "did you mean 'recosted'?"),
    (POLICY, "policy = 5", "parents.A.policy", "one of recosted", 'write policy = "recosted"'),
    (POLICY, "policy = { cover = 1 }", "parents.A.policy", "a table with kind = one of",
     "add kind"),
    (POLICY, 'policy = { kind = "split" }', "parents.A.policy.in_budget_currency",
     'missing: exact share: "1/2" or 0.25', "add `in_budget_currency = …`"),
    ('law = "random_walk"', 'law = "random"', "exchange",
     "one of random_walk, student_walk, blended, ou, bootstrap, fixed, path is wanted",
     "did you mean 'random_walk'?"),
    ("between = [\"exchange\", \"inflows\"]", "between = [\"exchange\"]",
     "correlation.independent[1].between", "a list of two is wanted", ""),
    ('share = "0.55"', 'share = "half"', "parents.A.share", "'half' is not a share such as", ""),
    ('share = "0.55"', 'share = "1/0"', "parents.A.share", "divides by zero", ""),
    ('share = "0.55"', "share = 1.55", "parents.A.share", "a share between 0 and 1 is wanted", ""),
    ("[sampling]", "[smapling]", "smapling", "unknown key", "did you mean 'sampling'?"),
    ("seed = 0", "sead = 0", "sampling.sead", "unknown key", "did you mean 'seed'?"),
    ("seed = 0", "", "sampling.seed", "missing: a whole number", "add `seed = …` in [sampling]"),
    ("seed = 0", 'seed = 0\ntitle = "x"', "sampling.title", "unknown key",
     "belongs at the top of the file"),
    ("seed = 0", "seed = -1", "sampling.seed", "a number of 0 or more is wanted (found -1)", ""),
    ("draws = 512", "draws = 0", "sampling.draws", "a number of 1 or more is wanted (found 0)", ""),
    ("draws = 512", "draws = -1", "sampling.draws", "a number of 1 or more is wanted", ""),
    ("draws = 512", "draws = 1000000000000", "sampling.draws",
     "a number of 4 294 967 296 or less is wanted (found 1000000000000)", ""),
    ("known_on = 2030-10-31", 'known_on = "soon"', "known_on", "a date such as", ""),
    ("known_on = 2030-10-31", "known_on = 20301031", "known_on", "a date such as", ""),
    ('currency = "EUR"', 'currency = "euro"', "budget.currency", "three capital letters", ""),
    ("years = [2031, 2032]", "years = [2031, 2033]", "budget.years",
     "years must follow one another (found [2031, 2033])", ""),
    ("years = [2031, 2032]", "years = 2031", "budget.years", "a list of whole numbers is wanted",
     ""),
    ("years = [2031, 2032]", "years = []", "budget.years", "at least 1 entry is wanted", ""),
    ('title = "A small budget"', "title = 5", "title", "text in quotes is wanted (found 5)",
     'write "5"'),
    ('stage = "signed"', 'stage = "sign"', "pledges[2].stage",
     "one of signed, pledged, under_negotiation is wanted", "did you mean 'signed'?"),
    ("[windows.I]", "[[windows]]", "windows", "a table is wanted", "single brackets"),
    ("[[thresholds]]", "[thresholds]", "thresholds", "a list of tables is wanted",
     "[[thresholds]] with double brackets"),
    ('"inflation.euro" = 0.2', '"inflation.euro" = 1.2',
     'correlation.matrix."rates.eur_per_usd"."inflation.euro"', "between -1 and 1", ""),
    ("assumption = true", 'assumption = "yes"', "income.rent.estimate.assumption",
     "true or false is wanted", ""),
    ("recosting = { 2031 = 1.02, 2032 = 1.01 }", "recosting = { first = 1.02 }",
     "lines.staff.recosting.first", "a year such as 2024 is wanted as key", ""),
    ("volatility = { eur_per_usd = 0.03 }", "volatility = { usd = 0.03 }",
     "exchange.volatility.usd", "a rate's name such as eur_per_usd", ""),
    ("received = { 2031 = 1 }", "received = { 2031 = 0.7, 2032 = 0.7 }", "pledges[2].received",
     "must sum to at most 1", ""),
    ('change = "new"', 'change = "reclassified"', "post_changes[1]", "from_grade belongs", ""),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "words", "remedy"), CASES)
def test_a_wrong_value_gets_one_clear_message(
    after: After, line_of: Line, old: str, new: str, key: str, words: str, remedy: str
) -> None:
    """One problem, at the line of the value or of its table, in plain words."""
    found = after((old, new))
    assert [problem.key for problem in found] == [key]
    assert words in str(found[0])
    assert remedy in found[0].remedy
    expected = line_of(old) + new.count("\n")
    if "missing" in words and new == "":
        expected = line_of("[sampling]")
    if key == "exchange":
        expected = line_of("[exchange]")
    if key == "post_changes[1]":
        expected = line_of("[[post_changes]]")
    assert found[0].line == expected
    assert found[0].file.endswith("small.toml")


def test_the_small_scenario_is_valid(after: After) -> None:
    """Without a change there is no problem, so each problem above comes from its change."""
    assert after() == ()


def test_every_problem_is_told_at_once(after: After) -> None:
    """Five mistakes in five tables are five problems, in the order of the file."""
    found = after(
        ("title = ", "titel = "),
        ("probability = 0.8", "probability = 80"),
        ("seed = 0", "seed = -1"),
        ('stage = "signed"', 'stage = "sign"'),
        ("years = [2031, 2032]", "years = [2032, 2031]"),
    )
    assert [problem.key for problem in found] == [
        "titel",
        "budget.years",
        "pledges[1].probability",
        "pledges[2].stage",
        "sampling.seed",
    ]
    lines = [problem.line or 0 for problem in found]
    assert lines == sorted(lines)


def test_thousands_of_problems_are_cut(problems: After, text: str) -> None:
    """Nobody reads more than two hundred problems; the rest is counted."""
    extra = "".join(f"key{i} = 1\n" for i in range(1000))
    found = problems(text + extra)
    assert len(found) == 201
    assert found[-1].wanted.startswith("800 or more further problems")


def test_a_missing_table_is_named(problems: After) -> None:
    """A file with one key says which tables are missing, each once."""
    found = problems('title = "nothing else"\n')
    assert sorted(problem.key for problem in found) == [
        "budget", "known_on", "lines", "parents", "sampling",
    ]  # fmt: skip
    assert all(problem.wanted.startswith("missing: ") for problem in found)
    assert all("at the top of the file" in problem.remedy for problem in found)
