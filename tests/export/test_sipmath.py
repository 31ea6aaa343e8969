"""The SIPmath library gives back the distributions, and its generator is what it says it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reading import sheets
from scipy.special import ndtr, ndtri

from simulator.analysis.metalog import CHECKED, TOLERANCE, fit, terms
from simulator.render.sipmath import correlations, hdr, layered, library, sip_name
from simulator.render.workbook.draws import draw_columns
from simulator.render.workbook.stored import Stored
from simulator.runs.export import ExportOptions, export
from simulator.store.result import Run

LEVELS = np.array(CHECKED)
GENERATOR = (
    "(MOD((MOD(MOD(999999999999989,MOD({i}*2499997+{v}*1800451+{e}*2000371+{s}*1796777+{t}*2299603,"
    "7450589)*4658+7450581)*383,99991)*7440893+MOD(MOD(999999999999989,MOD({i}*2246527+{v}*2399993"
    "+{e}*2100869+{s}*1918303+{t}*1624729,7450987)*7580+7560584)*17669,7440893))*1343,4294967296)"
    "+0.5)/4294967296"
)
"""The generator as a formula of a plain workbook, as docs/spreadsheets.md shows it."""


ENTITY = 9_039_920
PUBLISHED = {
    4: ([9.872717622, 1.678242357, 2.54967822, 3.535388319, -13.40905029],
        [5.91064824323855, 3.99951401423695, 3.61593085127843]),
    5: ([10.28359942, 1.433048092, 1.737463084, 3.927285373, -13.45782811],
        [4.81850430027545, 16.264999616127, 9.21182344011462]),
    6: ([8.526657058, 4.390832871, 7.645594813, -11.34424622, -27.90451926],
        [8.84993813887317, 5.73877017205265, 7.90854997496018]),
    7: ([8.93145879, 3.863446641, 6.494528709, -8.804090192, -25.50440804],
        [6.7522436646553, 11.4933053690752, 5.97047076730257]),
    8: ([9.872717622, 1.678242357, 2.54967822, 3.535388319, -13.40905029],
        [4.97377773402723, 5.26303264347232, 11.3668582781926]),
}  # fmt: skip
"""varId: coefficients of a metalog, and trials 1 to 3 of it, of the example in the format's schema.

ProbabilityManagement.org, PySIPmath at commit 5172310a, multi-lib-schema-2021-08-19.json: SIPs
Accounts, Products, Orders, Fulfillment (Gaussian copula: 0.75 between the second and the fourth)
and Marketing (no copula), all of entity 9039920 with seed3 and seed4 zero.
"""

POISSON = {6: 1, 23: 2, 299: 3}
"""Trials of the same example's Poisson law of mean ½, which is looked up at varId 9."""


def metalog(sip: dict[str, Any], y: Any) -> Any:
    """A SIP's quantiles, read from the file as the format says: log below a lower bound."""
    arguments = sip["arguments"]
    found = terms(y, len(arguments["aCoefficients"])) @ np.array(arguments["aCoefficients"])
    return arguments["lowerBound"] + np.exp(found) if "lowerBound" in arguments else found


@pytest.fixture
def exported(small_run: Run, tmp_path: Path) -> dict[str, Any]:
    """The library of the small budget."""
    options = ExportOptions("sipmath", tmp_path / "x.json", draws=100)
    one, _ = export([str(small_run.folder)], options).files
    found: dict[str, Any] = json.loads(one.read_text(encoding="utf-8"))
    return found


def test_metalogs_meet_the_draws(small_run: Run, exported: dict[str, Any]) -> None:
    """At 1/5/25/50/75/95/99 % within 0.5 % of the spread (P95 less P5) of the draws."""
    stored = Stored.of(small_run)
    columns = {sip_name(stored, one): one for one in draw_columns(stored)}
    assert len(exported["sips"]) >= 12
    for sip in exported["sips"]:
        one = columns[sip["name"]]
        values = small_run.column(one.column.name, one.period)
        wanted = np.quantile(values, LEVELS)
        found = metalog(sip, LEVELS)
        spread = wanted[5] - wanted[1]
        assert np.abs(found - wanted).max() <= TOLERANCE * spread
        assert sip["metadata"]["unit"] == one.column.unit


