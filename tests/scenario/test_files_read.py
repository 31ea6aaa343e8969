"""Files that are no scenario, each with its message; nothing but words comes out."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from simulator.errors import EnvironmentFault, InputError, Problem
from simulator.scenario.read import read_scenario, scenario_from_dict

After = Callable[..., tuple[Problem, ...]]


def refused(path: Path | str) -> Problem:
    """The one problem of a file."""
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].file == str(path)
    return caught.value.problems[0]


def test_a_missing_file_names_its_neighbour(tmp_path: Path, text: str) -> None:
    """A misspelt file is answered with the file that was most likely meant."""
    (tmp_path / "base.toml").write_text(text)
    problem = refused(tmp_path / "bsae.toml")
    assert "no such file" in problem.wanted
    assert "base.toml" in problem.remedy


def test_a_missing_file_without_neighbours(tmp_path: Path) -> None:
    """A missing file in a missing folder is a missing file."""
    missing = refused(tmp_path / "no" / "such.toml")
    assert "no such file" in missing.wanted
    assert "sim new" in missing.remedy, "what to do when there is no scenario yet is said"
    assert "no such file" in refused(tmp_path / ("x" * 5000)).wanted
    assert "no such file" in refused("a\0b.toml").wanted


def test_a_file_as_a_folder(tmp_path: Path) -> None:
    """A path through a file leads nowhere."""
    (tmp_path / "a").write_text("x")
    assert "no such file" in refused(tmp_path / "a" / "b.toml").wanted


def test_a_directory(tmp_path: Path) -> None:
    """A directory is not a scenario."""
    assert "this is a directory" in refused(tmp_path).wanted


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A named pipe would block for ever; it is refused."""
    os.mkfifo(tmp_path / "pipe.toml")
    assert "not a regular file" in refused(tmp_path / "pipe.toml").wanted


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf"])
def test_an_empty_file(problems: After, content: bytes) -> None:
    """An empty file is told apart from a wrong one, and how to get a first one is said."""
    (problem,) = problems(content)
    assert "empty" in problem.wanted or "no keys" in problem.wanted
    assert "sim new" in problem.remedy


def test_a_file_of_comments(problems: After) -> None:
    """Comments alone are no scenario."""
    (problem,) = problems("# to do\n")
    assert "no keys" in problem.wanted


def test_nul_bytes(problems: After) -> None:
    """A NUL byte is found with its line and offset."""
    (problem,) = problems(b'title = "a"\nx = "\0"\n')
    assert (problem.line, problem.value) == (2, "byte 17")
    assert "NUL" in problem.wanted


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_bytes_that_are_not_utf8(problems: After, mark: bytes) -> None:
    """A Latin-1 letter is found with its line and its offset in the file."""
    content = mark + 'title = "a"\norganization = "Zürich"\n'.encode("latin-1")
    (problem,) = problems(content)
    assert problem.line == 2
    assert problem.value == f"byte 0xfc at offset {content.index(0xFC)}"
    assert "UTF-8" in problem.wanted


def test_utf16_is_named(problems: After) -> None:
    """A file saved as UTF-16 is told so."""
    (problem,) = problems('title = "a"\n'.encode("utf-16"))
    assert "UTF-16" in problem.wanted


def test_a_byte_order_mark_is_no_fault(problems: After, text: str) -> None:
    """Editors that put a mark before UTF-8 are forgiven; so are Windows line ends."""
    assert problems(b"\xef\xbb\xbf" + text.encode()) == ()
    assert problems(text.replace("\n", "\r\n")) == ()


@pytest.mark.parametrize(
    ("old", "new", "column", "remedy"),
    [
        ("seed = 0", "seed = ", 8, "text needs quotes"),
        ("seed = 0", "seed = zero", 8, "text needs quotes"),
        ("seed = 0", "seed = 0,5", 9, "decimals with a point"),
        ("seed = 0", "seed 0", 6, "then = and a value"),
        ("seed = 0", "seed = 5%", 9, "write 0.05 for 5 %"),
        ("draws = 512", "seed = 1", None, "this key stands twice"),
        ("[sampling]", "[sampling", 10, "close the bracket"),
        ("[sampling]", "[budget]", None, "this table stands twice"),
    ],
)
def test_a_syntax_error_has_line_and_column(
    after: After, line_of: Callable[[str], int], old: str, new: str, column: int | None, remedy: str
) -> None:
    """The parser's line and column, the line itself, and how to mend it."""
    (problem,) = after((old, new))
    assert problem.line == line_of(old)
    assert problem.column is not None
    assert column in (None, problem.column)
    assert problem.value == new.strip()
    assert problem.wanted.startswith("valid TOML is wanted: ")
    assert remedy in problem.remedy


