"""Changes of another scenario that cannot be meant: each with file, line, value and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.errors import InputError, Problem
from simulator.scenario.read import read_scenario, scenario_from_dict

HEAD = 'extends = "base.toml"\ntitle = "Another"\n'


@pytest.fixture
def refused(tmp_path: Path, text: str):
    """Problems of a child of the small scenario, whose own lines begin with the third."""

    def read(content: str, base: str = text) -> tuple[Problem, ...]:
        (tmp_path / "base.toml").write_text(base)
        (tmp_path / "child.toml").write_text(HEAD + content)
        with pytest.raises(InputError) as caught:
            read_scenario(tmp_path / "child.toml")
        return caught.value.problems

    return read


NOTHING = "the name of an entry of base.toml is wanted"
GONE = "there is nothing of this name in base.toml to remove"
POST = '[[posts]]\noffice = "Here"\nfund = "RB"\n'


@pytest.mark.parametrize(
    ("content", "line", "key", "wanted", "value", "remedy"),
    [
        ('[parents.AA]\npolicy = "recosted"', 3, "parents.AA", NOTHING, '"AA"', "'A'"),
        ("[lines.travle.recosting]\n2031 = 1", 3, "lines.travle", NOTHING, '"travle"', "'travel'"),
        ("[income.sales]\ntitle = 'x'", 3, "income.sales", NOTHING, '"sales"',
         "base.toml has rent; a new entry needs estimate as well"),
        ("[grades]\nP-3.standard_cost = 5", 4, "grades.P-3", NOTHING, '"P-3"', "'P-2'"),
        ("[[pledges]]\nname = 'tow'\nstage = 'signed'", 3, "pledges[1]", NOTHING, '"tow"', "'two'"),
        (f"{POST}grade = 'P-9'", 3, "posts[1]", NOTHING, '"Here / RB / P-9"', "'Here / RB / P-2'"),
        ("lines.travel.growth = [{ name = 'more travle' }]", 3, "lines.travel.growth[1]", NOTHING,
         '"more travle"', "'more travel'"),
        ("[[published]]\nid = 'net.2032'", 3, "published[1]", NOTHING, '"net.2032"', "'net.2031'"),
        ("[parents.C]\nremove = true", 3, "parents.C", GONE, '"C"', "base.toml has A, B"),
        ("[inflows.regions]\nSuoth = { remove = true }", 4, "inflows.regions.Suoth", GONE,
         '"Suoth"', "'South'"),
        ("budget.document = { remove = true }", 3, "budget.document", GONE, '"document"', ""),
        ("[[pledges]]\nname = 'tow'\nremove = true", 3, "pledges[1]", GONE, '"tow"', "'two'"),
        ("[[pledges]]\nremove = true", 3, "pledges[1]",
         "the name of the entry to remove is wanted", "", "add name"),
        ("[[posts]]\nremove = true", 3, "posts[1]",
         "the name of the entry to remove is wanted", "", "add office, fund, grade"),
        ("[parents.A]\nremove = true\nshare = 0.5", 3, "parents.A",
         "nothing beside `remove = true` is wanted", "{ remove = true, share = 0.5 }",
         "leave out share"),
        ("[[pledges]]\nname = 'two'\nremove = true\nstage = 'signed'", 3, "pledges[1]",
         "nothing beside `remove = true` and the name of the entry is wanted", "", "stage"),
        ("[[pledges]]\nname = 'two'\nstage = 'signed'\n[[pledges]]\nname = 'two'\nremove = true",
         6, "pledges[2]", "one change of an entry is wanted", "", "keep one of the two"),
        ("[[posts]]\nfund = 'RB'\nposts = 5", 3, "posts[1]",
         "the name of one entry of base.toml is wanted, 2 have this one", '"RB"',
         "add office, grade"),
        (f"{POST}grade = 'P-2'\nnote = 'new'\nremove = true", 3, "posts[1]",
         "the name of one entry of base.toml is wanted", '"Here / RB / P-2 / new"', "one of"),
        ("[lines.new]\nkind = 'non_posts'\ngrowth = [{ name = 'x', remove = true }]", 5,
         "lines.new.growth[1]", GONE, '"x"', "leave it out"),
        ('[correlation.matrix."inflation.euro"]\n"rates.x" = { remove = true }', 4,
         'correlation.matrix."inflation.euro"."rates.x"', GONE, '"rates.x"',
         "leave it out"),
        ('[correlation.matrix]\n"rates.x" = { remove = true }', 4,
         'correlation.matrix."rates.x"', GONE, '"rates.x"', ""),
        ("[windows.I]\nremove = false", 4, "windows.I.remove", "unknown key", "false", ""),
        ("[windows.I]\ntilte = 'x'", 4, "windows.I.tilte", "unknown key", "", "'title'"),
        ("[[pledges]]\nname = 'two'\namout = 5", 5, "pledges[1].amout", "unknown key", "",
         "'amount'"),
        ("[[pledges]]\nname = 'two'\nprobability = 5", 5, "pledges[1].probability",
         "a fraction between 0 and 1", "5", ""),
    ],
)  # fmt: skip
def test_a_change_of_nothing_is_refused(
    refused, tmp_path: Path, content: str, line: int, key: str, wanted: str, value: str, remedy: str
) -> None:  # fmt: skip
    """The child's line, what was found, the nearest name or what may stand there."""
    (problem, *others) = refused(content)
    assert not others
    assert (problem.file, problem.line, problem.key) == (str(tmp_path / "child.toml"), line, key)
    assert problem.wanted.startswith(wanted)
    assert value in problem.value
    assert remedy in problem.remedy


