"""Put the figures of `make statistics`, `make soak` and `make fuzz` into docs/validation.md.

    make validation

Everything between the two marks of the page is written from benchmarks/validation/*.json; what
stands around it is kept. A test compares the page with the files.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "validation.md"
FOLDER = ROOT / "benchmarks" / "validation"
BEGIN, END = "<!-- figures -->\n", "<!-- end -->\n"
SPACE = "\u00a0"
SAMPLERS = ("sobol", "lhs", "random")
Found = dict[str, Any]


def grouped(number: float, digits: int = 0) -> str:
    """A number in groups of three."""
    return f"{number:,.{digits}f}".replace(",", SPACE)


def table(heads: list[str], rows: list[list[str]], left: int = 1) -> Iterator[str]:
    """A table of Markdown; numbers stand to the right."""
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * left + "---:|" * (len(heads) - left)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def chance(p: float) -> str:
    """A p-value: two decimals, or its first digit where that would be nothing."""
    return f"{p:.2f}" if p >= 0.005 else f"{p:.1g}"


def judged(found: Found) -> str:
    """What Holm's procedure says of a part."""
    wrong = found["rejected"]
    verdict = "rejected: " + "; ".join(wrong) if wrong else "none is rejected"
    return f"{found['tests']} tests, smallest p {found['smallest']:.2g}: {verdict}."


def made(found: Found) -> str:
    """When and with what."""
    return f"{found['date']}, Python {found['python']}"


def laws(found: Found) -> Iterator[str]:
    """Laws of numbers: three questions of each, for each sampler."""
    yield "### Laws of numbers"
    yield ""
    yield (
        f"Shape: one draw of each of {grouped(found['scramblings'])} scramblings against the "
        "distribution written a second time, by Anderson-Darling (discrete laws: chi-square). Mean "
        f"and variance: {grouped(found['draws'])} draws in {found['runs']} runs, against closed "
        f"forms, by Student's t over scramblings. {judged(found)} ({made(found)}.)"
    )
    yield ""
    questions = ("shape", "mean", "variance")
    heads = ["law", *(f"{s}: {q}" for s in SAMPLERS for q in questions)]
    rows = [
        [law, *(chance(found["groups"][q][law][s]) for s in SAMPLERS for q in questions)]
        for law in found["groups"]["shape"]
    ]
    yield from table(heads, rows)
    within = found["groups"]["shape within runs"]
    smallest = min(p["random"] for p in within.values())
    yield (
        "Numbers are p-values: in a right program evenly spread between 0 and 1. For `random` the "
        f"{found['runs']} runs of each of {len(within)} continuous laws are also tested one by "
        "one, and their p-values for being evenly spread themselves: the smallest p of these is "
        f"{smallest:.2f}."
    )
    yield ""


def rates(found: Found) -> Iterator[str]:
    """Laws of rates and prices."""
    yield "### Laws of exchange and inflation"
    yield ""
    yield (
        "Monthly averages and yearly surprises against their distributions in closed form (a "
        "Brownian bridge's average; Student-t; for `bootstrap` the mixture of the first month), "
        f"{grouped(found['scramblings'])} independent draws each. {judged(found)} ({made(found)}.)"
    )
    yield ""
    (rows,) = found["groups"].values()
    cells = [[name, *(chance(p[s]) for s in SAMPLERS)] for name, p in rows.items()]
    yield from table(["law", *SAMPLERS], cells)


def ties(found: Found) -> Iterator[str]:
    """Correlation and independence."""
    yield "### Correlation asked, independence of streams"
    yield ""
    yield (
        "Two independent draws of a pair with correlation ρ are concordant with probability "
        "½ + asin(ρ)/π, under the Gaussian and the Student copula; normal scores have the mean "
        "product ρ. Streams: names that differ by a digit, a space, an accent that looks the same; "
        "their components, the same name under the next seed, neighbouring scramblings; all pairs, "
        f"the farthest by Bonferroni's bound. {judged(found)} ({made(found)}.)"
    )
    yield ""
    rows = [
        [group, name, *(chance(p[s] if s in p else p["all"]) for s in SAMPLERS)]
        for group, names in found["groups"].items()
        for name, p in names.items()
    ]
    yield from table(["question", "of what", *SAMPLERS], rows, left=2)


