"""Faults of the world around the program; what the tests share lies beside them."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
for place in (HERE, HERE.parent / "fuzz"):
    if str(place) not in sys.path:
        sys.path.append(str(place))
