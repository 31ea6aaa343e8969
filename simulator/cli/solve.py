"""`sim solve`: which value of a key gives what is asked?"""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.finding import deliver, folder_named
from simulator.cli.options import whole
from simulator.cli.run import display_of


def solve(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A scenario file (TOML), or a result.")
    ],
    key: Annotated[str, typer.Option("--for", metavar="KEY", help="The key that is sought.")],
    such_that: Annotated[
        str, typer.Option(metavar="CONDITION", help='What is asked, "p95(OUTPUT) <= 31e6".')
    ],
    low: Annotated[
        float | None,
        typer.Option(
            "--from", metavar="A", help="Where the range begins; default: around its value."
        ),
    ] = None,
    high: Annotated[float | None, typer.Option("--to", metavar="B", help="Where it ends.")] = None,
    pareto: Annotated[
        str | None,
        typer.Option(metavar="KEY=VALUES", help="For each value of another key, first:last:step."),
    ] = None,
    draws: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Draws at each value.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(parser=whole, metavar="N", help="Default: one a processor.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the answer for the workbook and the report.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say only what is wrong.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Seek the value of a key for which a statistic of an output is what is asked.

    The range is scanned and every place where the condition begins or ends to hold is closed in
    on, all on the same draws. Exit code 1 when no value in the range does.

    \b
    Examples:
      sim solve FILE --for rates.eur_per_usd.budget --such-that "contribution_usd.A@proposed = 30e6"
      sim solve FILE --for inflows.psc_rate --such-that "p5(psc_income_eur) >= 2e6"
    """
    from simulator.errors import CheckFailed
    from simulator.runs.findings import about
    from simulator.runs.grid import parse_axis
    from simulator.runs.named import scenario_named
    from simulator.runs.options import RunOptions
    from simulator.runs.solve import SolveAsk, frontier
    from simulator.runs.solve import solve as sought
    from simulator.runs.solve_words import frontier_finding, solve_finding
    from simulator.scenario.conditions import parse

    options = RunOptions(draws=draws, threads=threads)
    scenario = scenario_named(file, options)
    ask = SolveAsk(key, parse(such_that), low, high, options.thread_count())
    other = parse_axis(pareto) if pareto is not None else None
    with display_of(quiet=quiet) as display:
        if display is not None:
            display.next(scenario.name)

        def told(_: int) -> None:
            """Each simulation counts for itself; how many there will be is not known before."""

        if other is None:
            solved = sought(scenario, ask, told)
            finding = solve_finding(scenario, ask, solved)
            none = not solved.answers and not ask.condition.holds(solved.tried[0].found.value)
        else:
            found = frontier(scenario, ask, other, told)
            finding = frontier_finding(scenario, ask, other, found)
            none = not any(solved.answers for _, solved in found)
    deliver(about(finding, file), quiet=quiet, json=json, keep=keep, result=folder_named(file))
    if none:
        raise CheckFailed(f"no value of {key} in the range gives {ask.condition}")
    return 0