def nets(found: Found) -> Iterator[str]:
    """Elementary intervals."""
    yield "### Digital nets"
    yield ""
    total = sum(kind["intervals"] for kind in found["kinds"].values())
    yield (
        f"Every elementary interval of the scrambled points of {found['seeds']} seeds is counted: "
        f"{grouped(total)} intervals, {found['missed']} not hit exactly as often as they must be "
        "(once in one and two dimensions; t = 1 in three, 2 points in each; t = 3 in four, 8 "
        f"points in each). ({made(found)}.)"
    )
    yield ""
    rows = [
        [
            kind,
            grouped(one["nets"]),
            grouped(one["intervals"]),
            str(one.get("missed", 0)),
        ]
        for kind, one in found["kinds"].items()
    ]
    yield from table(["points, dimensions", "nets", "intervals", "missed"], rows)


def repeats(found: Found) -> Iterator[str]:
    """Equal draws."""
    yield "### Repeated draws"
    yield ""
    yield (
        "Whole draws (two components, 104 bits) never repeat, nor do single uniforms within a "
        "scrambling or hypercube. Among all single uniforms, which have 52 bits (`lhs`: 20 within "
        "a stratum), some equal ones are due by the birthday paradox, and as many are found: "
        f"{judged(found)} ({made(found)}.)"
    )
    yield ""
    rows = [
        [
            sampler,
            grouped(one["draws"]),
            str(one["vectors"]),
            f"{one['within']} of {grouped(one['within_draws'])}" if one["within_draws"] else "–",
            str(one["singles"]),
            f"{one['expected']:.2f}",
        ]
        for sampler, one in sorted(
            found["samplers"].items(), key=lambda pair: SAMPLERS.index(pair[0])
        )
    ]
    heads = ["sampler", "draws", "draws that repeat", "uniforms within a scrambling"]
    yield from table([*heads, "equal uniforms", "due by chance"], rows)


SHOWN = ("rate", "net", "contribution", "contribution_own")
WORDS = {
    "rate": "CHF per USD",
    "net": "net, CHF",
    "contribution": "contribution of the UN, CHF",
    "contribution_own": "contribution of the UN, USD",
}


def opinion(sheet: Found, other: Found) -> Iterator[str]:
    """The same budget by other means."""
    yield "### A second opinion of a stochastic budget"
    yield ""
    if "missing" in sheet or "missing" in other:
        yield f"Not measured: {sheet.get('missing') or other.get('missing')}"
        yield ""
        return
    farthest = max(sheet["by_draw"].values())
    yield (
        f"`scenarios/base.toml` as a spreadsheet of formulas ({sheet['by']}, "
        f"{grouped(sheet['rows'])} rows): given the same draws the program's cascade agrees with "
        f"every row, the largest relative difference is {farthest:.0e}. As distributions, "
        f"{sheet['figures']} means and percentiles lie within {sheet['worst']:.1f} standard errors "
        f"of the program's ({grouped(sheet['draws'])} draws). Written again with {other['by']}, "
        f"its laws and its generator ({grouped(other['rows'])} draws), {other['figures']} figures "
        f"lie within {other['worst']:.1f} standard errors; the farthest is the "
        f"{other['where']}. ({made(other)}.)"
    )
    yield ""
    rows = []
    for key, one in other["table"].items():
        what, _, period = key.partition(", ")
        statistic, _, name = what.partition(" of ")
        if name in SHOWN and len(period) > 4:
            digits = 4 if name == "rate" else 0
            mine, its = (grouped(one[side], digits) for side in ("sim", "other"))
            sheets = grouped(sheet["table"][key]["other"], digits)
            rows.append([f"{WORDS[name]}, {period}", statistic, mine, sheets, its])
    yield from table(["what", "statistic", "`sim`", "spreadsheet", "OpenTURNS"], rows, left=2)


