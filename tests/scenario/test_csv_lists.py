"""Lists in a CSV beside the scenario: the same scenario, and problems by file and row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.errors import EnvironmentFault, InputError, Problem
from simulator.scenario import csv_lists, inside
from simulator.scenario.fingerprint import fingerprint
from simulator.scenario.read import read_scenario

POSTS = "office,fund,grade,posts,note\nHere,RB,P-2,10,\nThere,RB,P-1,5,\n"
CHANGES = "change,office,fund,grade,posts\nnew,There,RB,P-1,2\n"
PLEDGES = (
    "name,window,currency,amount,amount.p10,amount.p50,amount.p90,probability,stage,"
    "received.2031,received.2032\n"
    "one,I,USD,,80,100,130,0.8,pledged,0.5,0.5\n"
    "two,I,DKK,50,,,,,signed,1,\n"
)
PUBLISHED = (
    "id,where,what,period,unit,printed,rule,quantum\n"
    "net.2031,table 1,net,2031,EUR,1900.5,net(2031),0.1\n"
)


def without_lists(text: str, *sections: str) -> str:
    """The text without its [[section]] tables."""
    blocks = text.split("\n\n")
    kept = [b for b in blocks if not any(b.startswith(f"[[{name}]]") for name in sections)]
    return "\n\n".join(kept)


@pytest.fixture
def beside(tmp_path: Path, text: str) -> Callable[..., tuple[Problem, ...]]:
    """Problems of the small scenario with one list in a CSV of the given content."""

    def read(section: str, content: str | bytes, name: str = "list.csv") -> tuple[Problem, ...]:
        raw = content.encode() if isinstance(content, str) else content
        (tmp_path / "list.csv").write_bytes(raw)
        path = tmp_path / "small.toml"
        path.write_text(f'{section} = "{name}"\n' + without_lists(text, section))
        try:
            read_scenario(path)
        except InputError as error:
            return error.problems
        return ()

    return read


def test_csv_and_toml_lists_are_the_same_scenario(tmp_path: Path, text: str) -> None:
    """All four lists from CSV files, one in a subfolder, give the same fingerprint."""
    plain = tmp_path / "small.toml"
    plain.write_text(text)
    folder = tmp_path / "with-csv"
    (folder / "lists").mkdir(parents=True)
    (folder / "posts.csv").write_text(POSTS)
    (folder / "changes.csv").write_bytes(b"\xef\xbb\xbf" + CHANGES.replace("\n", "\r\n").encode())
    (folder / "lists" / "pledges.csv").write_text(PLEDGES)
    (folder / "published.csv").write_text(PUBLISHED)
    names = (
        'posts = "posts.csv"\npost_changes = "changes.csv"\n'
        'pledges = "lists/pledges.csv"\npublished = "published.csv"\n'
    )
    shorter = without_lists(text, "posts", "post_changes", "pledges", "published")
    assert len(shorter) < len(text) - 500
    (folder / "small.toml").write_text(names + shorter)
    assert read_scenario(folder / "small.toml") == read_scenario(plain)
    assert fingerprint(read_scenario(folder / "small.toml")) == fingerprint(read_scenario(plain))


def test_blank_rows_and_spaces_are_no_fault(beside: Callable[..., tuple[Problem, ...]]) -> None:
    """Spreadsheets leave empty rows and spaces around cells."""
    content = " office , fund,grade,posts\n\nHere, RB ,P-2,10\n,,,\nThere,RB,P-1,5\n\n"
    assert beside("posts", content) == ()


@pytest.mark.parametrize(
    ("section", "old", "new", "line", "key", "words", "remedy"),
    [
        ("posts", "P-1,5", "P-1,5.5", 3, "posts", "a whole number is wanted (found 5.5)", ""),
        ("posts", "P-1,5", "P-1,five", 3, "posts", 'a number is wanted (found "five")',
         "no words"),
        ("posts", "P-1,5", 'P-1,"5,5"', 3, "posts", "a whole number is wanted (found 5.5)", ""),
        ("posts", "P-1,5", 'P-1,"5,500"', 3, "posts", "this may be 5500 or 5.500", "write 5500"),
        ("posts", "P-1,5", "P-1,", 3, "posts", "missing: a whole number", ""),
        ("posts", "P-1,5,", "P-1,5", 3, "",
         "5 cells are wanted, as in the first row (found 4 cells)",
         "double quotes"),
        ("posts", "P-1,5,", "P-1,5,,", 3, "", "(found 6 cells)", ""),
        ("posts", "There,RB", '"There\nor not",RB', 3, "grade", "", ""),
        ("posts", "P-2,10", "P-9,10", 2, "grade", "a grade without standard cost", "[grades.P-9]"),
        ("posts", "fund,grade", "found,grade", 1, "found", "unknown column",
         "did you mean 'fund'?"),
        ("posts", "posts,note", "posts,posts", 1, "posts", "this column stands twice", ""),
        ("posts", "posts,note", "posts,", 1, "column 5", "a column name is wanted", ""),
        ("posts", "Here", '"Here', 3, "", "a CSV row is wanted", "close every quote"),
        ("pledges", "0.8,pledged", "80,pledged", 2, "probability", "(found 80)", ""),
        ("pledges", "0.8,pledged", "80 %,pledged", 2, "probability", "a number is wanted",
         "no percent sign"),
        ("pledges", "two,I,DKK,50,,", "two,I,DKK,50,1,", 3, "amount.p10", "contradicts another",
         ""),
        ("pledges", "two,I,DKK", "one,I,DKK", 3, "name", "a name of its own", ""),
        ("pledges", "80,100,130", "80,100,70", 2, "amount", "p10 < p50 < p90 is wanted", ""),
        ("pledges", "amount.p90", "amount.p95", 1, "amount.p95", "unknown column", "'amount.p90'"),
        ("pledges", "received.2032", "received", 1, "received", "does not fit into one cell",
         "received.2024"),
        ("pledges", "received.2032", "received.2033", 2, "received.2033", "a year up to 2032", ""),
        ("pledges", "received.2032", "received.late", 2, "received.late", "a year such as", ""),
        ("pledges", "amount.p90", "amount.pert", 1, "amount.pert", "does not fit into one cell",
         ""),
        ("pledges", "DKK,50", "dkk,50", 3, "currency", "three capital letters", ""),
        ("published", ",0.1", ",0", 2, "quantum", "a number above 0", ""),
        ("post_changes", "new,", "added,", 2, "change", "one of new, abolished", ""),
    ],
)  # fmt: skip
def test_a_problem_is_placed_in_its_row(
    beside: Callable[..., tuple[Problem, ...]], section: str, old: str, new: str, line: int,
    key: str, words: str, remedy: str,
) -> None:  # fmt: skip
    """The CSV's own file and line, the column, what was wanted and how to mend it."""
    content = {
        "posts": POSTS, "pledges": PLEDGES, "published": PUBLISHED, "post_changes": CHANGES,
    }[section]  # fmt: skip
    assert content.count(old) == 1
    found = beside(section, content.replace(old, new))
    if "or not" in new:  # a cell of two lines is a fine cell; but no change of posts stands there
        assert found[0].wanted.startswith("no more new posts than there are")
        return
    assert found, "a problem was expected"
    assert {problem.key for problem in found} == {key}
    assert found[0].file.endswith("list.csv")
    assert found[0].line == line
    assert words in str(found[0])
    assert remedy in found[0].remedy


