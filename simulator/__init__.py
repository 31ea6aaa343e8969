'''Monte Carlo scenarios of a budget that several parents finance jointly.

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from simulator import read_run, read_scenario, simulate, write_run
>>> text = """
... title = "A club of two"
... known_on = 2030-12-31
... budget = { organization = "Club", currency = "EUR", years = [2031] }
... sampling = { seed = 0, draws = 1024, replicates = 4 }
...
... [parents]
... A = { share = "1/4", assessed_in = "EUR", policy = "own_currency" }
... B = { share = "3/4", assessed_in = "EUR", policy = "own_currency" }
...
... [lines.rent]
... kind = "non_posts"
... appropriation = 100
... price_error = { normal = { mean = 0, sd = 0.02 } }
... """
>>> with TemporaryDirectory() as folder:
...     file = Path(folder, "club.toml")
...     _ = file.write_text(text)
...     scenario = read_scenario(file)
...     result = write_run(scenario, Path(folder, "club"))
...     stored = read_run(result.folder).column("contribution_eur.A")
>>> stored.shape
(1024,)
>>> round(float(stored.mean()), -1)
25000.0
>>> in_memory = simulate(scenario)
>>> bool((in_memory.get("contribution_eur.A", "2031") == stored).all())
True
'''

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.engine import simulate
    from simulator.runs.run import read_run, write_run
    from simulator.scenario.read import read_scenario

__version__ = "0.1.0"

__all__ = ["read_run", "read_scenario", "simulate", "write_run"]

_PLACES = {
    "read_run": "simulator.runs.run",
    "read_scenario": "simulator.scenario.read",
    "simulate": "simulator.engine",
    "write_run": "simulator.runs.run",
}


def __getattr__(name: str) -> object:
    """The public names, imported when first used: `import simulator` itself costs nothing."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
