"""`sim plot`: one picture of a stored result, as SVG or PNG for a slide, or in characters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import InputError, Problem, did_you_mean
from simulator.render.languages import LANGUAGES
from simulator.runs.options import result_folder
from simulator.runs.recorded import record_files
from simulator.store.result import Run, read_run
from simulator.store.seal import SEALED, seal
from simulator.store.single import refuse_existing, writing_file

if TYPE_CHECKING:
    from rich.text import Text

USES: Mapping[str, tuple[str, ...]] = {
    "fan": ("--output", "--stage"),
    "distribution": ("--output", "--period", "--stage"),
    "tornado": ("--output",),
    "waterfall": ("--output", "--period"),
    "stages": ("--output", "--period"),
    "inflows": (),
}
"""Pictures, and which of the options that choose what is shown each one uses."""

FORMATS, TEXT = ("svg", "png", "text"), "text"
IN_TEXT = ("fan", "distribution", "tornado")
LEAST_WIDTH, MOST_WIDTH = 240, 4000
LEAST_COLUMNS, MOST_COLUMNS = 40, 500
SCALE = 2.0
"""Pixels of a PNG for one of its width: slides are shown on dense screens."""


@dataclass(frozen=True, slots=True)
class PlotOptions:
    """What is asked for; None and "" leave the choice to the picture.

    `width` is in pixels, or in characters for text.
    """

    what: str = "fan"
    to: str = "svg"
    out: Path | None = None
    output: str = ""
    period: str = ""
    stage: str = ""
    lang: str = "en"
    width: int | None = None
    dark: bool = False
    force: bool = False


def plot(results: Sequence[str], options: PlotOptions) -> Path:
    """Draw a picture into a file, whole or not at all; returns the file.

    Raises InputError, with every problem, before anything is drawn, and EnvironmentFault when the
    extra `report` is missing.
    """
    from simulator.render.charts.picture import png, svg
    from simulator.runs.plot_charts import specification

    runs = opened(results, options)
    names = "+".join(dict.fromkeys(run.manifest.scenario for run in runs))
    out = options.out or Path(f"{names[:80]}-{options.what}.{options.to}")
    refuse_existing(out, force=options.force)
    spec = specification(runs, options)
    data = png(spec, SCALE) if options.to == "png" else f"{svg(spec)}\n".encode()
    with writing_file(out, force=options.force) as place:
        place.write_bytes(data)
        if out.suffix.lower() in SEALED:
            seal(place, [run.manifest.identity for run in runs], archive=False)
    record_files("plot", [out], runs)
    return out


def plot_lines(
    results: Sequence[str], options: PlotOptions, width: int, *, ascii_only: bool
) -> list[Text]:
    """The picture in characters, in lines of at most `width` or what the options say."""
    from simulator.runs.plot_charts import drawn_lines

    runs = opened(results, options)
    return drawn_lines(runs[0], options, options.width or width, ascii_only=ascii_only)


def opened(results: Sequence[str], options: PlotOptions) -> list[Run]:
    """The results, once everything that was asked for can be had."""
    problems = [*_problems(options)]
    if options.what in USES:
        wanted = 2 if options.what == "waterfall" else 1
        if len(results) != wanted:
            words = "two results are wanted" if wanted == 2 else "one result is wanted"
            remedy = "name the baseline first, then the other" if wanted == 2 else ""
            value = " ".join(results)
            problems.append(Problem(f"{words} for a {options.what}", "RESULT", value, remedy))
    if problems:
        raise InputError(problems)
    return [read_run(result_folder(result)) for result in results]


def _problems(options: PlotOptions) -> list[Problem]:
    """Everything that is wrong with what was asked for, whatever the results are."""
    found: list[Problem] = []
    for key, value, known in (
        ("--what", options.what, tuple(USES)),
        ("--to", options.to, FORMATS),
        ("--lang", options.lang, LANGUAGES),
    ):
        if value not in known:
            wanted = f"one of {', '.join(known)} is wanted"
            found.append(Problem(wanted, key, value, did_you_mean(value, known)))
    return found or [*_unused(options), *_in_text(options), *_width(options), *_ending(options)]


def _unused(options: PlotOptions) -> list[Problem]:
    given = {"--output": options.output, "--period": options.period, "--stage": options.stage}
    return [
        Problem(f"a {options.what} does not use this", key, value, "leave it out")
        for key, value in given.items()
        if value and key not in USES[options.what]
    ]


def _in_text(options: PlotOptions) -> list[Problem]:
    """A picture in characters has the colours of the terminal, English words, and no file."""
    if options.to != TEXT:
        return []
    found: list[Problem] = []
    if options.what not in IN_TEXT:
        wanted = f"with --to text, one of {', '.join(IN_TEXT)} is wanted"
        found.append(Problem(wanted, "--what", options.what, "use --to svg"))
    given = {
        "--dark": "yes" if options.dark else "",
        "--lang": options.lang if options.lang != "en" else "",
        "--out": str(options.out or ""),
        "--force": "yes" if options.force else "",
    }
    remedy = "leave it out, or use --to svg"
    for key, value in given.items():
        if value:
            found.append(Problem("--to text does not use this", key, value, remedy))
    return found


def _width(options: PlotOptions) -> list[Problem]:
    text = options.to == TEXT
    least, most = (LEAST_COLUMNS, MOST_COLUMNS) if text else (LEAST_WIDTH, MOST_WIDTH)
    if options.width is None or least <= options.width <= most:
        return []
    unit = "characters" if text else "pixels"
    wanted = f"a number of {unit} from {least} to {most} is wanted"
    return [Problem(wanted, "--width", str(options.width))]


def _ending(options: PlotOptions) -> list[Problem]:
    if options.out is None or options.to == TEXT or options.out.suffix.lower() == f".{options.to}":
        return []
    wanted = f"a file name that ends in .{options.to} is wanted"
    return [Problem(wanted, "--out", str(options.out))]