def test_the_library_has_the_structure_of_the_format(exported: dict[str, Any]) -> None:
    """Every reference inside leads somewhere: SIP → copula layer → stream → generator, matrix."""
    assert exported["objectType"] == "sipModel"
    assert exported["libraryType"] == "SIPmath_3_0"
    assert exported["version"] == "1"
    streams = [stream["name"] for stream in exported["U01"]["rng"]]
    (copula,) = exported["U01"]["copula"]
    assert copula["function"] == "GaussianCopula"
    assert copula["arguments"]["rng"] == streams
    for stream in exported["U01"]["rng"]:
        assert stream["function"] == "HDR_2_0"
        keys = {"counter", "entity", "varId", "seed3", "seed4"}
        assert set(stream["arguments"]) == keys
        assert stream["arguments"]["counter"] == "PM_Index"
    layers = [sip["ref"]["copulaLayer"] for sip in exported["sips"]]
    assert layers == copula["copulaLayer"]
    assert all(sip["function"] == "Metalog_1_0" for sip in exported["sips"])
    (matrix,) = exported["globalVariables"]
    assert copula["arguments"]["correlationMatrix"]["value"] == matrix["name"]
    size = len(streams)
    assert len(matrix["value"]["matrix"]) == size * (size + 1) // 2
    assert len({sip["name"] for sip in exported["sips"]}) == size
    assert "Run " in exported["provenance"]
    assert "The bands contain" in exported["provenance"]


def test_the_copula_is_regular_and_as_the_draws_are(exported: dict[str, Any]) -> None:
    """A matrix with a root, ones on its diagonal."""
    value = exported["globalVariables"][0]["value"]
    names = value["columns"]
    matrix = np.eye(len(names))
    for entry in value["matrix"]:
        i, j = names.index(entry["row"]), names.index(entry["col"])
        matrix[i, j] = matrix[j, i] = entry["value"]
    assert np.allclose(np.diag(matrix), 1)
    np.linalg.cholesky(matrix)


def test_raw_sips_are_the_draws(small_run: Run, tmp_path: Path) -> None:
    """The first draws of each main output, with all their bits, in a file beside."""
    options = ExportOptions("sipmath", tmp_path / "x.json", draws=100)
    _, path = export([str(small_run.folder)], options).files
    found = json.loads(path.read_text(encoding="utf-8"))
    sip = next(s for s in found["sips"] if s["name"] == "contribution_usd_A_2031_2032")
    assert sip["values"] == small_run.column("contribution_usd.A")[:100].tolist()


def test_trials_of_the_library_are_distributed_as_the_draws(
    small_run: Run, exported: dict[str, Any]
) -> None:
    """Generator, copula and metalog together give the mean and sd, within four standard errors."""
    trials, names = 4000, [stream["name"] for stream in exported["U01"]["rng"]]
    seeds = [stream["arguments"] for stream in exported["U01"]["rng"]]
    u = np.array(
        [
            [hdr(i, s["entity"], s["varId"], s["seed3"], s["seed4"]) for s in seeds]
            for i in range(1, trials + 1)
        ]
    )
    value = exported["globalVariables"][0]["value"]
    matrix = np.eye(len(names))
    for entry in value["matrix"]:
        i, j = names.index(entry["row"]), names.index(entry["col"])
        matrix[i, j] = matrix[j, i] = entry["value"]
    tied = ndtr(ndtri(u) @ np.linalg.cholesky(matrix).T)
    for i, sip in enumerate(exported["sips"]):
        found = metalog(sip, tied[:, i])
        sd = sip["metadata"]["sd"]
        assert abs(found.mean() - sip["metadata"]["mean"]) <= 4 * sd / np.sqrt(trials) + 0.01 * sd