def soak(found: Found) -> Iterator[str]:
    """Random budgets."""
    yield "### Random budgets"
    yield ""
    broken = found["broken"]
    yield (
        f"{grouped(found['scenarios'])} scenarios were drawn in {found['minutes']:.0f} minutes, "
        f"{grouped(found['refused'])} of them refused with a reason. Of the others, every output "
        f"of {found['checked_draws']} draws and of the central case equals the slow second "
        f"implementation's, and runs of {grouped(found['draws'])} draws have the same bytes in one "
        "thread, in two, and after being stopped and gone on with: "
        + (f"{len(broken)} broke a promise" if broken else "none broke a promise")
        + f". ({made(found)}.)"
    )
    yield ""
    for what in found.get("mended", []):
        yield f"Found and mended: {what}."
        yield ""


def fuzz(found: Found) -> Iterator[str]:
    """Hostile inputs."""
    yield "### Hostile inputs"
    yield ""
    wrong = "; ".join(f"{count} × {what}" for what, count in found["found"].items())
    yield (
        f"{grouped(found['inputs'])} malformed or hostile inputs in {found['minutes']:.0f} "
        f"minutes: {wrong or 'none'} ended in a traceback, hung, took a gibibyte or changed a file "
        f"that it was not asked to write. The slowest took {found['slowest_seconds']:.1f} s of "
        f"processor time, the largest process {grouped(found['peak_mebibytes'])} MiB. "
        f"({made(found)}.)"
    )
    yield ""
    codes = ("0", "1", "2", "3")
    rows = [
        [name, *(grouped(one.get(code, 0)) for code in codes)]
        for name, one in found["codes"].items()
    ]
    heads = ["input", "done (0)", "failed check (1)", "wrong input (2)", "environment (3)"]
    yield from table(heads, rows)
    for one in found.get("mended", []):
        yield f"Found by {one['of']} ({one['date']}), and mended since:"
        yield ""
        yield from (f"- {count} × {what}" for what, count in one["found"].items())
        yield ""
    for what in found.get("not_counted", []):
        yield f"Not counted: {what}."
        yield ""


def guided(found: Found) -> Iterator[str]:
    """Inputs that find their way."""
    yield "### Inputs that find their way"
    yield ""
    wrong = [text for one in found["readers"].values() for text in one["found"]]
    yield (
        f"With [atheris](https://github.com/google/atheris), which keeps what reaches new code, "
        f"{found['seconds']} seconds a reader, by the same rules: "
        f"{'; '.join(wrong) or 'nothing was found'}. ({made(found)}.)"
    )
    yield ""
    rows = [
        [name, grouped(one["inputs"]), grouped(one["reached_first"]), grouped(one["reached"])]
        for name, one in found["readers"].items()
    ]
    yield from table(["reader", "inputs", "edges at first", "edges at last"], rows)


def figures(statistics: Found, more: dict[str, Found]) -> str:
    """The part between the marks."""
    lines = [*laws(statistics["laws"]), *rates(statistics["rates"]), *ties(statistics["ties"])]
    lines += nets(statistics["nets"])
    if "repeats" in statistics:
        lines += repeats(statistics["repeats"])
    lines += opinion(statistics["spreadsheet"], statistics["openturns"])
    for name, write in (("soak", soak), ("fuzz", fuzz), ("guided", guided)):
        if name in more:
            lines += write(more[name])
    return "\n".join(lines)


def refreshed(page: str) -> str:
    """The page with the figures that are stored."""
    found = {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")
    }
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}{figures(found.pop('statistics'), found)}{END}{tail}"


def main() -> int:
    """Write the page."""
    PAGE.write_text(refreshed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"docs/{PAGE.name}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
