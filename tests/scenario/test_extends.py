"""A scenario that extends another: the same as one written out in full."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.errors import InputError
from simulator.scenario.entries import names_of
from simulator.scenario.fingerprint import fingerprint
from simulator.scenario.layers import MAX_CHAIN, read_layers
from simulator.scenario.model import Scenario
from simulator.scenario.read import read_scenario
from simulator.scenario.shape import has_names, is_model, step

PEGGED = 'budget = 0.136\npegged = { to = "eur_per_usd", ratio = 0.17 }'
HEAD = 'extends = "base.toml"\ntitle = "Another"\n'

Child = Callable[..., Scenario]


@pytest.fixture
def child(tmp_path: Path, text: str) -> Child:
    """The scenario of a child of the small one; other files are given by name."""

    def read(content: str = "", **files: str) -> Scenario:
        (tmp_path / "base.toml").write_text(text)
        for name, inside in files.items():
            path = tmp_path / name.replace("__", "/").replace("_csv", ".csv")
            path.parent.mkdir(exist_ok=True)
            path.write_text(inside)
        (tmp_path / "child.toml").write_text(HEAD + content)
        return read_scenario(tmp_path / "child.toml")

    return read


@pytest.fixture
def whole(tmp_path: Path, text: str) -> Callable[..., Scenario]:
    """The small scenario with passages replaced, written out in full under the child's name."""

    def read(*changes: tuple[str, str]) -> Scenario:
        content = text.replace('title = "A small budget"', 'name = "child"\ntitle = "Another"')
        for old, new in changes:
            assert content.count(old) == 1, f"{old!r} stands {content.count(old)} times"
            content = content.replace(old, new)
        (tmp_path / "whole.toml").write_text(content)
        return read_scenario(tmp_path / "whole.toml")

    return read


