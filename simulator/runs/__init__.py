"""Runs: the only place with the clock, versions, threads and result folders."""
