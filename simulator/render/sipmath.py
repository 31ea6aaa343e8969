"""A SIPmath 3.0 library (JSON): outputs as metalogs over a portable generator and a copula.

Whoever opens it, in a plain workbook or with another program, sees the same trials: the generator
is a formula of the trial's number and four seeds (Hubbard, HDR version 2), the copula ties the
outputs together as they were in the draws, and a metalog turns each into its unit. The structure
is that of ProbabilityManagement.org's library format; the tests hold generator, copula and metalog
to the trials that its published example states, and the document to what its schema asks for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simulator.analysis.metalog import Fit, fit
from simulator.errors import InputError, Problem
from simulator.render.caption import contains
from simulator.render.workbook.draws import DrawColumn, draw_columns
from simulator.render.workbook.stored import Stored
from simulator.special import ndtr, ndtri
from simulator.tables import Float64

LIBRARY = "SIPmath_3_0"
RAW_LIBRARY = "SIPmath_2_0"
COPULA = "Gaussian"
LARGEST_SEED = 10_000_000
LEAST_EIGENVALUE = 1e-6
TRIALS = 3
"""Trials that a SIP states, by which a reader can check that it computes the same ones."""

Document = dict[str, Any]


def hdr(index: int, entity: int, variable: int, seed3: int, seed4: int) -> float:
    """The trial `index` of a stream, between 0 and 1: Hubbard's generator, version 2.

    Every product stays below 2^53, so a spreadsheet's floats compute it exactly.
    """
    one = index * 2499997 + variable * 1800451 + entity * 2000371 + seed3 * 1796777
    one = (one + seed4 * 2299603) % 7450589 * 4658 + 7450581
    two = index * 2246527 + variable * 2399993 + entity * 2100869 + seed3 * 1918303
    two = (two + seed4 * 1624729) % 7450987 * 7580 + 7560584
    high = 999999999999989 % one * 383 % 99991 * 7440893
    low = 999999999999989 % two * 17669 % 7440893
    return ((high + low) * 1343 % 4294967296 + 0.5) / 4294967296


def seed_of(name: str) -> int:
    """A seed that follows the name of an output, so that adding outputs moves no other."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6]) % LARGEST_SEED + 1


def library(results: Sequence[Stored]) -> tuple[Document, tuple[Problem, ...]]:
    """The library of one result or of several, and the outputs that no metalog meets.

    An output of several results is named after its result as well. InputError when no output at
    all can be met.
    """
    found: list[tuple[str, DrawColumn, Stored, Fit, Float64]] = []
    missed: list[Problem] = []
    for stored in results:
        for one in main_outputs(stored):
            values = stored.run.column(one.column.name, one.period)
            fitted = fit(values)
            name = sip_name(stored, one)
            if fitted.ok:
                found.append((name, one, stored, fitted, values))
            else:
                missed.append(_missed(name, fitted))
    if not found:
        raise InputError(missed)
    names = [name for name, *_ in found]
    streams = [f"hdr{i}" for i in range(1, len(found) + 1)]
    layers = [f"c{i}" for i in range(1, len(found) + 1)]
    matrix = correlations([values for *_, values in found])
    rngs = [_stream(s, name, results[0]) for s, name in zip(streams, names, strict=True)]
    uniforms = layered([rng["arguments"] for rng in rngs], matrix, TRIALS)
    sips = [
        _sip(name, layer, one, stored, fitted, fitted.quantile(uniforms[:, i]))
        for i, ((name, one, stored, fitted, _), layer) in enumerate(zip(found, layers, strict=True))
    ]
    document = {
        "objectType": "sipModel",
        "libraryType": LIBRARY,
        "name": " and ".join(stored.run.manifest.scenario for stored in results),
        "dateCreated": results[0].run.manifest.created[:10],
        "provenance": " ".join(_provenance(stored) for stored in results),
        "globalVariables": [_matrix(streams, matrix)],
        "U01": {
            "rng": rngs,
            "copula": [
                {
                    "name": COPULA,
                    "function": "GaussianCopula",
                    "copulaLayer": layers,
                    "arguments": {
                        "correlationMatrix": {
                            "type": "globalVariables",
                            "value": "correlationMatrix",
                        },
                        "rng": streams,
                    },
                }
            ],
        },
        "sips": sips,
        "version": "1",
    }
    return document, tuple(missed)


def main_outputs(stored: Stored) -> list[DrawColumn]:
    """What the library holds: contributions and net by period, receipts over the whole.

    Left out are outputs with a lump of equal values, such as a shortfall that is mostly nothing:
    no smooth law has one. They can be had raw.
    """
    return [one for one in draw_columns(stored) if not one.column.output.startswith("xb_shortfall")]


def sip_name(stored: Stored, one: DrawColumn) -> str:
    """A name that a spreadsheet accepts: letters, digits and underscores."""
    parts = [stored.label, one.column.name, one.period]
    text = "_".join(part for part in parts if part)
    return "".join(char if char.isascii() and char.isalnum() else "_" for char in text)


