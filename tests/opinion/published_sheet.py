"""The published page as formulas over inputs: every printed figure of a scenario, by its id.

Written from DESIGN of the cascade as docs/model.md describes it and from the scenario's files,
read without the program. Cells are whole numbers of tenths, so that halves are halves.
"""

from __future__ import annotations

import ast
import csv
from pathlib import Path
from typing import Any

from formulas import List, Number
from slow_file import centre, exact, half_up, load, share_of, years_of
from xlsxwriter import Workbook

OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


class PublishedSheet:
    """Inputs, cascade and published figures of one scenario, in three sheets."""

    def __init__(self, book: Workbook, path: Path) -> None:
        self.file = load(path)
        self.years = years_of(self.file)
        self.inputs = List(book, "Inputs")
        self.cells = List(book, "Cascade")
        self.ties = List(book, "Ties")
        assert exact(self.file["budget"]["cell"]) * 10 == 1
        self._lines()
        self._income()
        self._totals()
        self._parents()
        self._posts(book)
        with (path.parent / self.file["published"]).open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                self._tie(row)

    def number(self, name: str, value: Any) -> str:
        """An input, put into the sheet once."""
        return self.inputs[name] if name in self.inputs else self.inputs.put(name, exact(value))

    # --- The cascade, in tenths ---

    def _row(self, row: str, given: dict[str, str], years: list[str]) -> None:
        """A row: what is given, its years, and the columns that follow."""
        for column, formula in given.items():
            self.cells.put(f"{row} {column}", formula)
        for year, formula in zip(self.years, years, strict=True):
            self.cells.put(f"{row} {year}", formula)
        whole = self.cells.total(f"{row} {year}" for year in self.years)
        self.cells.put(f"{row} estimate", whole)
        self.cells.put(f"{row} recosting", f"{self.cells[f'{row} estimate']}-{self._at(row)}")
        growth, before = (self.cells[f"{row} {c}"] for c in ("growth", "appropriation"))
        self.cells.put(f"{row} growth_percent", f"100*{growth}/{before}")

    def _at(self, row: str) -> str:
        return self.cells[f"{row} before"]

    def _lines(self) -> None:
        for name, line in self.file["lines"].items():
            at = f"lines.{name}"
            old = self.number(f"{at}.appropriation", line["appropriation"])
            items = [
                self.number(f"{at}.growth.{item['name']}", item["amount"])
                for item in line.get("growth", [])
            ]
            more = "+".join(items) or "0"
            factors = ""
            years = []
            for year in self.years:
                factors += "*" + self.number(f"{at}.recosting.{year}", line["recosting"][str(year)])
                years.append(f"ROUND(10*({old}+{more})/{len(self.years)}{factors},0)")
            given = {
                "appropriation": f"ROUND(10*{old},0)",
                "growth": f"ROUND(10*({more}),0)",
                "before": f"ROUND(10*({old}+{more}),0)",
            }
            self._row(name, given, years)

    def _income(self) -> None:
        (name, income), *more = self.file["income"].items()
        assert not more
        old = self.number(f"income.{name}.appropriation", income["appropriation"])
        now = self.inputs.put(f"income.{name}.estimate", centre(income["estimate"]))
        given = {
            "appropriation": f"ROUND(10*{old},0)",
            "before": f"ROUND(10*{now},0)",
            "growth": f"ROUND(10*{now},0)-ROUND(10*{old},0)",
        }
        self._row("income", given, [f"ROUND(10*{now}/{len(self.years)},0)"] * len(self.years))

    def _totals(self) -> None:
        columns = ("appropriation", "growth", "before")
        labels = [str(year) for year in self.years]

        def added(column: str) -> str:
            return self.cells.total(f"{name} {column}" for name in self.file["lines"])

        self._row("total", {c: added(c) for c in columns}, [added(c) for c in labels])

        def net(column: str) -> str:
            return f"{self.cells[f'total {column}']}-{self.cells[f'income {column}']}"

        self._row("net", {c: net(c) for c in columns}, [net(c) for c in labels])

    def _parents(self) -> None:
        for name, parent in self.file["parents"].items():
            share = share_of(parent)
            over = self.inputs.put(f"parents.{name}.share, over", share.numerator)
            under = self.inputs.put(f"parents.{name}.share, under", share.denominator)

            def part(column: str, over: str = over, under: str = under) -> str:
                """The share of a cell, halves up, in whole numbers."""
                return f"INT((2*{self.cells[f'net {column}']}*{over}+{under})/(2*{under}))"

            given = {c: part(c) for c in ("appropriation", "before")}
            given["growth"] = f"{self.cells['net growth']}*{over}/{under}"
            self._row(name, given, [part(str(year)) for year in self.years])

    # --- Posts ---

    def _posts(self, book: Workbook) -> None:
        """A row for each entry of the lists, and what each change has to be undone by."""
        sheet = book.add_worksheet("Posts")
        rows: list[tuple[str, str, Number, str]] = []
        for post in self.file["posts"]:
            mark = "mended" if post.get("reconciliation") == "true" else "chart"
            rows.append((post["fund"], post["grade"], exact(post["posts"]), mark))
        for change in self.file["post_changes"]:
            count, kind = exact(change["posts"]), change["change"]
            sign = 1 if kind == "abolished" else -1
            if kind != "delayed_impact":
                rows.append((change["fund"], change["grade"], sign * count, "undone"))
            if kind in ("moved", "reclassified"):
                rows.append((change["fund"], change["from_grade"], count, "undone"))
        for at, (fund, grade, count, mark) in enumerate(rows):
            sheet.write_row(
                at, 0, [fund, grade, self.file["grades"][grade]["category"], float(count), mark]
            )
        self._last_post = len(rows)

    def _count(self, asked: dict[str, str]) -> str:
        marks = {"current": ("chart", "mended"), "prior": ("chart", "mended", "undone")}
        chosen = marks.get(asked.pop("at", "current"), ("chart",))
        where = {"fund": "A", "grade": "B", "category": "C"}
        columns = {c: f"Posts!${c}$1:${c}${self._last_post}" for c in "ABCDE"}
        tests = "".join(f',{columns[where[key]]},"{value}"' for key, value in asked.items())
        parts = [f'SUMIFS({columns["D"]}{tests},{columns["E"]},"{mark}")' for mark in chosen]
        return "(" + "+".join(parts) + ")"

    # --- Published figures ---

    def _tie(self, row: dict[str, str]) -> None:
        value = self._formula(ast.parse(row["rule"], mode="eval").body)
        quantum = row["quantum"] or "1"
        self.ties.put(row["id"], f"ROUND(({value})/{quantum},0)*{quantum}")

    def _formula(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.BinOp):
            left, right = self._formula(node.left), self._formula(node.right)
            return f"({left}){OPERATORS[type(node.op)]}({right})"
        assert isinstance(node, ast.Call)
        assert isinstance(node.func, ast.Name)
        if node.func.id == "percent_change":
            new, old = (self._formula(argument) for argument in node.args)
            return f"100*(({new})-({old}))/({old})"
        words = [str(ast.literal_eval(argument)) for argument in node.args]
        named = {str(k.arg): ast.literal_eval(k.value) for k in node.keywords}
        if node.func.id == "posts":
            return self._count(named)
        return str(getattr(self, f"_{node.func.id}_of")(*words))

    def _cell_of(self, row: str, column: str, year: str = "") -> str:
        cell = self.cells[f"{row} {year or column}"]
        return cell if column == "growth_percent" else f"({cell}/10)"

    def _item_of(self, line: str, name: str) -> str:
        return self.inputs[f"lines.{line}.growth.{name}"]

    def _income_of(self, _: str, column: str) -> str:
        return self._cell_of("income", column)

    def _figure_of(self, group: str, name: str) -> str:
        return self.number(f"figures.{group}.{name}", self.file["figures"][group][name])

    def _total_of_of(self, group: str) -> str:
        names = self.file["figures"][group]
        return "(" + "+".join(self._figure_of(group, name) for name in names) + ")"

    def _region_of(self, name: str) -> str:
        return self.number(f"regions.{name}", self.file["inflows"]["regions"][name])

    def _deliverable_of(self, name: str, _: str = "") -> str:
        planned = self.file["inflows"]["deliverables"][name]["planned"]
        return self.number(f"deliverables.{name}", planned)

    def _budget_rate_of(self, pair: str) -> str:
        return self.number(f"rates.{pair}.budget", self.file["rates"][pair]["budget"])

    def _contribution_of(self, parent: str, currency: str, period: str) -> str:
        column = period if period.isdigit() else "estimate"
        whole = f"{self.cells[f'{parent} {column}']}*100"  # tenths of a thousand
        home = self.file["budget"]["currency"]
        if currency == home:
            return whole
        rate = self._budget_rate_of(f"{home.lower()}_per_{currency.lower()}")
        step = self.number(f"parents.{parent}.round_to", self.file["parents"][parent]["round_to"])
        return f"ROUND({whole}/{rate}/{step},0)*{step}"

    def _inflows_of(self, currency: str) -> str:
        home = self.file["budget"]["currency"]
        terms = []
        for pledge in self.file["pledges"]:
            at = f"pledges.{pledge['name']}"
            parts = [x for year, x in pledge["received"].items() if int(year) in self.years]
            if not parts:
                continue
            due = "+".join(self.number(f"{at}.received.{i}", part) for i, part in enumerate(parts))
            if f"{at}.amount" not in self.inputs:
                self.inputs.put(f"{at}.amount", centre(pledge["amount"]))
            chance = self.number(f"{at}.probability", pledge.get("probability", 1))
            rate = "1"
            if pledge["currency"] != home:
                rate = self._budget_rate_of(f"{home.lower()}_per_{pledge['currency'].lower()}")
            terms.append(f"{chance}*{self.inputs[f'{at}.amount']}*({due})*{rate}")
        over = (
            "1"
            if currency == home
            else self._budget_rate_of(f"{home.lower()}_per_{currency.lower()}")
        )
        return f"({'+'.join(terms)})/{over}"


__all__ = ["PublishedSheet", "half_up"]
