"""Run in a copy of the tree with the recipe applied: a file that `sim export` writes."""

from pathlib import Path

from tests_scenario import scenario_with

from simulator.cli import main
from simulator.scenario.fingerprint import to_toml

Path("small.toml").write_text(to_toml(scenario_with()), encoding="utf-8")
assert main(["run", "small.toml", "--draws", "64", "--quiet"]) == 0
assert main(["export", "small", "--to", "html"]) == 0
text = Path("small.html").read_text(encoding="utf-8")
rows = text.splitlines()
assert rows[0] == "<table>"
assert "</table>" in rows
assert any(row.startswith("<tr><td>contribution_eur.A<td>2031<td>mean<td>") for row in rows)
assert main(["verify", "small.html"]) == 0