def correlations(columns: Sequence[Float64]) -> Float64:
    """Correlations of the normal scores, shape (k, k), drawn together just enough to be regular.

    Outputs that are sums of one another make the matrix singular; a copula needs its root.
    """
    scores = np.column_stack([_scores(values) for values in columns])
    norms = np.sqrt((scores**2).sum(axis=0))
    safe = np.where(norms > 0, norms, 1.0)
    matrix: Float64 = (scores / safe).T @ (scores / safe)
    np.fill_diagonal(matrix, 1.0)
    least = float(np.linalg.eigvalsh(matrix)[0])
    if least < LEAST_EIGENVALUE:
        part = (LEAST_EIGENVALUE - least) / (1.0 - least)
        matrix = (1 - part) * matrix + part * np.eye(len(columns))
    return np.round(matrix, 8)


def layered(seeds: Sequence[Mapping[str, Any]], matrix: Float64, trials: int) -> Float64:
    """The first trials of a Gaussian copula's layers, shape (trials, k), between 0 and 1.

    The streams' normal scores times the lower root of the matrix, as its reference example does it.
    """
    keys = ("entity", "varId", "seed3", "seed4")
    uniforms = [[hdr(i, *(s[key] for key in keys)) for s in seeds] for i in range(1, trials + 1)]
    found: Float64 = ndtr(ndtri(np.array(uniforms)) @ np.linalg.cholesky(matrix).T)
    return found


def _scores(values: Float64) -> Float64:
    """Normal scores of the ranks, which a constant has none of."""
    if values.min() == values.max():
        return np.zeros(len(values))
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    scores: Float64 = ndtri((ranks + 0.5) / len(values))
    return scores


def _missed(name: str, fitted: Fit) -> Problem:
    return Problem(
        "a law that a metalog of at most 16 terms meets within 0.5 % of its spread is wanted",
        key=name,
        value=f"{100 * fitted.worst:.2g} % off",
        remedy="it is left out; --draws all writes its draws beside, as raw SIPs",
    )


def _provenance(stored: Stored) -> str:
    manifest = stored.run.manifest
    return (
        f"{stored.scenario.title}. Run {manifest.identity}, {manifest.draws} draws by "
        f"{manifest.program.name} {manifest.program.version}. {contains(stored.scenario)} "
        f"{stored.standing.in_words}."
    )


def _matrix(streams: Sequence[str], matrix: Float64) -> Document:
    """The lower triangle, entry by entry."""
    entries = [
        {"row": streams[i], "col": streams[j], "value": float(matrix[i, j])}
        for i in range(len(streams))
        for j in range(i + 1)
    ]
    return {
        "name": "correlationMatrix",
        "value": {"columns": list(streams), "rows": list(streams), "matrix": entries},
    }


def _stream(stream: str, name: str, first: Stored) -> Document:
    return {
        "name": stream,
        "function": "HDR_2_0",
        "arguments": {
            "counter": "PM_Index",
            "entity": seed_of(first.run.manifest.fingerprint),
            "varId": seed_of(name),
            "seed3": first.run.manifest.seed % LARGEST_SEED,
            "seed4": 0,
        },
    }


def _sip(
    name: str, layer: str, one: DrawColumn, stored: Stored, fitted: Fit, trials: Float64
) -> Document:
    cell = stored.view.cell(one.column.output, one.period, one.column.stage)
    statistics = {} if cell is None else {
        key: cell[key] for key in ("mean", "sd", "min", "p5", "p25", "p50", "p75", "p95", "max")
    }  # fmt: skip
    bound = {} if fitted.lower is None else {"lowerBound": fitted.lower}
    return {
        "name": name,
        "ref": {"source": "copula", "name": COPULA, "copulaLayer": layer},
        "function": "Metalog_1_0",
        "arguments": {**bound, "aCoefficients": list(fitted.coefficients)},
        "metadata": {
            "description": one.column.description,
            "period": one.period,
            "unit": one.column.unit,
            "count": stored.run.manifest.draws,
            "worstQuantileError": fitted.worst,
            **statistics,
            **{f"Trial{i}": float(trial) for i, trial in enumerate(trials, start=1)},
        },
    }


def raw_library(results: Sequence[Stored], draws: int) -> Document:
    """The first `draws` draws of every main output as they are, shortfalls included."""
    sips = [
        {
            "name": sip_name(stored, one),
            "metadata": {
                "description": one.column.description,
                "period": one.period,
                "unit": one.column.unit,
                "count": min(draws, stored.run.manifest.draws),
            },
            "values": stored.run.column(one.column.name, one.period)[:draws].tolist(),
        }
        for stored in results
        for one in draw_columns(stored)
    ]
    return {
        "objectType": "sipModel",
        "libraryType": RAW_LIBRARY,
        "name": " and ".join(stored.run.manifest.scenario for stored in results),
        "dateCreated": results[0].run.manifest.created[:10],
        "provenance": " ".join(_provenance(stored) for stored in results),
        "sips": sips,
        "version": "1",
    }


def to_json(document: Document) -> str:
    """As text; every number with all its bits."""
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
