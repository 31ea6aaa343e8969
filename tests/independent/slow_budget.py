"""The regular budget of one draw at one stage: lines, net, contributions and policies."""

from __future__ import annotations

from slow_file import ByYear, Columns, File, exact, share_of, unit_of, years_of
from slow_published import Published, budget_rate, new_costs, pair_of, standard_costs
from slow_stages import Seen


def exposure(file: File, holder: File, seen: Seen, year: int) -> float:
    """What the part of a cost that is fixed in other currencies does to it."""
    factor = 1.0
    for pair, part in holder.get("exposure", {}).items():
        moved = seen.rates[pair][year] / float(budget_rate(file, pair)) - 1
        factor += float(exact(part)) * moved
    return factor


def prices(file: File, holder: File, seen: Seen, year: int) -> float:
    """The price level: every surprise up to the year stays in it."""
    level = 1.0
    for name, weight in holder.get("inflation", {}).items():
        for earlier in years_of(file):
            if earlier <= year:
                level *= 1 + float(exact(weight)) * seen.surprises[name][earlier]
    return level


def posts_cost(file: File, published: Published, seen: Seen, line_name: str, fund: str) -> ByYear:
    """The posts of a fund, priced as the posts line `line_name` is."""
    line = file["lines"].get(line_name, {})
    full, new = standard_costs(file, line, fund), new_costs(file, line, fund)
    cost = {}
    for year in years_of(file):
        total = 0.0
        for name, category in file["categories"].items():
            filled = float(full[name][year])
            if year == years_of(file)[0]:
                filled -= float(new[name][year]) * seen.delay[name]
            budgeted = float(exact(category.get("budgeted_vacancy", 0)))
            total += (
                filled
                * prices(file, category, seen, year)
                * (1 + seen.cost_error[name])
                * (1 - seen.vacancy[name][year])
                / (1 - budgeted)
                * exposure(file, category, seen, year)
            )
        cost[year] = total * unit_of(file)
        if line_name:  # left open: where no line has posts, standard costs are not recosted
            error = seen.price_error[line_name]
            cost[year] *= line_factor(file, published, seen, line_name, year, error)
    return cost


def line_factor(
    file: File, published: Published, seen: Seen, name: str, year: int, error: float
) -> float:
    """From old prices to those of the year: recosting, price error, surprises and rates."""
    line = file["lines"][name]
    return (
        float(published.index[name][year])
        * (1 + error)
        * prices(file, line, seen, year)
        * exposure(file, line, seen, year)
    )


def regular_budget(file: File, published: Published, seen: Seen) -> Columns:
    """Rates, lines, totals and contributions of every year, as seen at one stage."""
    years, currency = years_of(file), file["budget"]["currency"].lower()
    columns: Columns = {f"rate.{pair}": dict(seen.rates[pair]) for pair in seen.rates}
    for name, law in file.get("inflation", {}).items():
        if "centre" in law:
            columns[f"inflation.{name}"] = {
                year: float(exact(law["centre"][str(year)])) + seen.surprises[name][year]
                for year in years
            }
    kinds = {kind: dict.fromkeys(years, 0.0) for kind in ("posts", "non_posts")}
    for name, line in file["lines"].items():
        if line["kind"] == "posts":
            amounts = posts_cost(file, published, seen, name, line["fund"])
        else:
            amounts = {
                year: float(published.before[name][year])
                * unit_of(file)
                * line_factor(file, published, seen, name, year, seen.price_error[name])
                for year in years
            }
        columns[f"line_{currency}.{name}"] = amounts
        for year in years:
            kinds[line["kind"]][year] += amounts[year]
    total = {year: kinds["posts"][year] + kinds["non_posts"][year] for year in years}
    income = {year: sum(part[year] for part in seen.income.values()) for year in years}
    net = {year: total[year] - income[year] for year in years}
    columns[f"posts_{currency}"] = kinds["posts"]
    columns[f"non_posts_{currency}"] = kinds["non_posts"]
    columns[f"total_{currency}"] = total
    columns[f"income_{currency}"] = income
    columns[f"net_{currency}"] = net
    for name in file["parents"]:
        columns |= contribution(file, published, seen, name, net)
    return columns


def contribution(file: File, published: Published, seen: Seen, name: str, net: ByYear) -> Columns:
    """What a parent owes, and what its policy leaves with the organization."""
    years, parent, unit = years_of(file), file["parents"][name], unit_of(file)
    currency, own = file["budget"]["currency"], parent["assessed_in"]
    owed = {year: float(share_of(parent)) * net[year] for year in years}
    columns: Columns = {f"contribution_{currency.lower()}.{name}": owed}
    if own == currency:
        return columns
    pair = pair_of(file, own)
    at_budget = float(budget_rate(file, pair))
    policy = parent["policy"]
    if isinstance(policy, str):
        policy = {"kind": policy}
    kind, inside = policy["kind"], 0.0
    if kind == "split":
        kind = policy.get("rest", "budget_rate")
        inside = float(share_of({"share": policy["in_budget_currency"]}))

    amounts: ByYear = {}
    gain, balance = dict.fromkeys(years, 0.0), dict.fromkeys(years, 0.0)
    here: ByYear = {}
    there: ByYear = {}
    for year in years:
        rate = seen.rates[pair][year]
        fixed = float(published.contribution[name][year]) * unit / at_budget
        if kind == "recosted":
            amount = owed[year] / rate
        elif kind == "budget_rate":
            amount = fixed
        elif kind == "forward":
            cover = float(exact(policy["cover"]))
            forward = float(exact(policy["rates"][str(year)]))
            amount = cover * owed[year] / forward + (1 - cover) * owed[year] / rate
        else:
            raise ValueError(f"policy {kind} in another currency")
        here[year], there[year] = inside * owed[year], (1 - inside) * amount
        amounts[year] = here[year] / rate + there[year]
        if kind == "budget_rate":
            gain[year] = (1 - inside) * fixed * (rate - at_budget)
            balance[year] = (1 - inside) * (fixed * rate - owed[year])
    columns[f"contribution_{own.lower()}.{name}"] = amounts
    columns[f"exchange_gain_{currency.lower()}.{name}"] = gain
    columns[f"balance_{currency.lower()}.{name}"] = balance
    if policy["kind"] == "split":
        columns[f"paid_{currency.lower()}.{name}"] = here
        columns[f"paid_{own.lower()}.{name}"] = there
    return columns
