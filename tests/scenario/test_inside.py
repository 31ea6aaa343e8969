"""A scenario reads nothing outside its own folder, unless that is allowed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.cli import COMMANDS, READING, main
from simulator.errors import InputError
from simulator.scenario.inside import may_read, outside_allowed
from simulator.scenario.places import found_text
from simulator.scenario.read import read_layers, read_scenario

POSTS = "office,fund,grade,posts\nHere,RB,P-2,10\nThere,RB,P-1,5\n"
LAW = "[inflation.euro]\nsd = 0.02\n"
CHILD = 'title = "A child"\nextends = "{}"\n'


@pytest.fixture
def place(tmp_path: Path, text: str) -> Path:
    """A scenario's folder with files beside it that it must not read."""
    (tmp_path / "own" / "below").mkdir(parents=True)
    for folder in (tmp_path, tmp_path / "own", tmp_path / "own" / "below"):
        (folder / "base.toml").write_text(text)
        (folder / "posts.csv").write_text(POSTS)
        (folder / "law.toml").write_text(LAW)
    return tmp_path / "own"


def wanted(path: Path) -> tuple[str, str, str]:
    """Key, value and words of the one problem of a scenario."""
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    (problem,) = caught.value.problems
    assert problem.file == str(path)
    return problem.key, problem.value, f"{problem.wanted} | {problem.remedy}"


def test_dots_that_stay_inside_are_followed(place: Path) -> None:
    """A file in a folder below may name one of a folder above, up to the scenario's own."""
    base = place / "below" / "base.toml"
    base.write_text('law_file = "../law.toml"\n' + base.read_text())
    (place / "child.toml").write_text(CHILD.format("below/../below/./base.toml"))
    assert sorted(read_layers(place / "child.toml").files) == [
        "below/base.toml", "child.toml", "law.toml",
    ]  # fmt: skip
    key, value, words = wanted(place / "below" / "base.toml")
    assert (key, value) == ("law_file", '"../law.toml"')
    assert "a file inside the scenario's folder is wanted" in words
    assert "--allow-outside" in words


def test_links_that_stay_inside_are_followed(place: Path) -> None:
    """A link to a file of the folder is that file, under the name it was given."""
    (place / "current.toml").symlink_to("below/base.toml")
    (place / "child.toml").write_text(CHILD.format("current.toml"))
    assert sorted(read_layers(place / "child.toml").files) == ["child.toml", "current.toml"]
    (place / "circle.toml").symlink_to("child.toml")
    (place / "child.toml").write_text(CHILD.format("circle.toml"))
    with pytest.raises(InputError, match="does not lead back to itself"):
        read_scenario(place / "child.toml")


def test_a_folder_that_is_a_link_is_the_folder_it_leads_to(place: Path, tmp_path: Path) -> None:
    """The scenario may be named through a link; the rule looks at where files lie."""
    (tmp_path / "alias").symlink_to(place)
    (place / "child.toml").write_text(CHILD.format("below/base.toml"))
    assert read_scenario(tmp_path / "alias" / "child.toml").title == "A child"


NAMES = ("../{}", "below/../../{}", "{top}/{}", "link-{}", "linked/{}", "chain-{}")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("key", ["extends", "law_file", "posts", "rates_file"])
def test_nothing_outside_is_read(
    place: Path, tmp_path: Path, text: str, key: str, name: str
) -> None:
    """`..`, full paths and links, in each key that names a file: refused, or read when allowed."""
    file = {"extends": "base.toml", "law_file": "law.toml", "posts": "posts.csv"}.get(key, "r.csv")
    (tmp_path / "r.csv").write_text("month,pair,rate,kind\n2030-10,eur_per_usd,0.881,end\n")
    (place / f"link-{file}").symlink_to(tmp_path / file)
    (place / f"chain-{file}").symlink_to(f"link-{file}")
    (place / "linked").symlink_to("..")
    named = name.replace("{top}", str(tmp_path)).replace("{}", file)
    start, end = text.index("[[posts]]"), text.index("[[post_changes]]")
    body = 'title = "x"\n' if key == "extends" else text
    body = text[:start] + text[end:] if key == "posts" else body
    path = place / "small.toml"
    path.write_text(f'{key} = "{named}"\n' + body)
    found, value, words = wanted(path)
    assert (found, value) == (key, found_text(named))
    assert "inside the scenario's folder" in words
    assert "--allow-outside" in words
    with outside_allowed():
        layers = read_layers(path)
    assert len(layers.files) == 2
    assert layers.problems == ()
    with pytest.raises(InputError):
        read_scenario(path)


