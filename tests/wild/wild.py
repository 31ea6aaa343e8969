"""Random budgets: valid scenarios that use every key now and then, each told by a number.

The same number gives the same scenario. What holds for any of them is in `promises`.
"""

from __future__ import annotations

import json
import random
from datetime import date
from typing import Any

Tree = dict[str, Any]
HOME = "EUR"
CURRENCIES = {"USD": 0.9, "GBP": 1.16, "CHF": 0.95, "JPY": 0.0062, "DKK": 0.1341}
DRAWN = ("random_walk", "student_walk", "blended", "ou", "bootstrap")
SHARES = {1: ["1"], 2: ["1/3", "2/3"], 3: ["0.25", "1/4", "0.5"], 4: ["3/10", "0.2", "1/4", "1/4"]}


class Wild:
    """One random scenario."""

    def __init__(self, number: int) -> None:
        self.r = random.Random(number)  # noqa: S311 - not for secrets
        r = self.r
        first = r.choice([2029, 2031, 2032])
        self.years = list(range(first, first + r.choice([1, 2, 2, 3, 4])))
        self.known = self._known_on()
        self.pairs = [
            f"{HOME.lower()}_per_{c.lower()}" for c in r.sample(list(CURRENCIES), r.randint(0, 4))
        ]
        self.prices = r.sample(["euro", "rents"], r.randint(0, 2))
        self.law = r.choice([*DRAWN, *DRAWN, "fixed", "path"]) if self.pairs else ""
        self.tree: Tree = {
            "name": f"wild-{number}",
            "title": f"Budget {number}, drawn at random",
            "known_on": self.known,
            "budget": {
                "organization": "Example",
                "currency": HOME,
                "unit": r.choice([1, 1000, 1000]),
                "years": self.years,
                "cell": r.choice([0.1, 1, 0.01]),
            },
        }
        self._staff()
        self._lines()
        self._parents()
        self._rates()
        self._inflation()
        self._inflows()
        self._correlation()
        self.tree["sampling"] = {
            "seed": r.randrange(2**40),
            "draws": 256,
            "sampler": r.choice(["sobol", "sobol", "lhs", "random"]),
            "replicates": r.choice([1, 2, 3, 4, 8, 13]),
        }

    # --- Numbers ---

    def some(self, chance: float = 0.5) -> bool:
        return self.r.random() < chance

    def near(self, centre: float, part: float) -> float:
        return round(centre * self.r.uniform(1 - part, 1 + part), 6)

    def number(self, centre: float, part: float, *, low: float | None = None) -> Any:
        """A number that is known or follows a law around a centre, cut from below where asked."""
        r, spread = self.r, abs(centre) * part or part
        a, b = round(centre - 2 * spread, 6), round(centre + 3 * spread, 6)
        if low is not None:
            a = max(a, low)
        c = round(min(max(centre, a), b), 6)
        kinds: list[Tree] = [
            {"value": c},
            {"normal": {"mean": c, "sd": round(spread, 6)}},
            {"pert": {"min": a, "mode": c, "max": b}},
            {"triangular": {"min": a, "mode": c, "max": b}},
            {"uniform": {"min": a, "max": b}},
            {"beta": {"alpha": 2, "beta": 3.5, "min": a, "max": b}},
            {"discrete": {"values": [a, c, b], "weights": [1, 2, 1]}},
            {"empirical": {"values": [c, b, c, round((a + c) / 2, 6)]}},
        ]
        if c - spread > 0:
            kinds.append({"lognormal": {"median": c, "log_sd": round(min(0.5, part), 6)}})
        if low is None:
            kinds.append({"p10": a, "p50": round((a + b) / 2.1 + 0.01 * spread, 6), "p90": b})
        found = r.choice(kinds)
        if low is not None and ("normal" in found or "lognormal" in found):
            found["min"] = low
        return c if "value" in found and self.some() else found

    # --- Parts ---

    def _known_on(self) -> date:
        """Before the period, or in it."""
        r, first = self.r, self.years[0]
        if self.some(0.6):
            return date(first - 1, r.choice([3, 8, 10]), r.choice([1, 15, 28]))
        return date(r.choice(self.years[:2]), r.choice([2, 3, 7, 11]), r.choice([1, 15, 28]))

    def _staff(self) -> None:
        r = self.r
        names = ["expert", "support", "temporary"][: r.randint(1, 3)]
        self.categories: Tree = {}
        grades: Tree = {}
        for name in names:
            budgeted = round(r.uniform(0, 0.1), 3)
            category: Tree = {"budgeted_vacancy": budgeted}
            if self.some(0.8):
                category["vacancy"] = {
                    "normal": {"mean": budgeted, "sd": 0.01}, "min": 0, "max": 1,
                } if self.some() else {"beta": {"alpha": 3, "beta": 60}}  # fmt: skip
            if self.some():
                category["delayed_recruitment"] = r.choice(
                    [
                        0.4,
                        {"uniform": {"min": 0.25, "max": 0.75}},
                        {"beta": {"alpha": 2, "beta": 3}},
                    ]
                )
            if self.some():
                category["standard_cost_error"] = {"normal": {"mean": 0, "sd": 0.01}}
            self._weights(category)
            self.categories[name] = category
            for i in range(r.randint(1, 3)):
                grades[f"{name[0].upper()}-{i}"] = {
                    "category": name,
                    "standard_cost": self.near(120, 0.4),
                }
        self.tree |= {"categories": self.categories, "grades": grades}
        self.funds = r.sample(["core", "field"], r.randint(0, 2))
        self.has_inflows = self.some(0.7)
        paid = [*self.funds, *(["XB"] if self.has_inflows else [])]
        if not paid:
            self.funds = paid = ["core"]
        posts = [
            {"office": office, "fund": fund, "grade": grade, "posts": r.randint(1, 9)}
            for fund in paid
            for office in ("Here", "There")[: r.randint(1, 2)]
            for grade in grades
        ]
        self.tree["posts"] = posts
        changes: list[Tree] = []
        for post in r.sample(posts, min(len(posts), r.randint(0, 3))):
            kind = r.choice(["new", "abolished", "delayed_impact", "moved", "reclassified"])
            change = {**post, "change": kind, "posts": 1}
            if kind == "moved":
                change["from_office"] = "Elsewhere"
            if kind == "reclassified":
                others = [grade for grade in grades if grade != post["grade"]]
                if not others:
                    continue
                change["from_grade"] = r.choice(others)
            changes.append(change)
        if changes:
            self.tree["post_changes"] = changes

    def _weights(self, holder: Tree) -> None:
        """Exposure to rates and prices."""
        used = [pair for pair in self.pairs if self.some(0.3)][:2]
        if used:
            holder["exposure"] = {pair: round(self.r.uniform(0.05, 0.4), 3) for pair in used}
        weights = [name for name in self.prices if self.some(0.4)]
        if weights:
            holder["inflation"] = {n: round(self.r.uniform(-0.3, 1.3), 3) for n in weights}

    def _recosting(self) -> Tree:
        return {str(year): round(self.r.uniform(0.98, 1.04), 6) for year in self.years}

    def _growth(self) -> list[Tree]:
        return [
            {"name": f"item {i}", "amount": round(self.r.uniform(-30, 30), 2)}
            for i in range(self.r.randint(0, 3))
        ]

    def _lines(self) -> None:
        lines: Tree = {f"staff-{fund}": self._staff_line(fund) for fund in self.funds}
        for i in range(self.r.randint(0 if lines else 1, 4)):
            lines[f"line-{i}"] = self._other_line()
        self._use_everything(lines)
        self.tree["lines"] = lines
        income = {
            f"income-{i}": {"estimate": self.number(60, 0.1, low=0)}
            for i in range(self.r.randint(0, 3))
        }
        if income:
            self.tree["income"] = income

    def _staff_line(self, fund: str) -> Tree:
        line: Tree = {"kind": "posts", "fund": fund}
        if self.some():
            line["appropriation"] = self.near(2000, 0.3)
            line |= {"growth": items} if (items := self._growth()) else {}
        if self.some(0.8):
            line["recosting"] = self._recosting()
        if self.some():
            line["standard_cost_scale"] = self._recosting()
        self._weights(line)
        return line

    def _other_line(self) -> Tree:
        line: Tree = {"kind": "non_posts", "appropriation": self.near(900, 0.8)}
        line |= {"growth": items} if (items := self._growth()) else {}
        if self.some(0.8):
            line["recosting"] = self._recosting()
        if self.some():
            line["price_error"] = self.number(0, 0.02)
        self._weights(line)
        return line

    def _use_everything(self, lines: Tree) -> None:
        """What no line or category uses would be refused: the last line uses it."""
        last = next(reversed(lines.values()))
        holders = [*lines.values(), *self.categories.values()]
        for pair in self.pairs:
            if not any(pair in holder.get("exposure", {}) for holder in holders):
                last.setdefault("exposure", {})[pair] = 0.05
        for name in self.prices:
            if not any(name in holder.get("inflation", {}) for holder in holders):
                last.setdefault("inflation", {})[name] = 1

    def _policy(self, pair: str) -> Any:
        rate = CURRENCIES[pair[-3:].upper()]
        kind = self.r.choice(["recosted", "budget_rate", "forward", "split", "split"])
        if kind == "forward":
            rates = {str(year): self.near(rate, 0.05) for year in self.years}
            return {"kind": kind, "cover": round(self.r.random(), 2), "rates": rates}
        if kind == "split":
            part = self.r.choice(["1/3", "0.4", "0", "1/4"])
            rest = self.r.choice(["budget_rate", "recosted"])
            return {"kind": kind, "in_budget_currency": part, "rest": rest}
        return kind

    def _parents(self) -> None:
        shares = self.r.choice(list(SHARES.values()))
        parents: Tree = {}
        for name, share in zip("ABCD", shares, strict=False):
            pair = self.r.choice([*self.pairs, ""])
            parents[name] = {
                "share": share,
                "assessed_in": pair[-3:].upper() if pair else HOME,
                "policy": self._policy(pair) if pair else "own_currency",
            }
            if self.some(0.3):
                parents[name]["round_to"] = self.r.choice([100, 1000])
        self.tree["parents"] = parents

    def _months(self) -> list[str]:
        """From the December before the period to the month in which it was known."""
        found, year, month = [], self.years[0] - 1, 12
        while (year, month) <= (self.known.year, self.known.month):
            found.append(f"{year}-{month:02d}")
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        return found

    def _rates(self) -> None:
        if not self.pairs:
            return
        rates: Tree = {}
        for pair in self.pairs:
            level = CURRENCIES[pair[-3:].upper()]
            rates[pair] = {"budget": self.near(level, 0.03), "start": self.near(level, 0.05)}
            observed = {month: self.near(level, 0.05) for month in self._months()}
            if observed:
                rates[pair]["observed"] = observed
        anchors = [pair for pair in self.pairs if not pair.endswith(("dkk", "jpy"))]
        if "eur_per_dkk" in rates and anchors and self.some():
            anchor = self.r.choice(anchors)
            ratio = round(self.r.uniform(0.1, 0.2), 4)
            budget = round(ratio * rates[anchor]["budget"], 6)
            rates["eur_per_dkk"] = {"budget": budget, "pegged": {"to": anchor, "ratio": ratio}}
        self.tree["rates"] = rates
        self.moving = [pair for pair in self.pairs if "pegged" not in rates[pair]]
        self.tree["exchange"] = {"law": self.law, **getattr(self, f"_{self.law}")()}
        if self.some(0.3):
            year = self.r.choice(self.years)
            event: Tree = {
                "name": "shock",
                "date": date(year, self.r.randint(1, 12), self.r.randint(1, 28)),
                "change": round(self.r.uniform(-0.2, 0.2), 3),
            }
            if self.some():
                event["rates"] = [self.r.choice(self.moving)]
            if event["date"] > self.known:
                self.tree["events"] = [event]

    def _moving(self) -> Tree:
        per = self.r.choice(["month", "year", "day"])
        sd = {"month": 0.025, "year": 0.08, "day": 0.005}[per]
        found: Tree = {
            "per": per,
            "measured_on": self.r.choice(["averages", "ends"]),
            "volatility": {pair: self.near(sd, 0.5) for pair in self.moving},
        }
        if self.some(0.3):
            found["start_error"] = {self.moving[0]: 0.01}
        return found

    def _random_walk(self) -> Tree:
        return self._moving()

    def _student_walk(self) -> Tree:
        return {**self._moving(), "degrees_of_freedom": self.r.choice([3, 5, 8])}

    def _blended(self) -> Tree:
        return {
            **self._moving(),
            "degrees_of_freedom": self.r.choice([4, 8]),
            "view": self.r.choice([0, 0.5, 1]),
            "half_life_months": self.r.choice([24, 60]),
            "inflation_differential": {
                p: round(self.r.uniform(-0.02, 0.02), 4) for p in self.moving
            },
            "real_gap": {p: round(self.r.uniform(-0.2, 0.2), 4) for p in self.moving},
        }

    def _ou(self) -> Tree:
        towards = {pair: self.near(CURRENCIES[pair[-3:].upper()], 0.1) for pair in self.moving}
        return {**self._moving(), "towards": towards, "half_life_months": self.r.choice([6, 24])}

    def _bootstrap(self) -> Tree:
        count = self.r.choice([12, 24, 37])
        changes = {
            pair: [round(self.r.gauss(0, 0.02), 5) for _ in range(count)] for pair in self.moving
        }
        return {
            "changes": changes,
            "block_months": self.r.choice([1, 3, 12]),
            "measured_on": self.r.choice(["averages", "ends"]),
        }

    def _fixed(self) -> Tree:
        return {"at": self.r.choice(["start", "budget"])}

    def _path(self) -> Tree:
        found: Tree = {}
        for pair in self.moving:
            level = CURRENCIES[pair[-3:].upper()]
            years = [self.known.year, *range(self.known.year + 1, self.years[-1] + 1)]
            found[pair] = {str(year): self.near(level, 0.1) for year in years}
            if self.some() and self.years[-1] > self.known.year:
                found[pair][f"{self.years[-1]}-06"] = self.near(level, 0.1)
        return {"rates": found}

    def _inflation(self) -> None:
        laws: Tree = {}
        for name in self.prices:
            law: Tree = {"law": "ar1", "sd": round(self.r.uniform(0, 0.015), 4)}
            if self.some():
                law |= {"persistence": round(self.r.uniform(0, 0.9), 2), "start": 0.01}
            if self.some(0.4):
                law["degrees_of_freedom"] = self.r.choice([3, 5])
            if self.some(0.4):
                law["centre"] = {
                    str(year): round(self.r.uniform(0, 0.03), 4) for year in self.years
                }
            laws[name] = law
        if laws:
            self.tree["inflation"] = laws

    def _inflows(self) -> None:
        if not self.has_inflows:
            return
        r = self.r
        currencies = [HOME, *(pair[-3:].upper() for pair in self.pairs)]
        inflows: Tree = {"stated_in": r.choice(currencies), "psc_rate": round(r.uniform(0, 0.2), 3)}
        if self.funds:
            inflows["priced_as"] = f"staff-{r.choice(self.funds)}"
        windows = {name: {} for name in ("open", "tied")[: r.randint(1, 2)]}
        if self.some():
            inflows["spending_lag_months"] = self.number(6, 0.5, low=0)
        if self.some():
            inflows["unspent_before"] = self.near(300, 0.5)
        if self.some(0.3):
            inflows["psc_balance"] = self.near(50, 0.5)
        if self.some(0.3):
            inflows["planned"] = {str(year): self.near(900, 0.3) for year in self.years}
        if self.some(0.4):
            inflows["regions"] = {"Upper delta": 0.35, "Coast": round(r.random(), 2)}
        if self.some(0.4):
            inflows["deliverables"] = {
                "maps": {"planned": 7},
                "surveys": {"planned": 40, "xb_share": 0.75},
            }
        for window in windows.values():
            if self.some(0.3):
                window["delay_months"] = self.number(3, 0.5, low=0)
            if self.some(0.3):
                window["spending_lag_months"] = self.number(4, 0.5, low=0)
        pledges = self._pledges(list(windows), currencies)
        self.tree |= {"inflows": inflows, "windows": windows, "pledges": pledges}

    def _pledges(self, windows: list[str], currencies: list[str]) -> list[Tree]:
        r, found = self.r, []
        for i in range(r.randint(len(windows), 5)):
            due = r.sample(self.years, r.randint(1, len(self.years)))
            pledge: Tree = {
                "name": f"p{i}",
                "window": windows[i] if i < len(windows) else r.choice(windows),
                "currency": r.choice(currencies),
                "amount": self.number(500, 0.2, low=0),
                "stage": r.choice(["signed", "pledged", "under_negotiation"]),
                "received": {str(year): round(0.9 / len(due), 3) for year in sorted(due)},
            }
            if self.some(0.6):
                pledge["probability"] = r.choice([0, 0.3, 0.75, 1])
            if self.some():
                pledge["delay_months"] = self.number(5, 0.8, low=0)
            found.append(pledge)
        return found

    def _correlation(self) -> None:
        """One common cause with random weights: such a matrix is always valid."""
        factors = [f"rates.{pair}" for pair in getattr(self, "moving", [])]
        if self.law not in DRAWN:
            factors = []
        factors += [
            f"lines.{name}.price_error"
            for name, line in self.tree["lines"].items()
            if isinstance(line.get("price_error"), dict) and "value" not in line["price_error"]
        ]
        if len(factors) < 2 or self.some(0.3):
            return
        weights = {name: self.r.uniform(-0.85, 0.85) for name in factors}
        matrix: Tree = {}
        for i, one in enumerate(factors):
            for other in factors[:i]:
                matrix.setdefault(one, {})[other] = round(weights[one] * weights[other], 3)
        self.tree["correlation"] = {"matrix": matrix}
        if self.some(0.3):
            self.tree["correlation"]["copula"] = {"kind": "student", "df": self.r.choice([3, 8])}
        if self.some():
            self.tree["correlation"]["order"] = self.r.sample(factors, len(factors))

    def text(self) -> str:
        """The scenario as a file."""
        return "".join(f"{json.dumps(k)} = {inline(v)}\n" for k, v in self.tree.items())


def inline(value: Any) -> str:
    """A value of TOML on one line."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{json.dumps(str(k))} = {inline(v)}" for k, v in value.items())
        return "{ " + pairs + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.8f}".rstrip("0") + ("0" if value == int(value) else "")
    return json.dumps(value) if isinstance(value, str) else str(value)
