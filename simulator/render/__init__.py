"""Showing what has been computed: nothing here can run a simulation again."""