def test_lines_count_rows_of_several_lines(beside: Callable[..., tuple[Problem, ...]]) -> None:
    """A quoted cell over three lines does not shift the line of later rows."""
    content = POSTS.replace("P-2,10,", 'P-2,10,"a\nb\nc"').replace("P-1,5", "P-1,x")
    (problem,) = beside("posts", content)
    assert problem.line == 5


def test_problems_of_csv_and_toml_come_together(tmp_path: Path, text: str) -> None:
    """Mistakes in the TOML and in two CSV files are told at once, the TOML's first."""
    (tmp_path / "posts.csv").write_text(POSTS.replace("P-1,5", "P-1,x"))
    (tmp_path / "pledges.csv").write_text(PLEDGES.replace("0.8", "8"))
    path = tmp_path / "small.toml"
    body = without_lists(text, "posts", "pledges").replace("seed = 0", "seed = -1")
    path.write_text('posts = "posts.csv"\npledges = "pledges.csv"\n' + body)
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    assert [Path(problem.file).name for problem in caught.value.problems] == [
        "small.toml", "pledges.csv", "posts.csv",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b",,,\n", "a header and rows are wanted"),
        (b"office\tfund\tgrade\tposts\nHere\tRB\tP-2\t10\n", "commas or semicolons between"),
        (POSTS.encode().replace(b"There", b"D\xfcsseldorf"), "UTF-8 text is wanted"),
        (b"office\0,fund\n", "NUL"),
        (POSTS.encode() + b'"' + b"x" * 200_000 + b'",RB,P-1,1,\n', "a CSV row is wanted"),
    ],
)
def test_a_csv_that_is_none(
    beside: Callable[..., tuple[Problem, ...]], content: bytes, words: str
) -> None:
    """Empty, with tabs, in another encoding: each is one message at the CSV."""
    (problem,) = beside("posts", content)
    assert words in problem.wanted
    assert problem.file.endswith("list.csv")


def test_a_csv_too_long(
    beside: Callable[..., tuple[Problem, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limits of rows and bytes are each one message."""
    monkeypatch.setattr(csv_lists, "MAX_ROWS", 100)
    (problem,) = beside("posts", POSTS + "There,RB,P-1,1,\n" * 99)
    assert "at most 100 rows" in problem.wanted
    assert problem.line == 102
    monkeypatch.setattr(csv_lists, "MAX_BYTES", 1_000_000)
    (problem,) = beside("posts", POSTS + "\n" * 1_000_000)
    assert "at most 1 MB" in problem.wanted


@pytest.mark.parametrize(
    "name",
    ["../list.csv", "lists/../../list.csv", "/etc/passwd", "link.csv", "linked/list.csv", "", " "],
)
def test_a_csv_outside_the_folder_is_refused(
    beside: Callable[..., tuple[Problem, ...]], tmp_path: Path, name: str
) -> None:
    """Neither `..`, nor an absolute path, nor a symbolic link leads out of the folder."""
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    (tmp_path / "linked").symlink_to("/etc")
    (problem,) = beside("posts", POSTS, name)
    assert problem.key == "posts"
    assert problem.line == 1
    assert problem.file.endswith("small.toml")
    assert problem.value == f'"{name}"'
    assert "is wanted" in problem.wanted


def test_a_csv_that_is_not_there(beside: Callable[..., tuple[Problem, ...]]) -> None:
    """A missing CSV is told at the line that names it."""
    (problem,) = beside("posts", POSTS, "other.csv")
    assert (problem.key, problem.line) == ("posts", 1)
    assert "no such file" in problem.wanted
    (problem,) = beside("posts", POSTS, "x" * 5000 + ".csv")
    assert "the name of a CSV file" in problem.wanted


def test_a_csv_that_may_not_be_read(
    beside: Callable[..., tuple[Problem, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused permission on the folder of a CSV is the environment's fault."""

    def refuse(self: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(inside.Path, "exists", refuse)
    with pytest.raises(EnvironmentFault, match="Permission denied"):
        beside("posts", POSTS)
