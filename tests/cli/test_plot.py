"""`sim plot`, and pictures on the screen of `sim show`, on the command line."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator.cli import talk

Sim = Any


@pytest.fixture
def small(sim: Sim, small_file: str) -> Sim:
    """The small budget simulated as results/small."""
    assert sim("run", small_file, "--quiet").code == 0
    return sim


@pytest.mark.parametrize("what", ["fan", "distribution", "tornado", "stages", "inflows"])
def test_each_picture_has_a_file(small: Sim, what: str) -> None:
    """Named after the scenario and the picture; the same bytes when it is made again."""
    said = small("plot", "small", "--what", what)
    assert (said.code, said.out, said.err) == (0, f"small-{what}.svg\n", "")
    first = Path(f"small-{what}.svg").read_bytes()
    assert small("plot", "results/small", "--what", what, "--force").code == 0
    assert Path(f"small-{what}.svg").read_bytes() == first


def test_a_picture_for_a_slide(small: Sim) -> None:
    """PNG, dark, French, as wide as asked for."""
    said = small("plot", "small", "--to", "png", "--dark", "--lang", "fr", "--width", "400",
                 "--out", "slide.png")  # fmt: skip
    assert said.out == "slide.png\n"
    data = Path("slide.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20]) == 800


def test_a_waterfall_takes_two_results(small: Sim) -> None:
    """From the baseline to the other, driver by driver, in figures that add up."""
    text = Path("small.toml").read_text()
    Path("dear.toml").write_text(
        text.replace('name = "small"', 'name = "dear"')
        .replace("start = 0.92", "start = 0.8")
    )  # fmt: skip
    assert small("run", "dear.toml", "--quiet").code == 0
    said = small("plot", "small", "dear", "--what", "waterfall", "--output", "A")
    assert (said.code, said.err) == (0, "")
    drawing = Path("small+dear-waterfall.svg").read_text(encoding="utf-8")
    assert "from small to dear" in drawing
    assert ">exchange<" in drawing
    assert small("plot", "small", "--what", "waterfall").code == 2


def test_a_picture_in_characters(small: Sim) -> None:
    """On stdout, in a pipe as well, as wide as asked for; no file is made."""
    before = sorted(os.listdir())  # noqa: PTH208 - names are enough
    said = small("plot", "small", "--what", "distribution", "--to", "text", "--width", "60")
    assert (said.code, said.err) == (0, "")
    assert "█" in said.out
    assert max(map(len, said.out.splitlines())) <= 60
    assert small("plot", "small", "--to", "text").out.startswith("EUR/USD, monthly averages")
    assert "proposed" in small("plot", "small", "--to", "text", "--output", "A").out
    assert sorted(os.listdir()) == before  # noqa: PTH208


def test_any_output_has_a_distribution(small: Sim) -> None:
    """Rates, fractions and counts too, at the period and stage asked for."""
    for output in ("rate.eur_per_usd", "xb_posts_coverage", "outputs_at_risk.courses", "net_eur"):
        assert small("plot", "small", "--what", "distribution", "--output", output, "--period",
                     "2031", "--out", f"{output}.svg").code == 0  # fmt: skip
    said = small("plot", "small", "--what", "distribution", "--stage", "initial", "--output", "A")
    assert said.code == 0
    assert "initial" in Path("small-distribution.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--what", "pie"), ("--what", "fan, distribution, tornado")),
        (("--what", "tornadoo"), ("did you mean 'tornado'?",)),
        (("--to", "pngg", "--lang", "de"), ("--to", "--lang", "2 problems")),
        (("--output", "eur_per_usdd"), ("did you mean 'eur_per_usd'?",)),
        (("--what", "distribution", "--output", "contribution_usd.B"), ("--output", "did you")),
        (("--what", "distribution", "--period", "2033"), ("--period", "2032")),
        (("--what", "distribution", "--stage", "intial"), ("did you mean 'initial'?",)),
        (("--what", "tornado", "--output", "net_eur"), ("stored drivers", "contribution_usd.A")),
        (("--what", "stages", "--output", "net_eur"), ("every stage",)),
        (("--what", "inflows", "--output", "A"), ("does not use this", "leave it out")),
        (("--what", "tornado", "--period", "2031"), ("does not use this",)),
        (("--stage", "initial", "--output", "eur_per_usd"), ("a rate has no stages",)),
        (("--width", "12"), ("from 240 to 4000",)),
        (("--out", "x.pdf"), ("ends in .svg",)),
        (("--to", "text", "--dark", "--out", "x.txt"), ("--dark", "--out")),
        (("--to", "text", "--what", "inflows"), ("use --to svg",)),
    ],
)
def test_wrong_use_is_said_in_words(
    small: Sim, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """What was wrong, what is known, and no file."""
    before = sorted(os.listdir())  # noqa: PTH208
    said = small("plot", "small", *arguments)
    assert said.code == 2
    assert [word for word in words if word not in said.err] == []
    assert sorted(os.listdir()) == before  # noqa: PTH208


def test_a_file_is_not_overwritten(small: Sim) -> None:
    """Unless that is meant; and a result that is not one is said so."""
    assert small("plot", "small").code == 0
    said = small("plot", "small")
    assert said.code == 2
    assert "not overwritten" in said.err
    assert small("plot", "nowhere").code == 2


def test_a_missing_part_is_the_environments_fault(
    small: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 3, the remedy, and no half of a file."""
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    said = small("plot", "small")
    assert said.code == 3
    assert "simulator[report]" in said.err
    assert not Path("small-fan.svg").exists()