def test_published_trials_come_out() -> None:
    """Generator, copula and metalog give the trials of the standard's own example, all digits."""
    matrix = np.eye(4)
    matrix[1, 3] = matrix[3, 1] = 0.75
    seeds = [{"entity": ENTITY, "varId": v, "seed3": 0, "seed4": 0} for v in (4, 5, 6, 7)]
    levels = np.column_stack(
        [layered(seeds, matrix, 3), [hdr(i, ENTITY, 8, 0, 0) for i in (1, 2, 3)]]
    )
    for column, (coefficients, trials) in zip(levels.T, PUBLISHED.values(), strict=True):
        found = terms(column, 5) @ np.array(coefficients)
        assert found == pytest.approx(trials, rel=1e-13)


def test_published_lookups_come_out() -> None:
    """The generator falls between the steps of the example's Poisson law at the trials it names."""
    steps = np.cumsum([np.exp(-0.5) * 0.5**k / np.prod(range(1, k + 1)) for k in range(9)])
    for trial, value in POISSON.items():
        assert np.searchsorted(steps, hdr(trial, ENTITY, 9, 0, 0)) == value


def test_a_library_states_trials_to_check_by(exported: dict[str, Any]) -> None:
    """The first three of each SIP, from the file alone."""
    names = [stream["name"] for stream in exported["U01"]["rng"]]
    seeds = [stream["arguments"] for stream in exported["U01"]["rng"]]
    matrix = np.eye(len(names))
    for entry in exported["globalVariables"][0]["value"]["matrix"]:
        i, j = names.index(entry["row"]), names.index(entry["col"])
        matrix[i, j] = matrix[j, i] = entry["value"]
    levels = layered(seeds, matrix, 3)
    for i, sip in enumerate(exported["sips"]):
        told = [sip["metadata"][f"Trial{trial}"] for trial in (1, 2, 3)]
        assert told == pytest.approx(metalog(sip, levels[:, i]).tolist())


def texts(found: Any, *keys: str) -> bool:
    """Each of these keys is there and holds text."""
    return all(isinstance(found[key], str) for key in keys)


def test_the_schema_of_the_format_is_met(exported: dict[str, Any]) -> None:
    """What multi-lib-schema-2021-08-19.json asks of each part: keys that are there, and kinds."""
    assert texts(exported, "name", "dateCreated", "version", "provenance")
    for variable in exported["globalVariables"]:
        assert texts(variable, "name")
        assert all(isinstance(name, str) for name in variable["value"]["columns"])
        assert variable["value"]["rows"] == variable["value"]["columns"]
        for entry in variable["value"]["matrix"]:
            assert texts(entry, "row", "col")
            assert isinstance(entry["value"], float)
    for stream in exported["U01"]["rng"]:
        assert texts(stream, "name", "function")
        assert texts(stream["arguments"], "counter")
        seeds = [stream["arguments"][key] for key in ("entity", "varId", "seed3", "seed4")]
        assert all(type(seed) is int for seed in seeds)
    for copula in exported["U01"]["copula"]:
        assert texts(copula, "name", "function")
        assert texts(copula["arguments"]["correlationMatrix"], "type", "value")
        assert all(isinstance(name, str) for name in copula["arguments"]["rng"])
        assert all(isinstance(name, str) for name in copula["copulaLayer"])
    for sip in exported["sips"]:
        assert texts(sip, "name", "function")
        assert texts(sip["ref"], "source", "name", "copulaLayer")
        assert all(isinstance(value, float) for value in sip["arguments"]["aCoefficients"])


def test_the_generator_is_uniform_and_its_streams_apart() -> None:
    """Mean ½, variance 1/12 and correlations 0 within four standard errors; never 0 or 1."""
    n = 20_000
    one = np.array([hdr(i, 1, 1, 0, 0) for i in range(1, n + 1)])
    two = np.array([hdr(i, 1, 2, 0, 0) for i in range(1, n + 1)])
    assert 0 < one.min() < one.max() < 1
    assert abs(one.mean() - 0.5) < 4 * np.sqrt(1 / 12 / n)
    assert abs(one.var() - 1 / 12) < 4 * np.sqrt(1 / 180 / n)
    assert abs(np.corrcoef(one, two)[0, 1]) < 4 / np.sqrt(n)
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 4 / np.sqrt(n)


