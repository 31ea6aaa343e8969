"""A spreadsheet program, and modules that lie beside the tests."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE), str(HERE.parent / "independent")]  # reads scenario files on its own


@pytest.fixture(scope="session")
def recalculated(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """A workbook after LibreOffice has computed every formula in it; skips without LibreOffice."""
    from calc import Calc  # found by the path above

    if Calc.program() is None:
        pytest.skip("LibreOffice is not installed")
    return Calc(tmp_path_factory.mktemp("opinion"))
