"""What is checked of chance lies beside the tests; `tools/chance.py` does the same at length."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))
