"""A footer too long to be held is read in parts, and says the same."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from simulator.errors import InputError
from simulator.store import chapters, joined, parquet
from simulator.store.footer import MARK_OF_LONG, Found, footer_of, is_sealed
from simulator.store.parquet import ColumnsReader, ColumnsWriter, iter_column
from simulator.tables import Column, Float64

COLUMNS = tuple(Column(f"c{i}", "EUR", "an amount", f"c{i}") for i in range(4))
PERIODS = ("2031", "2032", "2031-2032")
GROUP, DRAWS = 16, 1000
SPANS = 63


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small row groups, and a few of them at a time."""
    monkeypatch.setattr(parquet, "ROW_GROUP_DRAWS", GROUP)
    monkeypatch.setattr(chapters, "CHAPTER", 30)


def values(draws: int = DRAWS) -> dict[str, Float64]:
    """What is stored: no two numbers are the same."""
    table = np.arange(draws * len(PERIODS), dtype=np.float64).reshape(draws, len(PERIODS))
    return {column.name: table + i / 8 for i, column in enumerate(COLUMNS)}


def written(path: Path, monkeypatch: pytest.MonkeyPatch, long: int, draws: int = DRAWS) -> Path:
    """A file whose footer is read in parts from `long` bytes on."""
    monkeypatch.setattr(joined, "LONG", long)
    writer = ColumnsWriter(path, "draws", COLUMNS, PERIODS)
    writer.write(0, draws, values(draws))
    writer.close({"name": "base"})
    return path


@pytest.fixture(name="path")
def _path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return written(tmp_path / "long.parquet", monkeypatch, 1)


def test_every_value_is_read(path: Path) -> None:
    """Every column and period, in pieces, whole, and one draw."""
    wanted = values()
    with ColumnsReader(path) as reader:
        assert reader.contents.rows == DRAWS * len(PERIODS)
        assert reader.columns == COLUMNS
        for name, (i, period) in itertools.product(wanted, enumerate(PERIODS)):
            assert np.array_equal(reader.column(name, period), wanted[name][:, i])
        for draw in (999, 0, 500, GROUP, GROUP - 1):
            found = reader.draw(draw, ["c3", "c1"], "2032")
            assert found == {name: wanted[name][draw, 1] for name in ("c3", "c1")}
    pieces = [len(piece) for piece in iter_column(path, "c0")]
    assert pieces == [GROUP] * 62 + [DRAWS - 62 * GROUP]


def test_only_some_row_groups_are_known_at_a_time(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the period that is read, five here: 30 columns of six."""
    seen: list[int] = []
    opened = chapters.pq.ParquetFile

    def counting(source: object, metadata: pq.FileMetaData, **options: bool) -> pq.ParquetFile:
        seen.append(metadata.num_row_groups)
        return opened(source, metadata=metadata, **options)

    monkeypatch.setattr(chapters.pq, "ParquetFile", counting)
    with ColumnsReader(path) as reader:
        assert reader.contents.metadata.num_row_groups == 0
        reader.column("c2", "2032")
        assert sum(seen) == SPANS
        assert max(seen) == 5
        seen.clear()
        reader.column("c2", "2032", limit=1)
        assert seen == [5]


def test_other_readers_see_one_file(path: Path) -> None:
    """The index stands where they do not look; the rest is as in a short file."""
    table = pq.read_table(path)
    assert table.num_rows == DRAWS * len(PERIODS)
    assert np.array_equal(np.sort(table.column("c1").to_numpy()), values()["c1"].ravel())
    assert pq.read_metadata(path).num_row_groups == SPANS * len(PERIODS)


def test_a_short_footer_has_no_index(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages and footer are the same bytes; only what stands between differs."""
    short = written(tmp_path / "short.parquet", monkeypatch, 1 << 20)
    found, other = footer_of(path), footer_of(short)
    assert isinstance(found, Found)
    assert isinstance(other, Found)
    assert len(found.places) == SPANS * len(PERIODS) + 1
    assert other.places == ()
    long_bytes, short_bytes = path.read_bytes(), short.read_bytes()
    assert long_bytes[found.start :] == short_bytes[other.start :]
    index = 8 * (len(found.places) + 1)
    assert found.start - other.start == index
    assert long_bytes[: found.start - index - 36] == short_bytes[: other.start - 36]


def test_any_flipped_bit_of_the_index_is_found(path: Path) -> None:
    """And of the seal and the footer; three hundred of them are tried."""
    data = path.read_bytes()
    begin = data.rindex(MARK_OF_LONG) - 8 * (SPANS * len(PERIODS) + 2)
    for place in np.linspace(begin, len(data) - 1, 300).astype(int):
        damaged = bytearray(data)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        assert is_sealed(path) is not True


def test_row_groups_of_a_wrong_size_are_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever they are met."""
    monkeypatch.setattr(parquet, "ROW_GROUP_DRAWS", GROUP - 1)
    with pytest.raises(InputError, match="row groups are missing"):
        ColumnsReader(path)
    monkeypatch.setattr(parquet, "ROW_GROUP_DRAWS", GROUP)
    with ColumnsReader(path) as reader:
        rows_of = reader._rows_of
        monkeypatch.setattr(reader._file, "_rows_of", lambda group: rows_of(group) + (group > 100))
        with pytest.raises(InputError, match="of the wrong size"):
            reader.column("c0")


def test_no_draws_are_a_file_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing to count, and nothing to read."""
    path = written(tmp_path / "none.parquet", monkeypatch, 1, draws=0)
    with ColumnsReader(path) as reader:
        assert list(reader.chunks("c0")) == []
        assert reader.contents.groups == 0
