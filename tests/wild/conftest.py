"""Random budgets and what holds for them lie beside the test; `tools/soak.py` uses the same."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE), str(HERE.parent / "independent")]