TEXT = (Path(__file__).parent / "small.toml").read_text(encoding="utf-8")
PLEDGES = TEXT[TEXT.index("[windows.I]") : TEXT.index("[figures.prior]")]
TRAVEL = 'growth = [{ name = "more travel", amount = 12.5 }]'
SECOND = """[[pledges]]
name = "two"
window = "I"
currency = "DKK"
amount = 50
stage = "signed"
received = { 2031 = 1 }
"""
SAME = {
    "nothing": ("", []),
    "a key": ("[sampling]\nseed = 7", [("seed = 0", "seed = 7")]),
    "a dotted key": ("sampling.seed = 7", [("seed = 0", "seed = 7")]),
    "a plain number over a plain number": (
        "[rates.eur_per_usd]\nbudget = 0.9\n[rates.eur_per_dkk]\nbudget = 0.153",
        [("budget = 0.80", "budget = 0.9"), ("budget = 0.136", "budget = 0.153")],
    ),
    "a plain list": (
        "[sampling]\nleading = []",
        [('leading = ["rates.eur_per_usd"]', "")],
    ),
    "a named table": (
        "[income.sale]\nestimate = 5",
        [("[categories.professional]", "[income.sale]\nestimate = 5\n[categories.professional]")],
    ),
    "a year more of a table": (
        "[lines.staff.recosting]\n2032 = 1.5",
        [("2032 = 1.01 }", "2032 = 1.5 }")],
    ),
    "a pledge": (
        '[[pledges]]\nname = "two"\nstage = "pledged"',
        [('stage = "signed"', 'stage = "pledged"')],
    ),
    "a new pledge comes last": (
        SECOND.replace("two", "three"),
        [("[figures.prior]", SECOND.replace("two", "three") + "\n[figures.prior]")],
    ),
    "a pledge removed": ('[[pledges]]\nname = "two"\nremove = true', [(SECOND, "")]),
    "all pledges removed": ("pledges = []\nwindows.I = { remove = true }", [(PLEDGES, "")]),
    "growth of a line": (
        'lines.travel.growth = [{ name = "less travel", amount = -1 }]',
        [(TRAVEL, TRAVEL[:-1] + ', { name = "less travel", amount = -1 }]')],
    ),
    "posts by office, fund and grade": (
        '[[posts]]\noffice = "Here"\nfund = "RB"\ngrade = "P-2"\nposts = 12',
        [("posts = 10", "posts = 12")],
    ),
    "a change of posts": (
        '[[post_changes]]\nchange = "new"\noffice = "There"\nfund = "RB"\ngrade = "P-1"\nposts = 1',
        [("posts = 2", "posts = 1")],
    ),
    "as much of a name as tells": (
        '[[thresholds]]\nname = "ceiling"\namount = 2000\nas_of = 2030-12-01',
        [],
    ),
    "a published figure by its id": (
        '[[published]]\nid = "net.2031"\nprinted = 5',
        [("printed = 1900.5", "printed = 5")],
    ),
    "a pair in the other order": (
        '[[correlation.independent]]\nbetween = ["inflows", "exchange"]\nassumption = true',
        [('["exchange", "inflows"]', '["exchange", "inflows"]\nassumption = true')],
    ),
    "a correlation in the other order": (
        '[correlation.matrix."inflation.euro"]\n"rates.eur_per_usd" = 0.3',
        [('"inflation.euro" = 0.2', '"inflation.euro" = 0.3')],
    ),
    "no correlations of a factor": (
        '[correlation.matrix]\n"inflation.euro" = { remove = true }',
        [('[correlation.matrix]\n"rates.eur_per_usd" = { "inflation.euro" = 0.2 }', "")],
    ),
    "a rate unpegged": (
        "[rates.eur_per_dkk]\npegged = { remove = true }\nbudget = 0.1\nstart = 0.1\n"
        "[exchange.volatility]\neur_per_dkk = 0.1",
        [
            (PEGGED, "budget = 0.1\nstart = 0.1"),
            ("{ eur_per_usd = 0.03 }", "{ eur_per_usd = 0.03, eur_per_dkk = 0.1 }"),
        ],
    ),
    "one key of a policy": (
        '[parents.A.policy]\nkind = "forward"\ncover = 0.5\nrates = { 2031 = 0.8, 2032 = 0.8 }',
        [('policy = "recosted"',
          'policy = { kind = "forward", cover = 0.5, rates = { 2031 = 0.8, 2032 = 0.8 } }')],
    ),
    "a law of another kind": (
        '[correlation]\nmatrix = { remove = true }\n[sampling]\nleading = { remove = true }\n'
        '[exchange]\nlaw = "fixed"',
        [
            ('law = "random_walk"\nvolatility = { eur_per_usd = 0.03 }', 'law = "fixed"'),
            ('"rates.eur_per_usd" = { "inflation.euro" = 0.2 }', ""),
            ('leading = ["rates.eur_per_usd"]', ""),
        ],
    ),
    "a law by its bare name": (
        'exchange = "fixed"\n[correlation]\nmatrix = { remove = true }\n'
        "[sampling]\nleading = { remove = true }",
        [
            ('law = "random_walk"\nvolatility = { eur_per_usd = 0.03 }', 'law = "fixed"'),
            ('"rates.eur_per_usd" = { "inflation.euro" = 0.2 }', ""),
            ('leading = ["rates.eur_per_usd"]', ""),
        ],
    ),
    "a parameter of a law": (
        "[categories.professional.vacancy.normal]\nsd = 0.5",
        [("sd = 0.015", "sd = 0.5")],
    ),
    "a bound of a law": (
        "[categories.professional.vacancy]\nmin = { remove = true }",
        [("min = 0, max = 1", "max = 1")],
    ),
    "another law": (
        "[income.rent.estimate]\nnormal = { mean = 20, sd = 3 }",
        [("{ pert = { min = 10, mode = 20, max = 30 }, assumption = true }",
          "{ normal = { mean = 20, sd = 3 } }")],
    ),
    "a plain number over a law": (
        "[income.rent]\nestimate = 20",
        [("{ pert = { min = 10, mode = 20, max = 30 }, assumption = true }", "20")],
    ),
    "a median and not a mean": (
        "[[pledges]]\nname = 'two'\namount = { p10 = 1, p50 = 2, p90 = 3 }",
        [("amount = 50", "amount = { p10 = 1, p50 = 2, p90 = 3 }")],
    ),
    "one percentile of three": (
        "[[pledges]]\nname = 'one'\namount.p50 = 101",
        [("p50 = 100", "p50 = 101")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SAME)
def test_a_child_is_the_scenario_written_out_in_full(
    child: Child, whole: Callable[..., Scenario], case: str
) -> None:
    """The same scenario and the same fingerprint, whichever way it was written."""
    content, changes = SAME[case]
    expected, found = whole(*changes), child(content)
    assert found == expected
    assert fingerprint(found) == fingerprint(expected)


def test_sources_stay_with_the_numbers_they_were_given_for(child: Child) -> None:
    """A number that is changed does not inherit source, date, assumption or note."""
    scenario = child(
        "[lines.travel.appropriation]\nvalue = 500\n[income.rent.estimate.pert]\nmode = 25\n"
        "[rates.eur_per_usd]\nstart = { value = 0.9, source = 'own' }\n"
        "[[thresholds]]\nname = 'ceiling'\namount = 3000\n"
    )
    travel = scenario.lines["travel"].appropriation
    assert travel is not None
    assert (travel.value, travel.source, travel.as_of) == (500, None, None)
    assert scenario.income["rent"].estimate.pert is not None
    assert scenario.income["rent"].estimate.pert.mode == 25
    assert scenario.income["rent"].estimate.assumption is False
    start = scenario.rates["eur_per_usd"].start
    assert start is not None
    assert (start.source, start.as_of) == ("own", None)
    assert scenario.thresholds[0].as_of is None


def test_a_source_alone_may_be_mended(child: Child) -> None:
    """The number stays when only where it comes from is said anew."""
    scenario = child("[lines.travel.appropriation]\nsource = 'table 2'\n")
    travel = scenario.lines["travel"].appropriation
    assert travel is not None
    assert (travel.value, travel.source, str(travel.as_of)) == (400, "table 2", "2030-06-30")
    grown = child("[lines.travel]\ngrowth = [{ name = 'more travel', source = 'a letter' }]\n")
    assert (grown.lines["travel"].growth[0].amount, grown.lines["travel"].growth[0].source) == (
        12.5, "a letter",
    )  # fmt: skip


def test_a_share_leaves_the_source_of_the_old_one(tmp_path: Path, text: str) -> None:
    """The source of a parent speaks of its share, and stays when the policy changes."""
    given = text.replace('policy = "recosted"', 'policy = "recosted"\nsource = "statutes"')
    (tmp_path / "base.toml").write_text(given)
    path = tmp_path / "child.toml"
    path.write_text(HEAD + "parents.A.share = 0.5\nparents.B.share = 0.5\n")
    assert read_scenario(path).parents["A"].source is None
    path.write_text(HEAD + 'parents.A.policy = "budget_rate"\n')
    assert read_scenario(path).parents["A"].source == "statutes"


def test_posts_of_one_name_are_told_by_their_note(tmp_path: Path, text: str) -> None:
    """Two entries for one office, fund and grade: the note says which; "" is the one without."""
    twice = '[[posts]]\noffice = "There"\nfund = "RB"\ngrade = "P-1"\nposts = 3\nnote = "new"\n\n'
    (tmp_path / "base.toml").write_text(
        text.replace("[[post_changes]]", twice + "[[post_changes]]")
    )
    name = '[[posts]]\noffice = "There"\nfund = "RB"\ngrade = "P-1"\n'
    path = tmp_path / "child.toml"
    path.write_text(f'{HEAD}{name}note = "new"\nremove = true\n{name}note = ""\nposts = 7\n')
    found = [(post.posts, post.note) for post in read_scenario(path).posts]
    assert found == [(10, None), (7, None)]
    path.write_text(f"{HEAD}{name}posts = 7\n")
    with pytest.raises(InputError, match=r"wanted, 2 have this one") as caught:
        read_scenario(path)
    assert '"new"' in caught.value.problems[0].remedy


def test_name_title_and_description_are_not_inherited(tmp_path: Path, text: str) -> None:
    """A result under the title of another scenario would mislead."""
    (tmp_path / "base.toml").write_text('name = "b"\ndescription = "of b"\n' + text)
    (tmp_path / "child.toml").write_text(HEAD)
    scenario = read_scenario(tmp_path / "child.toml")
    assert (scenario.name, scenario.title, scenario.description) == ("child", "Another", "")
    (tmp_path / "child.toml").write_text('extends = "base.toml"')
    with pytest.raises(InputError, match="title: missing"):
        read_scenario(tmp_path / "child.toml")


def test_lists_of_a_parent_stand_in_its_own_folder(tmp_path: Path, text: str) -> None:
    """A CSV is looked for beside the file that names it, and its entries merge by name."""
    start, end = text.index("[[posts]]"), text.index("[[post_changes]]")
    folder = tmp_path / "bases" / "lists"
    folder.mkdir(parents=True)
    (folder / "posts.csv").write_text("office,fund,grade,posts\nHere,RB,P-2,10\nThere,RB,P-1,5\n")
    base = 'posts = "lists/posts.csv"\n' + text[:start] + text[end:]
    (tmp_path / "bases" / "base.toml").write_text(base)
    path = tmp_path / "child.toml"
    head = HEAD.replace("base.toml", "bases/base.toml")
    path.write_text(head + '[[posts]]\noffice = "Here"\nposts = 12\n')
    assert [post.posts for post in read_scenario(path).posts] == [12, 5]
    (tmp_path / "own.csv").write_text("office,fund,grade,posts\nThere,RB,P-1,4\nHere,RB,P-2,1\n")
    path.write_text(head + 'posts = "own.csv"\n')
    assert [post.posts for post in read_scenario(path).posts] == [4, 1]


def test_every_file_that_was_read_is_known_by_its_checksum(tmp_path: Path, text: str) -> None:
    """Scenarios, law files and CSVs by their path from the child's folder; not what is replaced."""
    start, end = text.index("[[posts]]"), text.index("[[post_changes]]")
    (tmp_path / "bases").mkdir()
    rows = "office,fund,grade,posts\nHere,RB,P-2,10\nThere,RB,P-1,5\n"
    (tmp_path / "bases" / "posts.csv").write_text(rows)
    (tmp_path / "bases" / "law.toml").write_text("[inflation.euro]\nsd = 0.02\n")
    base = 'posts = "posts.csv"\nlaw_file = "law.toml"\n' + text[:start] + text[end:]
    (tmp_path / "bases" / "base.toml").write_bytes(b"\xef\xbb\xbf" + base.encode())
    path = tmp_path / "child.toml"
    path.write_text(HEAD.replace("base.toml", "bases/base.toml"))
    names = {"child.toml", "bases/base.toml", "bases/law.toml", "bases/posts.csv"}
    assert read_layers(path).files == {
        name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in names
    }
    (tmp_path / "own.csv").write_text(rows)
    path.write_text(HEAD.replace("base.toml", "bases/base.toml") + 'posts = "own.csv"\n')
    (tmp_path / "bases" / "posts.csv").unlink()
    assert read_scenario(path)
    assert set(read_layers(path).files) == names - {"bases/posts.csv"} | {"own.csv"}


def test_several_levels(tmp_path: Path, text: str) -> None:
    """The nearest file wins, key by key."""
    (tmp_path / "a.toml").write_text(text)
    (tmp_path / "b.toml").write_text(
        'extends = "a.toml"\n[sampling]\nseed = 1\ndraws = 1024\n[income.B]\nestimate = 1\n'
        '[[pledges]]\nname = "two"\nremove = true\n'
    )
    (tmp_path / "c.toml").write_text(
        'extends = "b.toml"\ntitle = "C"\n[sampling]\nseed = 2\n[income.B]\ntitle = "of C"\n'
    )
    scenario = read_scenario(tmp_path / "c.toml")
    assert (scenario.sampling.seed, scenario.sampling.draws) == (2, 1024)
    assert scenario.income["B"].title == "of C"
    assert [pledge.name for pledge in scenario.pledges] == ["one"]


def chain(folder: Path, text: str, count: int) -> Path:
    """So many files, each extending the next."""
    for number in range(1, count):
        content = f'extends = "{number + 1}.toml"\ntitle = "{number}"\nsampling.seed = {number}\n'
        (folder / f"{number}.toml").write_text(content)
    (folder / f"{count}.toml").write_text(text)
    return folder / "1.toml"


def test_a_chain_has_an_end(tmp_path: Path, text: str) -> None:
    """Sixteen files are read, the seventeenth is refused where it is named."""
    assert read_scenario(chain(tmp_path, text, MAX_CHAIN)).sampling.seed == 1
    with pytest.raises(InputError) as caught:
        read_scenario(chain(tmp_path, text, MAX_CHAIN + 1))
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (str(tmp_path / "16.toml"), 1)
    assert "at most 16" in problem.wanted


@pytest.mark.parametrize("through", ["c.toml", "./c.toml", "b.toml"])
def test_a_circle_is_shown(tmp_path: Path, through: str) -> None:
    """The chain of files that leads back to itself, at the line that closes it."""
    (tmp_path / "a.toml").write_text('title = "a"\nextends = "b.toml"\n')
    (tmp_path / "b.toml").write_text('extends = "c.toml"\n')
    (tmp_path / "c.toml").write_text(f'\nextends = "{through}"\n')
    with pytest.raises(InputError) as caught:
        read_scenario(tmp_path / "a.toml")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.key) == (str(tmp_path / "c.toml"), 2, "extends")
    circle = "b.toml → c.toml → b.toml" if through == "b.toml" else "c.toml → c.toml"
    assert problem.value == circle


@pytest.mark.parametrize(
    ("written", "words", "remedy"),
    [
        ('"bsae.toml"', "no such file", "'base.toml'"),
        ('"no/such.toml"', "no such file", "taken from"),
        ('"../base.toml"', "inside the scenario's folder", "a folder below"),
        ('"/etc/passwd"', "inside the scenario's folder", "a folder below"),
        ('"bases/../../base.toml"', "inside the scenario's folder", "--allow-outside"),
        ('"link.toml"', "not a symbolic link", "a folder below"),
        ('"linked/base.toml"', "not a symbolic link", "--allow-outside"),
        ('"pipe.toml"', "not a file", ""),
        ('"."', "not a file", ""),
        ('""', "is wanted", ""),
        ('"base.toml\\u0000"', "is wanted", ""),
        ('["base.toml"]', "one scenario", 'extends = "base.toml"'),
        ("7", "one scenario", 'extends = "base.toml"'),
        ("{ file = 1 }", "one scenario", 'extends = "base.toml"'),
    ],
)
def test_what_cannot_be_extended(
    tmp_path: Path, text: str, written: str, words: str, remedy: str
) -> None:
    """Missing, outside the folder, no file, no name: told at the line that names it."""
    (tmp_path / "base.toml").write_text(text)
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "base.toml").write_text(text)
    (folder / "link.toml").symlink_to(tmp_path / "base.toml")
    (folder / "linked").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.toml")
    path = folder / "child.toml"
    path.write_text(f'title = "x"\nextends = {written}\n')
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.key) == (str(path), 2, "extends")
    assert words in problem.wanted
    assert remedy in problem.remedy