def test_all_problems_come_at_once(refused) -> None:
    """Changes of nothing, wrong values and unknown keys of one file, in the order of its lines."""
    found = refused(
        "[parents.AA]\nshare = 0.5\n[windows.II]\nremove = true\n[sampling]\nseed = 'x'\nsead = 1\n"
    )
    assert [problem.line for problem in found] == [3, 5, 8, 9]


def test_a_fault_of_the_parent_is_told_at_the_parent(refused, tmp_path: Path, text: str) -> None:
    """Its file and line, and that the child may override it."""
    (problem,) = refused("", text.replace("draws = 512", "draws = 0"))
    line = text[: text.index("draws = 512")].count("\n") + 1
    assert (problem.file, problem.line) == (str(tmp_path / "base.toml"), line)
    assert problem.remedy == (
        f"mend it there, or override sampling.draws in {tmp_path / 'child.toml'}"
    )
    (problem,) = refused("", text.replace("draws = 512", "drws = 512"))
    assert problem.remedy == "did you mean 'draws'?"


def test_a_contradiction_is_told_where_the_child_wrote(refused, tmp_path: Path) -> None:
    """Of two values that do not go together, the one that changed is shown."""
    (problem,) = refused('\nparents.A.share = "1/3"\n')
    assert (problem.file, problem.line, problem.key) == (
        str(tmp_path / "child.toml"), 4, "parents",
    )  # fmt: skip
    (problem, *_) = refused("windows.I = { remove = true }\n")
    assert (problem.file, problem.key) == (str(tmp_path / "base.toml"), "pledges[1].window")
    (problem,) = refused("[rates.eur_per_dkk]\nstart = 5\n")
    assert (problem.file, problem.line) == (str(tmp_path / "child.toml"), 4)


def test_removed_parts_are_missed_where_they_were_removed(refused, tmp_path: Path) -> None:
    """What must be there and was taken away is told at `remove = true`."""
    (problem,) = refused("\nsampling.seed = { remove = true }\n")
    assert (problem.file, problem.line, problem.key) == (
        str(tmp_path / "child.toml"), 4, "sampling.seed",
    )  # fmt: skip


def test_remove_belongs_to_a_scenario_that_extends(after) -> None:
    """In a scenario that stands alone there is nothing to remove."""
    (problem,) = after(("[windows.I]", "[windows.I]\nremove = true"))
    assert problem.wanted.startswith("unknown key")
    assert "extended" in problem.wanted


def test_a_misspelt_extends_hides_what_it_would_bring(problems) -> None:
    """One problem instead of every key that the parent has."""
    (problem,) = problems('extend = "base.toml"\ntitle = "x"\n')
    assert (problem.line, problem.key, problem.remedy) == (1, "extend", "did you mean 'extends'?")


def test_tables_without_a_file_extend_nothing() -> None:
    """There is no folder to look in."""
    with pytest.raises(InputError, match="extends: tables that stand alone are wanted"):
        scenario_from_dict({"extends": "base.toml", "title": "x"}, "x.toml")


def test_a_wrong_cell_of_a_parents_list(tmp_path: Path, text: str) -> None:
    """The CSV's own row, also when the child changes another entry of the list."""
    start, end = text.index("[[posts]]"), text.index("[[post_changes]]")
    (tmp_path / "posts.csv").write_text("office,fund,grade,posts\nHere,RB,P-2,10\nThere,RB,P-1,x\n")
    (tmp_path / "base.toml").write_text('posts = "posts.csv"\n' + text[:start] + text[end:])
    path = tmp_path / "child.toml"
    path.write_text(HEAD + '[[posts]]\noffice = "Here"\nposts = 12\n')
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.key) == (str(tmp_path / "posts.csv"), 3, "posts")
