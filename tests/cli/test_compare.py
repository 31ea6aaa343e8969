"""`sim compare`: which is minus which, exact zeros and signs, formats, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from simulator.runs.named import opened
from simulator.runs.options import RunOptions
from simulator.scenario.fingerprint import to_toml
from simulator.scenario.model import Scenario
from simulator.store.manifest import read_manifest

Varied = Callable[..., Scenario]


@pytest.fixture
def files(tmp_path: Path, varied: Varied) -> tuple[str, str]:
    """The small budget as a.toml, and with another start and vacancy as b.toml."""
    change = {"rates.eur_per_usd.start": 0.85, "categories.professional.vacancy": 0.09}
    made = {"a": varied(name="a"), "b": varied(name="b", title="Dearer", **change)}
    for name, scenario in made.items():
        (tmp_path / f"{name}.toml").write_text(to_toml(scenario), encoding="utf-8")
    return "a.toml", "b.toml"


def document(sim: Any, *arguments: str) -> dict[str, Any]:
    """What `sim compare --json` says."""
    said = sim("compare", *arguments, "--json")
    assert said.code == 0, said.err
    return dict(json.loads(said.out))


def test_the_screen_says_what_which_and_why(sim: Any, files: tuple[str, str]) -> None:
    """Inputs that differ, which is minus which, what pairing saves, and a waterfall."""
    said = sim("compare", *files, "--at", "P95")
    assert said.code == 0
    assert "Differences are b − a: above zero, b is more." in said.out
    assert "rates.eur_per_usd.start: 0.92 → 0.85" in said.out
    assert "times smaller" in said.out
    assert "A, USD, P95" in said.out
    assert "▓" in said.out
    assert Path("results/a").is_dir()


def test_a_result_less_itself_is_exactly_zero(sim: Any, files: tuple[str, str]) -> None:
    """A − A is zero in every cell, and nothing differs in its inputs."""
    (found,) = document(sim, files[0], files[0])["comparisons"]
    assert found["inputs"] == []
    assert len(found["outputs"]) > 50
    for cell in found["outputs"]:
        assert set(cell["difference"].values()) == {0.0}, cell


def test_exchanging_them_changes_every_sign_exactly(sim: Any, files: tuple[str, str]) -> None:
    """A − B is −(B − A) in every cell, P5 and P95, above and below exchanged."""
    (one,) = document(sim, *files)["comparisons"]
    (two,) = document(sim, *files[::-1])["comparisons"]
    assert len(one["outputs"]) == len(two["outputs"])
    back = {(c["output"], c["period"], c["stage"]): c["difference"] for c in two["outputs"]}
    for cell in one["outputs"]:
        gap, other = cell["difference"], back[cell["output"], cell["period"], cell["stage"]]
        for name, mirror in (("mean", "mean"), ("p5", "p95"), ("p50", "p50"), ("p95", "p5")):
            assert gap[name] == -other[mirror]
        assert (gap["above"], gap["below"]) == (other["below"], other["above"])
        assert gap["standard_error"] == other["standard_error"]


def test_shares_add_up_to_what_is_stored(sim: Any, files: tuple[str, str]) -> None:
    """Within 1e-9 of the difference, mean and P95, and whole units to the last one."""
    (found,) = document(sim, *files, "--at", "p95")["comparisons"]
    cells = {(c["output"], c["period"], c["stage"]): c for c in found["outputs"]}
    assert {row["statistic"] for row in found["attribution"]} == {"mean", "p95"}
    for row in found["attribution"]:
        cell = cells[row["output"], row["period"], row["stage"]]
        for side in ("before", "after"):
            assert row[side] == pytest.approx(cell[side][row["statistic"]], rel=1e-12)
        assert sum(s["value"] for s in row["shares"]) == pytest.approx(row["change"], rel=1e-9)
        whole = sum(share["whole"] for share in row["shares"])
        assert round(row["before"]) + whole == round(row["after"])


def test_every_format_has_inputs_outputs_and_shares(sim: Any, files: tuple[str, str]) -> None:
    """CSV and Parquet hold the same tidy rows, Markdown their tables, JSON the document."""
    for ending in ("csv", "parquet", "md", "json"):
        assert sim("compare", *files, "--out", f"c.{ending}").code == 0
    rows = list(csv.DictReader(io.StringIO(Path("c.csv").read_text(encoding="utf-8"))))
    table = pq.read_table("c.parquet").to_pylist()
    assert len(rows) == len(table)
    parts = {row["part"] for row in rows}
    assert parts == {"input", "before", "after", "difference", "share"}
    for row, same in zip(rows, table, strict=True):
        assert (row["value"] and float(row["value"])) == ("" if same["value"] is None
                                                          else same["value"])  # fmt: skip
    text = Path("c.md").read_text(encoding="utf-8")
    assert "## Inputs that differ" in text
    assert "| contribution_usd.A | 2031-2032 | mean | USD | exchange |" in text
    whole = json.loads(Path("c.json").read_text(encoding="utf-8"))
    assert whole == document(sim, *files)
    shown = sim("compare", *files, "--to", "csv").out
    assert list(csv.DictReader(io.StringIO(shown))) == rows


def test_a_file_is_not_overwritten(sim: Any, files: tuple[str, str]) -> None:
    """Without --force an existing file stays, before anything is run."""
    Path("c.md").write_text("mine", encoding="utf-8")
    assert sim("compare", *files, "--out", "c.md").code == 2
    assert Path("c.md").read_text(encoding="utf-8") == "mine"
    assert not Path("results").exists()
    assert sim("compare", *files, "--out", "c.md", "--force").code == 0


def test_several_are_compared_with_the_first(sim: Any, files: tuple[str, str]) -> None:
    """A B B: two comparisons, both less A; results may be named without their folder."""
    assert sim("run", *files, "--quiet").code == 0
    found = document(sim, "a", "results/b", "b.toml", "--no-drivers")
    assert [one["scenario"] for one in found["comparisons"]] == ["b", "b"]
    assert found["baseline"]["scenario"] == "a"
    assert found["comparisons"][0]["attribution"] == []


def test_other_settings_are_refused_unless_unpaired(sim: Any, files: tuple[str, str]) -> None:
    """Every reason is named; --unpaired compares, and says what was lost."""
    assert sim("run", files[0], "--quiet").code == 0
    other = ("--seed", "7", "--draws", "256", "--replicates", "2", "--sampler", "lhs")
    assert sim("run", files[1], "--quiet", *other).code == 0
    said = sim("compare", "a", "b")
    assert said.code == 2
    for words in ("the seeds differ", "numbers of draws", "samplers", "numbers of replicates"):
        assert words in said.err
    shown = sim("compare", "a", "b", "--unpaired")
    assert shown.code == 0
    assert "no probability by draw" in shown.out
    (found,) = document(sim, "a", "b", "--unpaired")["comparisons"]
    for cell in found["outputs"]:
        if cell["stage"] != "proposed":
            assert cell["difference"]["above"] is None
            assert cell["difference"]["standard_error"] == cell["standard_error_unpaired"]


def with_program(folder: Path, sha256: str, numpy: str) -> None:
    """The result as another version of the program or of a library would have made it."""
    manifest = read_manifest(folder)
    program = replace(manifest.program, sha256=sha256)
    libraries = {**manifest.libraries, "numpy": numpy}
    other = replace(manifest, program=program, libraries=libraries)
    (folder / "manifest.json").write_text(other.to_json(), encoding="utf-8")


def test_other_versions_are_refused_and_never_mixed(sim: Any, files: tuple[str, str]) -> None:
    """Results of two programs are not paired; two of the same old one are, without drivers."""
    assert sim("run", *files, "--quiet").code == 0
    with_program(Path("results/b"), "0" * 64, "0.1")
    said = sim("compare", "a", "b")
    assert said.code == 2
    assert "the versions of the program differ" in said.err
    assert "the libraries differ" in said.err
    assert "numpy 0.1" in said.err
    with_program(Path("results/a"), "0" * 64, "0.1")
    (found,) = document(sim, "a", "b")["comparisons"]
    assert found["paired"]
    assert found["attribution"] == []
    assert "a result of this version of the program" in found["attribution_note"]


def test_what_only_one_side_has_is_named(sim: Any, varied: Varied, tmp_path: Path) -> None:
    """A pledge that A does not have: its receipts cannot be compared, everything else can."""
    one = varied().pledges[0].model_dump(exclude_none=True)
    pledges = [one, {**one, "name": "two"}]
    for name, changes in (("a", {}), ("b", {"pledges": pledges})):
        text = to_toml(varied(name=name, **changes))
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    said = sim("compare", "a.toml", "b.toml")
    assert said.code == 0, said.err
    assert "Only in b: xb_receipts_usd.two" in said.out


def damaged(folder: Path) -> None:
    """One byte of the draws is another one."""
    path = folder / "draws.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def of_another_version(folder: Path) -> None:
    """A manifest of schema version 99."""
    path = folder / "manifest.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"schema_version": 1', '"schema_version": 99', 1), "utf-8")


def half_written(folder: Path) -> None:
    """The draws end in the middle."""
    path = folder / "draws.parquet"
    path.write_bytes(path.read_bytes()[:1000])


def without_manifest(folder: Path) -> None:
    """The manifest was never written."""
    (folder / "manifest.json").unlink()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (damaged, "checksum differs"),
        (of_another_version, "schema version 1 is wanted"),
        (half_written, "bytes is wanted"),
        (without_manifest, "a result folder is wanted"),
    ],
)
def test_a_spoilt_result_is_refused_in_words(
    sim: Any, files: tuple[str, str], spoil: Callable[[Path], None], words: str
) -> None:
    """Exit code 2 and what is wrong with which file, never a traceback."""
    assert sim("run", *files, "--quiet").code == 0
    spoil(Path("results/b"))
    said = sim("compare", "a", "b")
    assert said.code == 2
    assert words in said.err
    assert "results/b" in said.err


def test_what_is_no_result_is_refused(sim: Any, files: tuple[str, str]) -> None:
    """An empty folder, a name that is none (with the nearest), another kind of file."""
    assert sim("run", *files, "--quiet").code == 0
    Path("empty").mkdir()
    Path("notes.txt").write_text("no scenario", encoding="utf-8")
    assert "a result folder is wanted" in sim("compare", "a", "empty").err
    assert "this is neither" in sim("compare", "a", "notes.txt").err
    said = sim("compare", "a", "bb")
    assert (said.code, "did you mean 'b'?" in said.err) == (2, True)
    assert sim("compare", "a").code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--at", "p950"), "did you mean 'p95'?"),
        (("--at", "p0"), "a percentile between 0 and 100"),
        (("--at", "mean"), "a percentile between 0 and 100"),
        (("--to", "xls"), "md, csv, json, xlsx or parquet"),
        (("--to", "parquet"), "a file is wanted"),
        (("--to", "xlsx"), "a file is wanted"),
        (("--out", "c.doc"), "ends in .md"),
        (("--forward", "start"), "belongs to --policies"),
        (("--unpaired", "--drivers"), "do not go with --unpaired"),
    ],
)
def test_wrong_use_is_named(
    sim: Any, files: tuple[str, str], arguments: tuple[str, ...], words: str
) -> None:
    """Exit code 2, the option and what is wanted, before anything is run."""
    said = sim("compare", *files, *arguments)
    assert said.code == 2
    assert words in said.err
    assert not Path("results").exists()


def test_other_dates_have_no_drivers(sim: Any, tmp_path: Path, varied: Varied) -> None:
    """The comparison stands, the reason is said; asked for with --drivers it is refused."""
    for name, date in (("a", "2030-10-31"), ("b", "2030-09-30")):
        text = to_toml(varied(name=name, known_on=date))
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    said = sim("compare", "a.toml", "b.toml")
    assert said.code == 0
    assert "not shared among drivers: known_on" in " ".join(said.out.split())
    assert sim("compare", "a.toml", "b.toml", "--drivers").code == 2


def test_every_problem_of_every_file_is_told_before_anything_runs(
    sim: Any, files: tuple[str, str]
) -> None:
    """Two broken files and a name that is none: three problems, and no result folder."""
    for name in ("c", "d"):
        text = Path(files[0]).read_text(encoding="utf-8").replace("draws = 512", "draws = 0")
        Path(f"{name}.toml").write_text(text, encoding="utf-8")
    said = sim("compare", files[0], "c.toml", "d.toml", "nowhere")
    assert said.code == 2
    for words in ("c.toml", "d.toml", "nowhere"):
        assert words in said.err
    assert not Path("results").exists()


def test_two_scenarios_of_one_name_are_refused(sim: Any, files: tuple[str, str]) -> None:
    """The second result would take the place of the first."""
    Path("more").mkdir()
    Path("more/a.toml").write_text(Path(files[1]).read_text("utf-8").replace('"b"', '"a"'), "utf-8")
    said = sim("compare", files[0], "more/a.toml")
    assert said.code == 2
    assert "goes to the same folder" in said.err


def test_policies_side_by_side(sim: Any, files: tuple[str, str]) -> None:
    """All five on the same draws; without a forward rate that row says what is missing."""
    said = sim("compare", files[0], "--policies")
    assert said.code == 0
    assert "forward, A: no forward rate is known" in said.out
    found = document(sim, files[0], "--policies", "--forward", "0.9", "--cover", "0.5")
    kinds = {row["policy"] for row in found["rows"]}
    assert kinds == {"recosted", "budget_rate", "own_currency", "forward", "split"}
    at = {"cover": 0.5, "rates": {"2031": 0.9, "2032": 0.9}, "declared": False}
    assert found["forward"] == {"A": at}
    assert not Path("results").exists()
    for wrong in (("--forward", "nan"), ("--cover", "2", "--forward", "start"), ("--unpaired",)):
        assert sim("compare", files[0], "--policies", *wrong).code == 2
    assert sim("compare", files[0], "--policies", "--to", "csv").out.startswith("part,scenario")
    assert sim("compare", files[0], "--policies", "--to", "md").code == 0


def test_results_are_the_same_for_any_number_of_threads(sim: Any, files: tuple[str, str]) -> None:
    """A comparison with one thread and with three is the same document."""
    assert sim("run", *files, "--quiet").code == 0
    from simulator.runs.compare import compare

    one, two = opened(("a", "b"), RunOptions())
    assert compare(one, two, threads=1) == compare(one, two, threads=3)
