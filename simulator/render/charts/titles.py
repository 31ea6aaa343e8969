"""Titles of single pictures, and the names of the program that charts put in words."""

from __future__ import annotations

from simulator.render.charts.wording import Wording


def _(text: str) -> str:
    """Marks a text for translation; it is translated where it is used."""
    return text


NAMES = (
    _("exchange"),
    _("inflation"),
    _("post costs"),
    _("vacancy"),
    _("income"),
    _("inflows"),
    _("lines"),
    _("policy"),
    _("dependence"),
    _("proposed"),
    _("initial"),
    _("first performance"),
    _("second performance"),
    _("third performance"),
    _("fourth performance"),
    _("{currency}"),
    _("hundred {currency}"),
    _("thousand {currency}"),
    _("million {currency}"),
)
"""Drivers, stages and units: what `Wording.name` and `Wording.scale` are asked for."""


def rate_title(pair: str, words: Wording) -> str:
    """A fan of a rate."""
    _ = words.translate
    return _("{pair}, monthly averages").format(pair=pair)


def contribution_title(parent: str, currency: str, period: str, words: Wording) -> str:
    """What a parent owes; `period` is empty where a picture shows several."""
    _ = words.translate
    if not period:
        return _("Contribution of {parent}, {currency}").format(parent=parent, currency=currency)
    text = _("Contribution of {parent}, {currency}, {period}")
    return text.format(parent=parent, currency=currency, period=period)


def stages_title(what: str, words: Wording) -> str:
    """What is left open at each stage."""
    _ = words.translate
    return _("{what}: what is left open at each stage").format(what=what)


def drivers_title(what: str, words: Wording) -> str:
    """What moves an output."""
    _ = words.translate
    return _("{what}: what moves it").format(what=what)


def steps_title(what: str, one: str, other: str, words: Wording) -> str:
    """From one result to another, driver by driver."""
    _ = words.translate
    return _("{what}, mean: from {one} to {other}").format(what=what, one=one, other=other)


def inflows_title(period: str, words: Wording) -> str:
    """Receipts by year and window."""
    _ = words.translate
    return _("Mean receipts by year and window, {period}").format(period=period)
