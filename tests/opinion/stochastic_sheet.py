"""The regular budget of every draw as formulas: laws, paths, cascade, means and percentiles.

Written from docs/model.md and the scenario's files, read without the program. Only uniforms are
numbers; they come from Python's own generator, one in each of as many equal parts of (0, 1) as
there are rows, in an order of its own for every column.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from formulas import List, Table
from slow_file import exact, half_up, load, share_of, unit_of, years_of
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

PAIR, PRICES, PARENT, FUND = "chf_per_usd", "swiss", "UN", "RB"
SHOWN = ("rate", "posts", "non_posts", "income", "net", "contribution", "contribution_own")
LEVELS = (0.05, 0.5, 0.95)


class StochasticSheet:
    """Inputs as named cells, a row for each draw, and what is asked of all rows."""

    def __init__(self, book: Workbook, path: Path, rows: int, seed: int) -> None:
        self.file = load(path)
        self.years = years_of(self.file)
        self._random = random.Random(seed)  # noqa: S311
        self.inputs = List(book, "Inputs")
        self.draws = Table(book, "Draws", rows)
        self._here = "Draws!"
        self._rates()
        self._inflation()
        self._numbers()
        self._cascade()
        self._answers(book)

    def number(self, name: str, value: Any) -> str:
        """An input, put into the sheet once."""
        return self.inputs[name] if name in self.inputs else self.inputs.put(name, exact(value))

    def uniform(self, name: str) -> str:
        """A column of uniforms, one in each equal part of (0, 1)."""
        count = self.draws.rows
        places = self._random.sample(range(count), count)
        self.draws.numbers(name, [(place + self._random.random()) / count for place in places])
        return self._cell(name)

    def column(self, name: str, formula: str) -> str:
        """A column of formulas."""
        self.draws.formula(name, formula)
        return self._cell(name)

    def _cell(self, name: str) -> str:
        return self.draws[name].removeprefix(self._here)

    # --- What is drawn ---

    def _rates(self) -> None:
        """log A_t = log S₀ + d_t + σ·m·(Σ_{s<t} e_s + e_t/2 + w_t/√12), m = √(6/χ²₈)."""
        law, rate = self.file["exchange"], self.file["rates"][PAIR]
        assert (law["law"], law["per"], law["measured_on"]) == ("blended", "month", "ends")
        start = self.number("start", rate["start"])
        sd = self.number("volatility", law["volatility"][PAIR])
        df = self.number("degrees_of_freedom", law["degrees_of_freedom"])
        apart = self.number("inflation_differential", law["inflation_differential"][PAIR])
        gap = self.number("real_gap", law["real_gap"][PAIR])
        closed = self.number("gap_closed", law["gap_closed"])
        half = self.number("half_life", law["half_life_months"])
        view = self.number("view", law["view"])
        chi = self.uniform("u scale")
        scale = self.column("scale", f"SQRT(({df}-2)/CHIINV({chi},{df}))")
        known = self.file["known_on"]
        months = (self.years[-1] - known.year) * 12 + 12 - known.month
        before = "0"
        for t in range(months):
            e = self.column(f"e {t}", f"NORMSINV({self.uniform(f'u e {t}')})")
            w = f"NORMSINV({self.uniform(f'u w {t}')})"
            late = f"({t}+0.5)"
            drift = self.inputs.put(
                f"drift {t}",
                f"{view}*(-{apart}*{late}/12+{gap}*{closed}*(1-0.5^({late}/{half})))",
            )
            walk = f"{before}+{e}/2+{w}/SQRT(12)"
            self.column(f"rate {t}", f"EXP(LN({start})+{drift}+{sd}*{scale}*({walk}))")
            before = self.column(f"walk {t}", f"{before}+{e}")
        for i, year in enumerate(self.years):
            first = months - 12 * (len(self.years) - i)
            cells = "+".join(self._cell(f"rate {t}") for t in range(first, first + 12))
            self.column(f"rate, {year}", f"({cells})/12")

    def _inflation(self) -> None:
        """u_y = φ·u_{y−1} + sd·ε_y from the year after the last one published, ε Student-t."""
        law = self.file["inflation"][PRICES]
        sd = self.number("inflation.sd", law["sd"])
        keep = self.number("inflation.persistence", law["persistence"])
        df = self.number("inflation.df", law["degrees_of_freedom"])
        here = self.number("inflation.start", law["start"])
        level = "1"
        for year in range(law["last_published"] + 1, self.years[-1] + 1):
            u = self.uniform(f"u inflation {year}")
            shock = f"_xlfn.T.INV({u},{df})*SQRT(({df}-2)/{df})"
            here = self.column(f"surprise, {year}", f"{keep}*{here}+{sd}*{shock}")
            if year in self.years:
                level = self.column(f"prices, {year}", f"{level}*(1+{here})")

    def _normal(self, name: str, law: Any, column: str) -> None:
        """A normal law, on condition of its bounds where it has some."""
        u = self.uniform(f"u {column}")
        mean = self.number(f"{name}.mean", law["normal"]["mean"])
        sd = self.number(f"{name}.sd", law["normal"]["sd"])
        if "min" in law:
            low = f"NORMSDIST(({self.number(f'{name}.min', law['min'])}-{mean})/{sd})"
            high = f"NORMSDIST(({self.number(f'{name}.max', law['max'])}-{mean})/{sd})"
            low, high = (
                self.inputs[f"{name}.{end}"]
                if f"{name}.{end}" in self.inputs
                else self.inputs.put(f"{name}.{end}", formula)
                for end, formula in (("below", low), ("within", high))
            )
            u = f"{low}+{u}*({high}-{low})"
        self.column(column, f"{mean}+{sd}*NORMSINV({u})")

    def _numbers(self) -> None:
        for name, category in self.file["categories"].items():
            for year in self.years:
                self._normal(f"{name}.vacancy", category["vacancy"], f"vacancy {name}, {year}")
            self._normal(f"{name}.error", category["standard_cost_error"], f"error {name}")
        self._normal("price_error", self.file["lines"]["non_posts"]["price_error"], "price error")
        ((_, income),) = self.file["income"].items()
        low, mode, high = (
            self.number(f"income.{key}", income["estimate"]["pert"][key])
            for key in ("min", "mode", "max")
        )
        shapes = [
            self.inputs.put(f"income.{name}", f"1+4*({one})/({high}-{low})")
            for name, one in (("alpha", f"{mode}-{low}"), ("beta", f"{high}-{mode}"))
        ]
        u = self.uniform("u income")
        self.column("income", f"BETAINV({u},{shapes[0]},{shapes[1]},{low},{high})")

    # --- The cascade, in the unit of the file ---

    def _moved(self, name: str, holder: dict[str, Any], year: int) -> str:
        """What is fixed in dollars, at the year's rate; and the price level."""
        budget = self.number("rate.budget", self.file["rates"][PAIR]["budget"])
        text = "1"
        if holder.get("exposure"):
            part = self.number(f"{name}.exposure", holder["exposure"][PAIR])
            text = f"(1+{part}*({self._cell(f'rate, {year}')}/{budget}-1))"
        if holder.get("inflation"):
            assert exact(holder["inflation"][PRICES]) == 1
            text += f"*{self._cell(f'prices, {year}')}"
        return text

    def _index(self, name: str, year: int) -> tuple[str, str]:
        """A line's yearly amount before recosting, and the printed recosting over it."""
        line = self.file["lines"][name]
        old, more = exact(line["appropriation"]), sum(exact(i["amount"]) for i in line["growth"])
        before = self.number(f"{name}.before", (old + more) / len(self.years))
        factor = exact(1)
        for one in self.years[: self.years.index(year) + 1]:
            factor *= exact(line["recosting"][str(one)])
        amount = (old + more) / len(self.years)
        printed = half_up(amount * factor, exact(self.file["budget"]["cell"]))
        return before, f"{self.number(f'{name}.printed.{year}', printed)}/{before}"

    def _cost(self, category: str, year: int) -> tuple[str, str]:
        """Σ posts × standard cost of a category: all posts, and the new ones of the first year."""
        scale = self.number(
            f"scale.{year}", self.file["lines"]["posts"]["standard_cost_scale"][str(year)]
        )
        grades = self.file["grades"]

        def total(entries: list[dict[str, Any]]) -> Any:
            return sum(
                exact(one["posts"]) * exact(grades[one["grade"]]["standard_cost"])
                for one in entries
                if one["fund"] == FUND and grades[one["grade"]]["category"] == category
            )

        new = [one for one in self.file["post_changes"] if one["change"] == "new"]
        full = self.number(f"{category}.posts", total(self.file["posts"]))
        fresh = self.number(f"{category}.new", total(new))
        return f"{full}*{scale}", f"{fresh}*{scale}"

    def _cascade(self) -> None:
        unit = unit_of(self.file)
        for year in self.years:
            parts = []
            for name, category in self.file["categories"].items():
                full, new = self._cost(name, year)
                delay = self.number(f"{name}.delay", category["delayed_recruitment"])
                filled = f"({full}-{new}*{delay})" if year == self.years[0] else f"({full})"
                budgeted = self.number(f"{name}.budgeted", category["budgeted_vacancy"])
                vacancy, error = self._cell(f"vacancy {name}, {year}"), self._cell(f"error {name}")
                met = f"(1+{error})*(1-{vacancy})/(1-{budgeted})"
                parts.append(f"{filled}*{met}*{self._moved(name, category, year)}")
            _, index = self._index("posts", year)
            posts = self.column(f"posts, {year}", f"{unit}*({'+'.join(parts)})*{index}")
            before, index = self._index("non_posts", year)
            moved = self._moved("non_posts", self.file["lines"]["non_posts"], year)
            error = self._cell("price error")
            non_posts = self.column(
                f"non_posts, {year}", f"{unit}*{before}*{index}*(1+{error})*{moved}"
            )
            income = self.column(
                f"income, {year}", f"{unit}*{self._cell('income')}/{len(self.years)}"
            )
            net = self.column(f"net, {year}", f"{posts}+{non_posts}-{income}")
            share = self.number("share", share_of(self.file["parents"][PARENT]))
            owed = self.column(f"contribution, {year}", f"{share}*{net}")
            self.column(f"contribution_own, {year}", f"{owed}/{self._cell(f'rate, {year}')}")
        for name in SHOWN:
            cells = "+".join(self._cell(f"{name}, {year}") for year in self.years)
            over = len(self.years) if name == "rate" else 1
            self.column(f"{name}, {self.period}", f"({cells})/{over}")

    @property
    def period(self) -> str:
        return f"{self.years[0]}-{self.years[-1]}"

    # --- What is asked of all draws ---

    def _answers(self, book: Workbook) -> None:
        """Mean, sd and percentiles, and the values beside a percentile that tell its density."""
        sheet = book.add_worksheet("Answers")
        sheet.write_row(0, 0, ["what", "count", "mean", "sd", *map(str, self.percentiles())])
        rows = [f"{name}, {label}" for name in SHOWN for label in (*self.years, self.period)]
        for at, name in enumerate(rows, 1):
            first = self._cell(name).removesuffix("#")
            column = f"Draws!${first}$2:${first}${self.draws.rows + 1}"
            sheet.write_string(at, 0, name)
            asked = [f"COUNT({column})", f"AVERAGE({column})", f"STDEV({column})"]
            asked += [f"PERCENTILE({column},{level})" for level in self.percentiles()]
            for place, formula in enumerate(asked, 1):
                sheet.write_formula(f"{xl_col_to_name(place)}{at + 1}", f"={formula}")

    @staticmethod
    def percentiles() -> list[float]:
        return [round(level + step, 2) for level in LEVELS for step in (-0.02, 0, 0.02)]
