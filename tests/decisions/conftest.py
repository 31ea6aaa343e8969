"""The command line in an empty folder, for the tests of decision commands."""

from tests.cli.conftest import sim, small_file

__all__ = ["sim", "small_file"]
