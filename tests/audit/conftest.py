"""The command line in an empty folder, for the tests of the audit."""

from tests.cli.conftest import sim

__all__ = ["sim"]