@pytest.mark.parametrize("arguments", [("run", "small.toml"), ("show", "small")])
def test_a_pipe_has_no_pictures(small: Sim, arguments: tuple[str, ...]) -> None:
    """What a program reads stays figures and words; `--quiet` and `--json` draw nothing."""
    assert not set(small(*arguments).out) & set("█▓░▁")
    assert "█" not in small(*arguments, "--json").out


def on_a_terminal(folder: Path, *, columns: int = 80, **environment: str) -> str:
    """What `sim show small` writes to a terminal."""
    names = ("ACCESSIBLE", "NO_COLOR", "COLUMNS", "PYTHONIOENCODING", "PYTHONUTF8")
    given = {name: value for name, value in os.environ.items() if name not in names}
    root = str(Path(__file__).resolve().parents[2])
    given |= {"TERM": "xterm", "COLUMNS": str(columns), "PYTHONPATH": root, **environment}
    main, ours = pty.openpty()
    command = [sys.executable, "-m", "simulator", "show", "small"]
    with subprocess.Popen(
        command, cwd=folder, stdin=ours, stdout=ours, stderr=ours, env=given
    ) as process:
        os.close(ours)
        found = b""
        while True:
            try:
                part = os.read(main, 65_536)
            except OSError:  # the terminal was closed from the other side
                break
            if not part:
                break
            found += part
        assert process.wait() == 0, found
    os.close(main)
    return found.decode("utf-8", errors="replace")


def test_a_terminal_has_pictures(small: Sim, tmp_path: Path) -> None:
    """In blocks, coloured; without colour where NO_COLOR is set."""
    assert small
    text = on_a_terminal(tmp_path)
    assert {"█", "▓", "━"} <= set(text)
    assert "\x1b[36m" in text
    assert "\x1b[3" not in on_a_terminal(tmp_path, NO_COLOR="1")


def test_a_terminal_gets_what_it_can_show(small: Sim, tmp_path: Path) -> None:
    """ASCII where the encoding has no blocks; words where they are asked for, or TERM is dumb."""
    assert small
    plain = on_a_terminal(tmp_path, PYTHONIOENCODING="ascii", NO_COLOR="1")
    assert "###" in plain
    assert plain.isascii()
    for environment in ({"ACCESSIBLE": "1"}, {"TERM": "dumb"}):
        text = on_a_terminal(tmp_path, **environment)
        assert not set(text) & set("█▓░▁")
        assert "nine draws out of ten" in " ".join(text.split())


def test_words_stay_outside_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe gets neither pictures nor their words."""
    monkeypatch.setenv("ACCESSIBLE", "1")
    assert talk.pictures() == "none"
