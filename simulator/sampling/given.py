"""Points that are given, not drawn: standard normals by stream, such as a search asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.special import ndtr
from simulator.tables import Float64, empty

FARTHEST = 8.0
"""Normals are cut here: farther out uniforms are 0 or 1 in binary numbers."""


@dataclass(frozen=True, slots=True)
class GivenNormals:
    """Standard normals of every stream, each of shape (n_draws, components)."""

    values: Mapping[str, Float64]

    def normals(self, name: str, components: range, start: int, stop: int) -> Float64:
        """The normals themselves, a copy in Fortran order."""
        if not components:
            return empty(stop - start, 0)
        part = self.values[name][start:stop, components.start : components.stop]
        return np.asfortranarray(np.clip(part, -FARTHEST, FARTHEST))

    def uniforms(self, name: str, components: range, start: int, stop: int) -> Float64:
        """See `sampling.points.Points`."""
        return np.asfortranarray(ndtr(self.normals(name, components, start, stop)))
