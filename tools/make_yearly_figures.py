"""Make `simulator/history/yearly.csv`: yearly figures of currencies and prices, from public data.

    python tools/make_yearly_figures.py FOLDER

FOLDER holds `fx_chf_monthly_fed.csv` (monthly averages of daily rates) and `cpi_annual_wb.csv`
(consumer prices); neither is part of this repository. Per currency and year the table has

    mean_rate      units for one US dollar: the geometric mean of the year's monthly averages
    mean_product   the mean over the year's months of the product of two currencies' monthly log
                   changes against the US dollar; with itself, the mean square
    inflation      of consumer prices over the year before, as a fraction; `other` is the country

`months` counts the months that a value rests on. Products run without a hole from the month in
which currencies float to the first month of daily rates, whose change those rates cannot give: the
first year has its last months, the last year its first. What follows for other home currencies is
worked out in `simulator/history/yearly.py`.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from itertools import combinations_with_replacement
from math import exp, fsum, log
from pathlib import Path

from simulator.history.csv_rates import read_rates
from simulator.history.rates import RateSource
from simulator.units import Month, months_between

RATES, PRICES = "fx_chf_monthly_fed.csv", "cpi_annual_wb.csv"
AGAINST = "USD"
FIRST_CHANGE, LAST_CHANGE = Month(1973, 6), Month(1999, 1)
LAST_YEAR = 1998  # of mean rates: daily rates have the years after
TARGET = Path(__file__).parents[1] / "simulator" / "history" / "yearly.csv"
HEADER = ("year", "kind", "currency", "other", "value", "months", "source", "licence")

RATES_SOURCE = "US Federal Reserve H.10/G.5 via datasets/exchange-rates fa7d949, own calculation"
EURO_SOURCE = f"{RATES_SOURCE}; EUR is DEM/1.95583"
RATES_LICENCE = "public domain; PDDL-1.0"
PRICES_SOURCE = "World Bank, World Development Indicators, via datasets/cpi 3750e45"
PRICES_LICENCE = "CC-BY-4.0; PDDL-1.0"

Row = tuple[int, str, str, str, float, int, str, str]


def rate_rows(rates: RateSource) -> Iterator[Row]:
    """Mean rates and mean products of every currency against the dollar."""
    currencies = sorted(rates.currencies - {AGAINST})
    logs = {currency: log_rates(rates, currency) for currency in currencies}
    for currency in currencies:
        for year in sorted({month.year for month in logs[currency] if month.year <= LAST_YEAR}):
            inside = [value for month, value in logs[currency].items() if month.year == year]
            source = EURO_SOURCE if currency == "EUR" else RATES_SOURCE
            mean = exp(fsum(inside) / len(inside))
            yield year, "mean_rate", currency, AGAINST, mean, len(inside), source, RATES_LICENCE
    changes = {currency: changes_of(values) for currency, values in logs.items()}
    for one, other in combinations_with_replacement(currencies, 2):
        source = EURO_SOURCE if "EUR" in (one, other) else RATES_SOURCE
        for year in range(FIRST_CHANGE.year, LAST_CHANGE.year + 1):
            first, last = max(FIRST_CHANGE, Month(year, 1)), min(LAST_CHANGE, Month(year, 12))
            months = list(months_between(first, last))
            products = [changes[one][month] * changes[other][month] for month in months]
            mean = fsum(products) / len(months)
            yield year, "mean_product", one, other, mean, len(months), source, RATES_LICENCE


def log_rates(rates: RateSource, currency: str) -> dict[Month, float]:
    """Logs of the monthly averages, units of the currency for one dollar, until `LAST_CHANGE`."""
    series = rates.series(currency, AGAINST)
    if series is None:
        raise SystemExit(f"{RATES}: {currency} is not tied to {AGAINST}")
    return {month: log(one.rate) for month, one in series.averages.items() if month <= LAST_CHANGE}


def changes_of(logs: dict[Month, float]) -> dict[Month, float]:
    """Log changes from the month before."""
    return {
        month: value - logs[month.plus(-1)] for month, value in logs.items()
        if month.plus(-1) in logs
    }  # fmt: skip


def inflation_rows(path: Path) -> Iterator[Row]:
    """Inflation of every country and year, as a fraction."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["currency"], int(row["year"])))
    for row in rows:
        year, currency, country = int(row["year"]), row["currency"], row["country"]
        value = float(row["inflation_pct"]) / 100
        yield year, "inflation", currency, country, value, 12, PRICES_SOURCE, PRICES_LICENCE


def table(folder: Path) -> str:
    """The text of the table; values have nine significant digits."""
    lines = [",".join(HEADER)]
    rows = [*rate_rows(read_rates(folder / RATES)), *inflation_rows(folder / PRICES)]
    for year, kind, currency, other, value, months, source, licence in rows:
        cells = (str(year), kind, currency, other, f"{value:.9g}", str(months))
        lines.append(",".join([*cells, f'"{source}"', f'"{licence}"']))
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the table; the exit code."""
    if len(sys.argv) != 2:
        print(f"the folder with {RATES} and {PRICES} is wanted", file=sys.stderr)
        return 2
    text = table(Path(sys.argv[1]))
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET.name}: {text.count(chr(10)) - 1} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
