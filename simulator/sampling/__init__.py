"""Chance: keyed streams, point sets, laws and dependence; every draw is a function of its name."""
