"""Dependence between factors: correlated innovations, by name.

Standard normal innovations ε of the correlated factors become z = L·ε, L the Cholesky factor of
their correlation matrix in a canonical order: the names of `order` first, the rest by name. A
factor thus depends on those before it only, and the order of the input changes no bit. With a
Student-t copula, z·m (m² = df/χ²_df, one for all correlated factors of a draw) is carried back to
a standard normal score, so that margins stay exact; the matrix is then that of the t scores.

Arithmetic is elementwise in a fixed order, without BLAS: results do not depend on the block.

N. J. Higham (2002), Computing the nearest correlation matrix, IMA J. Numer. Anal. 22, 329-343;
S. Demarta and A. J. McNeil (2005), The t copula and related copulas, Int. Stat. Rev. 73, 111-129.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from simulator.errors import InputError, Problem
from simulator.sampling.inverse import scale_table
from simulator.special import ndtri, stdtr
from simulator.tables import Float64, empty

LEAST_EIGENVALUE = 1e-10
"""Below this a correlation matrix counts as singular."""

KEY = "correlation.matrix"


def student_mixing(u: Float64, df: float) -> Float64:
    """m = sqrt(df/χ²_df) for uniforms `u`, same shape; m rises with u."""
    return scale_table(df).of(u)


def nearest_correlation(
    matrix: npt.ArrayLike, smallest: float = 1e-8, tolerance: float = 1e-12
) -> Float64:
    """The correlation matrix nearest to a symmetric `matrix` in the Frobenius norm.

    Alternating projections onto positive semidefinite matrices and onto those with unit diagonal,
    with Dykstra's correction (Higham 2002, algorithm 3.3). The result is then mixed with the
    identity as far as its smallest eigenvalue reaches `smallest`, so that it can be factorised.
    """
    y = np.array(matrix, dtype=np.float64)
    y = (y + y.T) / 2
    correction = np.zeros_like(y)
    for _ in range(10_000):
        r = y - correction
        values, vectors = np.linalg.eigh(r)
        x = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = x - r
        before, y = y, (x + x.T) / 2
        np.fill_diagonal(y, 1.0)
        if np.abs(y - before).max() <= tolerance:
            break
    least = float(np.linalg.eigvalsh(y)[0])
    if least < smallest:
        y *= (1 - smallest) / (1 - least)
        np.fill_diagonal(y, 1.0)
    return y


def cholesky(matrix: Float64) -> list[list[float]]:
    """Rows of the lower triangular L with L·Lᵀ = `matrix`, positive definite.

    Row by row in plain floats: a row depends on the rows above it alone, so a factor placed last
    leaves the others' rows as they are, to the bit, and exact zeros stay zeros.
    """
    rows: list[list[float]] = []
    for i, given in enumerate(matrix.tolist()):
        row: list[float] = []
        for j, above in enumerate(rows):
            rest = given[j]
            for k in range(j):
                rest -= row[k] * above[k]
            row.append(rest / above[j])
        rest = given[i]
        for value in row:
            rest -= value * value
        rows.append([*row, math.sqrt(rest)])
    return rows


Tied = tuple[tuple[str, ...], list[list[float]]]
"""A connected group of factors and the Cholesky rows of its matrix."""


class Copula:
    """Dependence of named factors; factors without a correlation are left alone.

    `names` gives the rows of the symmetric `matrix`. Factors of equal `structure` (the same
    months, say) are correlated component by component; otherwise only their components 0 are. A
    factor without a structure shares none. `df` chooses the Student-t copula.

    Raises InputError when the matrix is not a positive definite correlation matrix.
    """

    def __init__(
        self,
        names: Sequence[str],
        matrix: npt.ArrayLike,
        order: Sequence[str] = (),
        df: float | None = None,
        structure: Mapping[str, Hashable] | None = None,
    ) -> None:
        given = np.asarray(matrix, dtype=np.float64)
        _check(names, given)
        if df is not None and not df >= 1:
            raise InputError(
                Problem("1 degree of freedom or more is wanted", "correlation.copula.df", f"{df:g}")
            )
        self._entries = {
            (names[i], names[j]): float(given[i, j]) for i, j in np.argwhere(given) if i != j
        }
        linked = {one for one, _ in self._entries}
        ordered = [name for name in dict.fromkeys(order) if name in linked]
        self.names: tuple[str, ...] = (*ordered, *sorted(linked.difference(ordered)))
        """The correlated factors, in canonical order."""
        self.df = df
        self._structure = structure or {}
        self._tied: dict[tuple[tuple[str, ...], bool], list[Tied]] = {}
        problems = [p for group in self._groups(self.names, 0) if (p := self._problem(group))]
        if problems:
            raise InputError(problems)

    def _linked(self, one: str, other: str, component: int) -> bool:
        """Whether two factors are correlated at this component."""
        if (one, other) not in self._entries:
            return False
        alike = one in self._structure and self._structure[one] == self._structure.get(other)
        return component == 0 or alike

    def _groups(self, names: Sequence[str], component: int) -> list[tuple[str, ...]]:
        """Connected groups of two or more of `names`, each in canonical order."""
        groups, left = [], list(names)
        while left:
            reached, frontier = {left[0]}, [left[0]]
            while frontier:
                one = frontier.pop()
                found = [x for x in left if x not in reached and self._linked(one, x, component)]
                reached.update(found)
                frontier += found
            if len(reached) > 1:
                groups.append(tuple(x for x in left if x in reached))
            left = [x for x in left if x not in reached]
        return groups

    def _matrix(self, group: Sequence[str]) -> Float64:
        return np.array(
            [[1.0 if a == b else self._entries.get((a, b), 0.0) for b in group] for a in group]
        )

    def _problem(self, group: tuple[str, ...]) -> Problem | None:
        """What is wrong with the matrix of a connected group, and the nearest valid one."""
        matrix = self._matrix(group)
        least = float(np.linalg.eigvalsh(matrix)[0])
        if least >= LEAST_EIGENVALUE:
            return None
        nearest = _triangle(group, matrix, nearest_printable(matrix))
        return Problem(
            key=KEY,
            wanted="correlations that can hold together (a positive definite matrix) are wanted"
            f" among {', '.join(group)}",
            value=f"smallest eigenvalue {least:.4g}",
            remedy="the nearest valid matrix is\n" + nearest,
        )

    def _tied_groups(self, names: tuple[str, ...], component: int) -> list[Tied]:
        """The groups among `names` at a component; those past 0 are all alike, made once."""
        key = names, component == 0
        if key not in self._tied:
            groups = self._groups(names, component)
            self._tied[key] = [(group, cholesky(self._matrix(group))) for group in groups]
        return self._tied[key]

    def correlate(
        self, normals: Mapping[str, Float64], mixing: Float64 | None = None
    ) -> dict[str, Float64]:
        """Dependent standard normals from independent ones, shapes (n_draws, k_name).

        `mixing`, shape (n_draws,), is m for the Student-t copula (see `student_mixing`); it acts
        on the components that are correlated with another factor's. Uncorrelated factors are
        handed back as they came; nothing that was given is written to.
        """
        if (mixing is None) != (self.df is None):
            raise ValueError("mixing belongs to the Student-t copula, and to it alone")
        missing = [name for name in self.names if name not in normals]
        if missing:
            raise ValueError(f"normals are missing for {', '.join(missing)}")
        result = {**normals, **{name: empty(*normals[name].shape) for name in self.names}}
        part = np.empty(len(next(iter(normals.values()), ())))
        for component in range(max((normals[name].shape[1] for name in self.names), default=0)):
            present = tuple(name for name in self.names if normals[name].shape[1] > component)
            alone = set(present)
            for group, rows in self._tied_groups(present, component):
                columns = [normals[name][:, component] for name in group]
                for name, row in zip(group, rows, strict=True):
                    z = result[name][:, component]
                    _combine(row, columns, z, part)
                    if mixing is not None:
                        z[:] = self._score(z * mixing)
                alone.difference_update(group)
            for name in alone:
                result[name][:, component] = normals[name][:, component]
        return result

    def _score(self, t: Float64) -> Float64:
        """Student-t scores as standard normal ones, through the lower tail, which is precise."""
        assert self.df is not None  # noqa: S101 - correlate checks it
        return np.asarray(np.copysign(ndtri(stdtr(self.df, -np.abs(t))), t))


def _combine(row: Sequence[float], columns: Sequence[Float64], out: Float64, part: Float64) -> None:
    """Σ row[j]·columns[j] into `out` by multiplying and adding in order, without the zeros.

    `part` is a column to work in.
    """
    terms = [(w, column) for w, column in zip(row, columns, strict=False) if w != 0]
    weight, column = terms[0]  # the diagonal is positive
    np.multiply(column, weight, out=out)
    for weight, column in terms[1:]:
        out += np.multiply(column, weight, out=part)


def _check(names: Sequence[str], matrix: Float64) -> None:
    """Names and entries that make no correlation matrix, all at once."""
    if matrix.shape != (len(names), len(names)) or len(set(names)) < len(names):
        raise ValueError(f"{len(names)} different names want as many rows, not {matrix.shape}")
    problems = [
        Problem("1 is wanted on the diagonal", f"{KEY}.{names[i]}.{names[i]}", f"{matrix[i, i]:g}")
        for i in np.flatnonzero(np.diag(matrix) != 1).tolist()
    ]
    outside = ~((matrix >= -1) & (matrix <= 1))  # NaN is outside
    for i, j in np.argwhere(np.tril(outside | outside.T | (matrix != matrix.T), -1)):
        problems.append(
            Problem(
                "a correlation between -1 and 1 is wanted, the same in both directions",
                f"{KEY}.{names[i]}.{names[j]}",
                f"{matrix[i, j]:g} and {matrix[j, i]:g}",
            )
        )
    if problems:
        raise InputError(problems)


def nearest_printable(matrix: npt.ArrayLike) -> Float64:
    """The nearest valid matrix that is still valid when written with four decimals, as written."""
    smallest = 1e-4
    while True:
        nearest = np.round(nearest_correlation(matrix, smallest), 4)
        if np.linalg.eigvalsh(nearest)[0] >= 1e-5:
            return nearest
        smallest *= 2


def _triangle(names: Sequence[str], asked: Float64, nearest: Float64) -> str:
    """The lower triangle by name, with what was asked where that differs."""
    width = max(map(len, names))
    lines = []
    for i, name in enumerate(names):
        cells = []
        for j in range(i):
            cell = f"{nearest[i, j]:.4g}"
            changed = abs(nearest[i, j] - asked[i, j]) >= 5e-5
            cells.append(cell + (f" (was {asked[i, j]:.4g})" if changed else ""))
        lines.append([name.ljust(width), *cells, "1"])
    widths = [max(len(row[k]) for row in lines if k < len(row)) for k in range(len(lines[-1]))]
    return "\n".join(
        "      " + "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=False)).rstrip()
        for row in lines
    )
