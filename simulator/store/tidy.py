"""Tables of rows, one file each: Parquet or CSV, as the ending of the name says.

A column holds texts, whole numbers or float64; NaN is null in Parquet and an empty cell in CSV.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from simulator.errors import InputError, Problem
from simulator.store.sink import HashingFile

ENDINGS = (".parquet", ".csv")
Kind = Literal["text", "whole", "number"]
Columns = Mapping[str, Kind]
Repeats = Sequence[tuple[str, int]]
"""Texts with how often each is repeated, in order."""

Part = Mapping[str, Any]
"""Arrays of numbers of one length, `Repeats` for texts, by column."""

SLICE = 1 << 16


def refuse_ending(path: Path, option: str = "--out") -> None:
    """Raise InputError when the name does not say which kind of table is wanted."""
    if path.suffix.lower() not in ENDINGS:
        wanted = f"a file name that ends in {' or '.join(ENDINGS)} is wanted"
        raise InputError(Problem(wanted, key=option, value=str(path)[:80]))


class TableWriter:
    """Writes a table part by part; `close` finishes it, `abort` gives it up.

    The file is new (see `single.writing_file` for how it takes the place of another).
    """

    def __init__(
        self, path: Path, columns: Columns, *, csv_file: bool, about: Mapping[str, Any]
    ) -> None:
        self._columns, self._rows = dict(columns), 0
        self._file = HashingFile(path)
        self._csv = csv_file
        if csv_file:
            self._file.write((",".join(_cell(name) for name in columns) + "\n").encode())
        else:
            self._open_parquet(about)

    def _open_parquet(self, about: Mapping[str, Any]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        from simulator.store.arrow import KEY

        types = {
            "text": pa.dictionary(pa.int32(), pa.string()),
            "whole": pa.int64(),
            "number": pa.float64(),
        }
        text = json.dumps(dict(about), sort_keys=True, separators=(",", ":"))
        schema = pa.schema(
            [(name, types[kind]) for name, kind in self._columns.items()],
            metadata={KEY: text.encode()},
        )
        texts = [name for name, kind in self._columns.items() if kind == "text"]
        self._parquet = pq.ParquetWriter(
            self._file,
            schema,
            compression="lz4",  # half the time of zstd, 7 % larger
            use_dictionary=texts,
            write_page_checksum=True,
        )

    def write(self, part: Part) -> None:
        """Some rows: arrays of numbers of one length, texts with how often they repeat."""
        if self._csv:
            self._write_csv(part)
        else:
            self._write_parquet(part)

    def _write_parquet(self, part: Part) -> None:
        import pyarrow as pa

        from simulator.store.arrow import floats, from_numpy, strings

        arrays = []
        for name, kind in self._columns.items():
            values = part[name]
            if kind == "text":
                known, places = _places(values)
                arrays.append(pa.DictionaryArray.from_arrays(from_numpy(places), strings(known)))
            elif kind == "whole":
                arrays.append(from_numpy(np.ascontiguousarray(values, dtype=np.int64)))
            else:
                arrays.append(floats(np.ascontiguousarray(values, dtype=np.float64)))
        table = pa.Table.from_arrays(arrays, schema=self._parquet.schema)
        self._parquet.write_table(table)
        self._rows += table.num_rows

    def _write_csv(self, part: Part) -> None:
        columns: list[Sequence[Any] | npt.NDArray[Any]] = []
        for name, kind in self._columns.items():
            values = part[name]
            if kind == "text":
                known, places = _places(values)
                shown = [_cell(word) for word in known]
                columns.append([shown[place] for place in places.tolist()])
            else:
                columns.append(np.asarray(values))
        count = len(columns[0])
        for start in range(0, count, SLICE):
            pieces = [_shown(column[start : start + SLICE]) for column in columns]
            text = "\n".join(",".join(row) for row in zip(*pieces, strict=True))
            self._file.write((text + "\n").encode())
        self._rows += count

    def close(self) -> None:
        """Finish the file."""
        if not self._csv:
            self._parquet.close()
        self._file.finish(self._rows)

    def abort(self) -> None:
        """Give the file up; after `close` nothing happens."""
        self._file.abandon()


def _places(repeats: Repeats) -> tuple[list[str], npt.NDArray[np.int32]]:
    known = {word: i for i, word in enumerate(dict.fromkeys(word for word, _ in repeats))}
    places = np.repeat(
        np.array([known[word] for word, _ in repeats], dtype=np.int32),
        [count for _, count in repeats],
    )
    return list(known), places


def _cell(text: str) -> str:
    """A text as a CSV cell, quoted where it must be."""
    if not text:
        return ""  # alone on a line it would be quoted
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([text])
    return line.getvalue()


def _shown(values: Any) -> list[str]:  # noqa: ANN401 - numbers of any kind, or shown texts
    if isinstance(values, list):
        return values
    return ["" if isinstance(v, float) and math.isnan(v) else repr(v) for v in values.tolist()]


def write_tidy(
    path: Path, target: Path, rows: Sequence[Mapping[str, Any]], about: Mapping[str, Any]
) -> None:
    """Write rows with the same keys to `path`; the ending of `target` says as what.

    The first row's values tell the kinds; a column of whole and other numbers is of numbers.
    """
    columns: dict[str, Kind] = {}
    part: dict[str, Any] = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        if any(isinstance(value, str) for value in values):
            columns[name], part[name] = "text", [("" if v is None else str(v), 1) for v in values]
        elif all(isinstance(value, int) for value in values):
            columns[name], part[name] = "whole", np.array(values, dtype=np.int64)
        else:
            numbers = [math.nan if value is None else float(value) for value in values]
            columns[name], part[name] = "number", np.array(numbers)
    writer = TableWriter(path, columns, csv_file=target.suffix.lower() == ".csv", about=about)
    try:
        writer.write(part)
        writer.close()
    except BaseException:
        writer.abort()
        raise
