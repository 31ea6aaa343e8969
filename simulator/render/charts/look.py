"""How charts look: colours for light and dark pages, sizes, fonts of the system.

Bands are one hue from pale to strong, so that they stay in order in grey print: steps of the
scheme *Blues* of ColorBrewer (Harrower and Brewer 2003), which lists it as safe for colour-blind
readers. What is told apart by colour alone uses the set of Okabe and Ito (2008), made for that.
Lines are told apart by dashes as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

FONT = "Arial, Helvetica, 'Liberation Sans', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"
"""Fonts of the system only. The first three have the same widths, so that what was measured when a
chart was laid out is what a reader's machine shows."""
NARROW = 480
"""Pixels below which a chart has fewer ticks, and legends in a column."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they are for; every one differs from all others of the palette."""

    paper: str
    ink: str
    quiet: str
    grid: str
    band90: str
    band80: str
    band50: str
    median: str
    mark: str
    more: str
    less: str
    whole: str
    one: str
    two: str
    three: str
    four: str
    five: str

    def series(self) -> tuple[str, ...]:
        """Colours of series without an order."""
        return self.one, self.two, self.three, self.four, self.five


LIGHT_COLOURS = Palette(
    paper="#FFFFFF",
    ink="#1B1F24",
    quiet="#555C66",
    grid="#E1E4E8",
    band90="#C6DBEF",
    band80="#9ECAE1",
    band50="#4292C6",
    median="#08306B",
    mark="#B34A00",
    more="#D55E00",
    less="#56B4E8",
    whole="#5A6470",
    one="#0072B2",
    two="#E69F00",
    three="#009E73",
    four="#CC79A7",
    five="#56B4E9",
)
DARK_COLOURS = Palette(
    paper="#14181D",
    ink="#E8EAED",
    quiet="#A9B1BB",
    grid="#323941",
    band90="#0A3D78",
    band80="#1F66AE",
    band50="#6BAED6",
    median="#F7FBFF",
    mark="#FFB454",
    more="#F07B2A",
    less="#7CC7F0",
    whole="#8A94A0",
    one="#4FA3D9",
    two="#E8AA26",
    three="#22B58C",
    four="#DB93BA",
    five="#8FD0F5",
)


@dataclass(frozen=True, slots=True)
class Look:
    """Colours, and the width of a whole chart in pixels with everything around it."""

    colours: Palette
    width: int = 720
    font: str = FONT

    @property
    def narrow(self) -> bool:
        """Whether there is room for the least only."""
        return self.width < NARROW

    def wide(self, width: int) -> Look:
        """The same in another width."""
        return replace(self, width=width)


def by_name(fallback: Palette = LIGHT_COLOURS) -> Palette:
    """Colours that a page sets by style: `var(--chart-ink, #1B1F24)` and so on.

    A drawing made with it follows the page it stands in, light or dark, without being made again.
    """
    return Palette(**{
        one.name: f"var({variable(one.name)}, {getattr(fallback, one.name)})"
        for one in fields(Palette)
    })  # fmt: skip


def variable(name: str) -> str:
    """The custom property of a colour."""
    return f"--chart-{name}"


def properties(palette: Palette) -> Mapping[str, str]:
    """Custom properties to set on a page, such as `--chart-ink`, with a palette's colours."""
    return {variable(one.name): getattr(palette, one.name) for one in fields(Palette)}


LIGHT = Look(LIGHT_COLOURS)
DARK = Look(DARK_COLOURS)
PAGE = Look(by_name())
"""For drawings inside a page, which sets `properties`."""