def test_a_spreadsheet_computes_the_same_trials(
    tmp_path: Path, office: Callable[..., Path]
) -> None:
    """The formula of the documentation, in LibreOffice, gives the program's numbers exactly."""
    import datetime as dt

    from simulator.render.languages import words_of
    from simulator.render.workbook.book import Book
    from simulator.render.workbook.styles import Style

    seeds = ((0, 0), (620613, 0), (9_999_999, 9_999_999))
    cases = [
        (i, v, e, s, t)
        for i in (1, 2, 1000, 1_000_000)
        for v in (1, 9_999_999)
        for e in (1, 9_999_999)
        for s, t in seeds
    ]
    book = Book(
        tmp_path / "x.xlsx", words_of("en"), created=dt.date(2030, 1, 1), title="t", footer="f"
    )
    page = book.page("Page")
    for row, (i, v, e, s, t) in enumerate(cases):
        page.formula(row, 0, GENERATOR.format(i=i, v=v, e=e, s=s, t=t), 0.0, Style())
    book.close()
    found = [row[0] for row in sheets(office(tmp_path / "x.xlsx", "xlsx", tmp_path / "o"))["Page"]]
    # LibreOffice saves fifteen digits; the numerators are whole, so they tell exactly.
    numerators = [round(float(value) * 2**32 - 0.5) for value in found]  # type: ignore[arg-type]
    assert numerators == [round(hdr(i, e, v, s, t) * 2**32 - 0.5) for i, v, e, s, t in cases]


def test_a_metalog_of_a_known_law_is_met(tmp_path: Path) -> None:
    """A logistic law is a metalog of two terms: its scale and middle come back."""
    y = (np.arange(20_000) + 0.5) / 20_000
    found = fit(3.0 + 2.0 * np.log(y / (1 - y)))
    assert found.ok
    assert found.quantile(LEVELS) == pytest.approx(3 + 2 * np.log(LEVELS / (1 - LEVELS)), abs=0.02)


def test_terms_stand_in_the_order_of_the_paper() -> None:
    """Keelin (2016), equation 6: 1, L, cL, c, c², c²L, c³, c³L."""
    y = np.array([0.3])
    logit, c = np.log(0.3 / 0.7), -0.2
    wanted = [1, logit, c * logit, c, c**2, c**2 * logit, c**3, c**3 * logit]
    assert terms(y, 8)[0] == pytest.approx(wanted)


def test_a_constant_and_a_lump_are_told_apart() -> None:
    """A constant is met; a law that is mostly one value is not, and says so."""
    assert fit(np.full(100, 5.0)).ok
    lump = np.concatenate([np.zeros(700), np.linspace(1, 2, 300)])
    assert not fit(lump).ok


def test_correlations_of_sums_are_made_regular() -> None:
    """A sum of two others leaves the matrix singular; it is drawn together just enough."""
    generator = np.random.default_rng(1)
    a, b = generator.normal(size=(2, 5000))
    matrix = correlations([a, b, a + b, np.full(5000, 1.0)])
    np.linalg.cholesky(matrix)
    assert matrix[0, 2] == pytest.approx(1 / np.sqrt(2), abs=0.05)
    assert matrix[0, 3] == 0


def test_what_no_metalog_meets_is_left_out_and_said(small_run: Run, tmp_path: Path) -> None:
    """Receipts that come or do not are a lump; a note names them, and the raw SIPs have them."""
    options = ExportOptions("sipmath", tmp_path / "x.json", draws=100)
    found = export([str(small_run.folder)], options)
    assert "xb_receipts_eur_2031_2032" in {note.key for note in found.notes}
    raw = json.loads(found.files[1].read_text(encoding="utf-8"))
    assert "xb_receipts_eur_2031_2032" in {sip["name"] for sip in raw["sips"]}


def test_the_same_result_gives_the_same_library(small_run: Run) -> None:
    """No clock and no chance in it."""
    assert library([Stored.of(small_run)]) == library([Stored.of(small_run)])
