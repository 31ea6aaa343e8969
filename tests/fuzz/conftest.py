"""What is attacked, and how, lies beside the test; `tools/fuzz.py` uses the same."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))