def test_a_syntax_error_at_the_end(problems: After, text: str) -> None:
    """An unclosed value is placed at the end of the text, where it was noticed."""
    (problem,) = problems(text + "x = [1,\n2")
    assert problem.line == text.count("\n") + 2
    assert "close the bracket" in problem.remedy


@pytest.mark.parametrize(
    "value",
    [
        "[" * 100 + "]" * 100,
        "[" * 20_000 + "]" * 20_000,
        "{a = " * 100 + "1" + "}" * 100,
    ],
)
def test_nesting_too_deep(problems: After, value: str) -> None:
    """A hundred or twenty thousand brackets inside each other are refused alike."""
    (problem,) = problems(f"x = {value}\n")
    assert "levels of nested" in problem.wanted


def test_deep_keys(problems: After) -> None:
    """A key of many dots is nesting, too."""
    (problem,) = problems("a" + ".a" * 500 + " = 1\n")
    assert "levels of nested" in problem.wanted


def test_a_number_of_thousands_of_digits(problems: After, text: str) -> None:
    """Numbers longer than anybody means are refused before any arithmetic."""
    (problem,) = problems(text.replace("seed = 0", "seed = " + "9" * 5000))
    assert "valid TOML is wanted" in problem.wanted
    (problem,) = problems(text.replace("seed = 0", "seed = " + "9" * 4000))
    assert problem.key == "sampling.seed"
    (problem,) = problems(text.replace("seed = 0", "seed = 0." + "9" * 5000))
    assert problem.key == "sampling.seed"
    (problem,) = problems(text.replace("seed = 0", "seed = 1e999999999999999999999"))
    assert problem.value == "1e999999999999999999999"


def test_a_file_too_large(problems: After) -> None:
    """A megabyte are no scenario."""
    (problem,) = problems(b"#" * 1_000_001)
    assert "at most 1 MB" in problem.wanted
    assert problem.value == "1.0 MB"


def test_a_file_that_may_not_be_read(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused permission is the environment's fault, not the scenario's."""
    path = tmp_path / "small.toml"
    path.write_text(text)

    def refuse(self: Path, *_: object) -> NoReturn:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(EnvironmentFault, match=r"small\.toml: cannot be read: Permission denied"):
        read_scenario(path)


def test_the_name_is_the_stem_unless_given(tmp_path: Path, text: str) -> None:
    """Without `name` the file's stem names the results, with odd signs replaced."""
    (tmp_path / "my budget (2).toml").write_text(text)
    assert read_scenario(tmp_path / "my budget (2).toml").name == "my-budget-2"
    (tmp_path / "é.toml").write_text(text)
    assert read_scenario(tmp_path / "é.toml").name == "scenario"
    (tmp_path / "x.toml").write_text('name = "other"\n' + text)
    assert read_scenario(tmp_path / "x.toml").name == "other"


def test_a_name_cannot_leave_the_folder_of_results(problems: After, text: str) -> None:
    """A name with a slash would name another folder."""
    (problem,) = problems('name = "/etc/x"\n' + text)
    assert problem.key == "name"
    assert problem.line == 1


def test_a_dictionary_is_read_like_a_file(text: str) -> None:
    """Tables with floats become exact decimals; problems carry the name they are given."""
    import tomllib

    data = tomllib.loads(text)
    scenario = scenario_from_dict(data, "small.toml")
    assert scenario.name == "small"
    assert (
        str(scenario.rates["eur_per_usd"].budget and scenario.rates["eur_per_usd"].budget.value)
        == "0.8"
    )
    data["sampling"]["seed"] = float("nan")
    with pytest.raises(InputError, match=r"small\.toml: sampling\.seed: .*\(found nan\)"):
        scenario_from_dict(data, "small.toml")


def test_a_dictionary_that_contains_itself() -> None:
    """Endless nesting ends in words."""
    data: dict[str, object] = {}
    data["parents"] = data
    with pytest.raises(InputError, match="nested less deeply"):
        scenario_from_dict(data)
