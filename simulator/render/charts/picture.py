"""A specification drawn: SVG for a page, PNG for a slide; both the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from simulator.errors import EnvironmentFault
from simulator.render.charts.frame import Spec

VERSION = "6.4"
"""Of Vega-Lite, as the extra `report` brings it."""

MISSING = (
    "pictures are drawn by an optional part that is not installed\n"
    "    → install it: pip install 'simulator[report]'"
)
OTHER = (
    f"pictures are drawn by Vega-Lite {VERSION}, which the installed vl-convert-python lacks\n"
    "    → install another: pip install --upgrade 'simulator[report]'"
)
LONG = re.compile(r"-?\d+\.\d{3,}")
HIDDEN = re.compile(r'<text [^>]*\bopacity="0"[^>]*>[^<]*</text>')
EMPTY = re.compile(
    r'<path class="(?:background|foreground)" aria-hidden="true" d="(?:M0,0h0v0h0Z)?"[^>]*/>'
)
SPOKEN = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
NAMED = re.compile(r'\bid="([^"]+)"')
ROOT = re.compile(r"<svg [^>]*>")


def svg(spec: Spec) -> str:
    """The specification as an SVG document, its description as its accessible name.

    The same specification gives the same text, and names inside differ between specifications, so
    that many fit into one page. Raises EnvironmentFault when the extra `report` is missing.
    """
    text = str(_converter().vegalite_to_svg(spec, vl_version=VERSION))
    return _tidied(text, spec)


def png(spec: Spec, scale: float = 2.0) -> bytes:
    """The specification as a PNG, `scale` times as many pixels as its width says.

    Raises EnvironmentFault when the extra `report` is missing.
    """
    return bytes(_converter().svg_to_png(svg(spec), scale=scale))


def _converter() -> Any:  # noqa: ANN401 - an optional module
    try:
        import vl_convert
    except ImportError:
        raise EnvironmentFault(MISSING) from None
    known: Sequence[str] = getattr(vl_convert, "get_vegalite_versions", list)()
    if VERSION not in known:
        raise EnvironmentFault(OTHER)
    return vl_convert


def _tidied(text: str, spec: Spec) -> str:
    """Without what is not seen, digits that no screen shows, and names that change."""
    text = SPOKEN.sub("", EMPTY.sub("", HIDDEN.sub("", text)))
    text = LONG.sub(lambda match: f"{float(match.group()):.2f}".rstrip("0").rstrip("."), text)
    key = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:8]
    for i, name in enumerate(dict.fromkeys(NAMED.findall(text))):
        text = text.replace(f'id="{name}"', f'id="c{key}-{i}"')
        text = text.replace(f"url(#{name})", f"url(#c{key}-{i})")
    label = f' role="img" aria-label={quoteattr(str(spec["description"]))}>'
    return ROOT.sub(lambda match: match.group()[:-1] + label, text, count=1)