@pytest.mark.parametrize("target", ["/dev/zero", "/proc/self/environ", "."])
def test_what_never_ends_is_not_read_even_when_allowed(place: Path, target: str) -> None:
    """A device or a folder is no file, whatever is allowed."""
    (place / "child.toml").write_text(CHILD.format(target))
    if target.startswith("/proc"):
        _, _, words = wanted(place / "child.toml")
        assert "inside the scenario's folder" in words
        return
    with outside_allowed():
        _, _, words = wanted(place / "child.toml")
    assert "this is not a file" in words


def test_whether_a_file_outside_exists_is_not_told(place: Path) -> None:
    """One message for what is there and what is not: nothing is learnt about the machine."""
    said = []
    for name in ("../base.toml", "../nothing.toml"):
        (place / "child.toml").write_text(CHILD.format(name))
        key, value, words = wanted(place / "child.toml")
        said.append((key, value.replace("nothing", "base"), words))
    assert said[0] == said[1]


# --- On the command line -------------------------------------------------------------------------


@pytest.fixture
def quiet(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], tuple[int, str]]:
    """Exit code and words on stderr of a command, in the scenario's folder."""
    monkeypatch.chdir(place)

    def run(words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main(words.split())
        return code, capsys.readouterr().err

    return run


ARGUMENTS = {
    "explain": "{} net_eur --stage proposed",
    "sweep": "{} --draws 16 --over inflows.psc_rate=0.1",
    "solve": "{} --draws 16 --for inflows.psc_rate --such-that net_eur>0",
    "stress": "{} --draws 64 --such-that net_eur>0",
    "compare": "{} {} --draws 16",
    "as-of": "{} 2031-03-31 --draws 16",
    "hedge": "{} --draws 16",
}


@pytest.mark.parametrize("command", [name for name in COMMANDS if name in READING])
def test_every_command_that_reads_scenarios_keeps_to_the_rule(
    command: str, quiet: Callable[[str], tuple[int, str]], place: Path
) -> None:
    """Exit code 2 and the remedy without the option; with it the file is read."""
    (place / "child.toml").write_text(CHILD.format("../base.toml"))
    asked = f"{command} {ARGUMENTS.get(command, '{}').replace('{}', 'child.toml')}"
    code, said = quiet(asked)
    assert code == 2
    assert "child.toml:2: extends: a file inside the scenario's folder is wanted" in said
    assert "or add --allow-outside" in said
    code, said = quiet(f"{asked} --allow-outside")
    assert "a file inside the scenario's folder" not in said


def test_the_permission_ends_with_the_command(
    quiet: Callable[[str], tuple[int, str]], place: Path
) -> None:
    """Another command of the same process, and a result that is up to date, get none of it."""
    (place / "child.toml").write_text(
        CHILD.format("../base.toml") + "published = []\nsampling.draws = 64\n"
    )
    assert quiet("run child.toml --allow-outside --quiet") == (0, "")
    code, said = quiet("run child.toml --allow-outside")
    assert (code, "up to date" in said) == (0, True)
    code, said = quiet("run child.toml")
    assert (code, "inside the scenario's folder" in said) == (2, True)
    assert quiet("verify results/child --replay")[0] == 0


def test_a_forged_result_does_not_make_it_read_outside(place: Path) -> None:
    """Names in a manifest are held against the same rule before anything is opened."""
    assert may_read(place, "below/base.toml")
    (place / "link").symlink_to("/dev/zero")
    for name in ("../base.toml", str(place / "base.toml"), "link", "below", "no", "\0"):
        assert not may_read(place, name)
    with outside_allowed():
        assert may_read(place, "../base.toml")
        assert not may_read(place, "link")


def test_the_commands_that_read_results_only_have_no_such_option() -> None:
    """An option that would change nothing is not offered."""
    for command in sorted(set(COMMANDS) - READING):
        assert main([command, "--allow-outside"]) == 2
