"""The resolved scenario with the place that each value came from."""

from __future__ import annotations

from pathlib import Path

from simulator.scenario.fingerprint import fingerprint, to_toml
from simulator.scenario.places import path_of
from simulator.scenario.read import read_layers, read_scenario, scenario_of

ROOT = Path(__file__).resolve().parents[2]


def resolved(path: Path) -> str:
    """What `sim validate --resolved` prints."""
    layers = read_layers(path)
    return to_toml(scenario_of(layers), layers.comment)


def comment(text: str, table: str, line: str) -> str:
    """What stands behind the value of a line in a table."""
    block = text.partition(f"\n{table}\n")[2].partition("\n\n")[0]
    (found,) = [one for one in block.splitlines() if one.startswith(line)]
    return found.rpartition("  # ")[2]


def test_each_value_has_its_file_and_line(tmp_path: Path, text: str) -> None:
    """TOML, CSV, law file, default; numbers, laws by bare name, entries merged and removed."""
    start, end = text.index("[[pledges]]"), text.index("[figures.prior]")
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "pledges.csv").write_text(
        "name,window,currency,amount,stage,received.2031\n"
        "one,I,USD,80,pledged,1\ntwo,I,DKK,50,signed,1\n"
    )
    base = 'pledges = "lists/pledges.csv"\n' + text[:start] + text[end:]
    (tmp_path / "base.toml").write_text(base)
    (tmp_path / "law.toml").write_text("[inflation.euro]\nsd = 0.15\n")
    path = tmp_path / "child.toml"
    path.write_text(
        'extends = "base.toml"\ntitle = "Another"\nlaw_file = "law.toml"\n'
        '[parents.A.policy]\nkind = "budget_rate"\n'
        '[[pledges]]\nname = "one"\nremove = true\n'
        '[[pledges]]\nname = "two"\nprobability = 0.5\n'
        "[income.rent.estimate.pert]\nmode = 21\n"
    )
    found = resolved(path)

    def line(words: str) -> str:
        return f"base.toml:{base[: base.index(words)].count(chr(10)) + 1}"

    assert comment(found, "[budget]", "years") == line("years = ")
    assert comment(found, "[budget]", "unit") == "default"
    assert comment(found, "[parents.A]", "share") == line('share = "0.55"')
    assert comment(found, "[parents.A.policy]", "kind") == "child.toml:5"
    assert comment(found, "[parents.B.policy]", "kind") == line('policy = "own_currency"')
    assert comment(found, "[income.rent]", "estimate") == "child.toml:12"
    assert comment(found, "[inflation.euro]", "sd") == "law.toml:2"
    assert comment(found, "[inflation.euro]", "persistence") == "default"
    assert comment(found, "[[pledges]]", "currency") == "lists/pledges.csv:3"
    assert comment(found, "[[pledges]]", "probability") == "child.toml:11"
    assert comment(found, "[[thresholds]]", "as_of") == line("as_of = 2030-12-01")
    assert comment(found, "[correlation.copula]", "kind") == "default"
    assert comment(found, "[windows.I]", "delay_months") == "default"
    assert "one" not in found.partition("[[pledges]]")[2].partition("[[")[0]


def test_the_resolved_text_is_the_same_scenario(tmp_path: Path) -> None:
    """The real budget, lists and all, reads back with the same fingerprint."""
    path = ROOT / "scenarios" / "base.toml"
    text = resolved(path)
    (tmp_path / "base.toml").write_text(text, encoding="utf-8")
    assert fingerprint(read_scenario(tmp_path / "base.toml")) == fingerprint(read_scenario(path))
    assert all("  # " in line for line in text.splitlines() if " = " in line)
    assert "# itc/posts.csv:2\n" in text


def test_a_name_cannot_break_out_of_its_comment(tmp_path: Path, text: str) -> None:
    """A file name of several lines stays on one line."""
    path = tmp_path / "a\nseed = 5.toml"
    path.write_text(text)
    found = resolved(path)
    (tmp_path / "again.toml").write_text(found)
    assert read_scenario(tmp_path / "again.toml") == read_scenario(path)


def test_written_keys_lead_to_their_places() -> None:
    """Numbers from 1, names of entries, names with dots; as far as the data go."""
    data = {
        "published": [{"id": "a"}, {"id": "a.b"}],
        "pledges": [{"name": "one", "amount": 3}, {}],
        "matrix": {"rates.x": {"rates.y": 1}},
    }
    assert path_of("published.a.rule", data) == ("published", 0)
    assert path_of("published.a.b.rule", data) == ("published", 1)
    assert path_of("pledges.one.amount.p50", data) == ("pledges", 0, "amount")
    assert path_of("pledges[2].amount", data) == ("pledges", 1)
    assert path_of("matrix.rates.x.rates.y", data) == ("matrix", "rates.x", "rates.y")
    assert path_of("matrix.rates.z", data) == ("matrix",)
    assert path_of("", data) == path_of("nothing", data) == ()