def test_a_broken_parent_is_told_in_its_own_file(tmp_path: Path) -> None:
    """Broken TOML, an empty file and other encodings, with the line of the parent."""
    (tmp_path / "child.toml").write_text(HEAD)
    for content, line in ((b"a = 1\nb = \n", 2), (b"", None), (b"a = 1\nb = '\xff'\n", 2)):
        (tmp_path / "base.toml").write_bytes(content)
        with pytest.raises(InputError) as caught:
            read_scenario(tmp_path / "child.toml")
        (problem,) = caught.value.problems
        assert (problem.file, problem.line) == (str(tmp_path / "base.toml"), line)


def test_all_files_together_are_bounded(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many files cannot add up to what one may not have."""
    monkeypatch.setattr("simulator.scenario.layers.MAX_BYTES", len(text))
    (tmp_path / "base.toml").write_text(text)
    assert read_scenario(tmp_path / "base.toml")
    (tmp_path / "child.toml").write_text(HEAD)
    with pytest.raises(InputError, match="together are wanted"):
        read_scenario(tmp_path / "child.toml")


def test_every_list_of_tables_has_names_for_its_entries() -> None:
    """A new list in the model says by which keys its entries are known, all of them required."""

    def lists(types: tuple[object, ...], seen: frozenset[object]) -> set[type]:
        found: set[type] = set()
        for one in types:
            if is_model(one) and one not in seen:
                for name in one.model_fields:  # type: ignore[attr-defined]
                    found |= lists(step((one,), name), seen | {one})
            elif has_names((one,)):
                found |= lists(step((one,), ""), seen)
            elif any(map(is_model, step((one,), 0))):
                found |= set(step((one,), 0)) | lists(step((one,), 0), seen)
        return found

    models = lists((Scenario,), frozenset())
    assert len(models) >= 7
    for model in models:
        fields = model.model_fields  # type: ignore[attr-defined]
        assert all(fields[name].is_required() for name in names_of(model)), model
