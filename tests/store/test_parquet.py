"""Draws and inputs on disk: bit for bit, whatever the blocks; damaged files end in words."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import InputError
from simulator.store.parquet import (
    ROW_GROUP_DRAWS,
    ColumnsReader,
    ColumnsWriter,
    columns_of,
    iter_column,
    read_column,
)
from simulator.tables import Column

PERIODS = ("2031", "2032", "2031-2032")
COLUMNS = (
    Column("net_eur", "EUR", "net, shared by the parents", "net_eur", "last"),
    Column("net_eur@initial", "EUR", "net, shared by the parents", "net_eur", "initial"),
)
IDENTITY = {"identity": "0" * 64, "seed": 0}


def tables(start: int, stop: int) -> dict[str, np.ndarray]:
    """Values that depend on the draw only, with every sign and size, shape (n, 3)."""
    draws = np.arange(start, stop, dtype=np.float64)
    first = np.asfortranarray(np.column_stack([draws, -draws * 1e9 / 7, np.sin(draws)]))
    return {"net_eur": first, "net_eur@initial": np.asfortranarray(first * 1.5 - 1)}


def write(path: Path, cuts: Sequence[int], identity: dict[str, object] = IDENTITY) -> Path:
    """A file of `cuts[-1]` draws, added in blocks that end at the cuts."""
    writer = ColumnsWriter(path, "draws", COLUMNS, PERIODS)
    start = 0
    for stop in cuts:
        writer.write(start, stop - start, tables(start, stop))
        start = stop
    stored = writer.close(identity)
    assert stored.size == path.stat().st_size
    assert stored.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert stored.rows == len(PERIODS) * start
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two row groups a period, the second not full."""
    return write(tmp_path / "draws.parquet", [40_000])


def test_what_was_written_is_read_back_bit_for_bit(file: Path) -> None:
    """Every column and period, across row groups."""
    wanted = tables(0, 40_000)
    for column in COLUMNS:
        for i, period in enumerate(PERIODS):
            found = read_column(file, column.name, period)
            assert found.dtype == np.float64
            assert np.array_equal(found, wanted[column.name][:, i])


def test_the_whole_period_is_read_when_none_is_named(file: Path) -> None:
    """The last period is the whole one."""
    assert np.array_equal(read_column(file, "net_eur"), read_column(file, "net_eur", PERIODS[-1]))


def test_special_numbers_keep_their_bits(tmp_path: Path) -> None:
    """Infinities, NaN with its payload, minus zero and the smallest numbers."""
    odd = np.array([np.inf, -np.inf, np.nan, -0.0, 5e-324, 1.7976931348623157e308])
    writer = ColumnsWriter(tmp_path / "inputs.parquet", "inputs", COLUMNS[:1])
    writer.write(0, len(odd), {"net_eur": odd})
    writer.close(IDENTITY)
    assert read_column(tmp_path / "inputs.parquet", "net_eur").tobytes() == odd.tobytes()


@pytest.mark.parametrize(
    "cuts",
    [
        [1, 2, 70_000],
        [8192 * i for i in range(1, 9)] + [70_000],
        [ROW_GROUP_DRAWS, 2 * ROW_GROUP_DRAWS, 70_000],
        [69_999, 70_000],
    ],
)
def test_bytes_do_not_depend_on_the_blocks(tmp_path: Path, cuts: list[int]) -> None:
    """However the draws are cut, the file is the same."""
    one = write(tmp_path / "one.parquet", [70_000])
    many = write(tmp_path / "many.parquet", cuts)
    assert many.read_bytes() == one.read_bytes()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 40_000), min_size=1, max_size=6))
def test_bytes_do_not_depend_on_any_blocks(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int]
) -> None:
    """The same for any list of block sizes."""
    folder = tmp_path_factory.mktemp("blocks")
    cuts = list(np.cumsum(sizes).tolist())
    one = write(folder / "one.parquet", [cuts[-1]])
    assert write(folder / "many.parquet", cuts).read_bytes() == one.read_bytes()


def test_a_row_group_holds_one_period(file: Path) -> None:
    """Readers of one period skip the row groups of the others, by the statistics."""
    metadata = pq.read_metadata(file)
    assert metadata.num_row_groups == 6
    for i in range(6):
        group = metadata.row_group(i)
        assert group.num_rows == (ROW_GROUP_DRAWS if i < 3 else 40_000 - ROW_GROUP_DRAWS)
        period, draw = group.column(1).statistics, group.column(0).statistics
        assert period.min == period.max == PERIODS[i % 3]
        assert draw.min == (0 if i < 3 else ROW_GROUP_DRAWS)


def test_other_programs_read_it_as_a_plain_table(file: Path) -> None:
    """Draw, period, then outputs; unit, description, output and stage in the field's metadata."""
    table = pq.read_table(file)
    assert table.column_names == ["draw", "period", "net_eur", "net_eur@initial"]
    assert table.num_rows == 3 * 40_000
    assert set(table.column("period").to_pylist()) == set(PERIODS)
    assert table.schema.field("net_eur@initial").metadata == {
        b"unit": b"EUR",
        b"description": b"net, shared by the parents",
        b"output": b"net_eur",
        b"stage": b"initial",
    }


def test_a_file_carries_the_identity_of_its_run(file: Path) -> None:
    """Under the key `sim`, as JSON."""
    about = json.loads(pq.read_metadata(file).metadata[b"sim"])
    assert about["identity"] == "0" * 64
    assert about["draws"] == 40_000
    assert about["periods"] == list(PERIODS)


def test_columns_come_back_as_they_were_declared(file: Path) -> None:
    """Name, unit, description, output, stage."""
    assert columns_of(file) == COLUMNS


def test_pieces_are_the_column(file: Path) -> None:
    """At most a row group at a time, in draw order."""
    pieces = list(iter_column(file, "net_eur", "2032"))
    assert [len(piece) for piece in pieces] == [ROW_GROUP_DRAWS, 40_000 - ROW_GROUP_DRAWS]
    assert np.array_equal(np.concatenate(pieces), read_column(file, "net_eur", "2032"))


def test_a_limit_reads_the_first_draws(file: Path) -> None:
    """Fewer, exactly and more than there are."""
    whole = read_column(file, "net_eur", "2031")
    with ColumnsReader(file) as reader:
        for limit in (1, ROW_GROUP_DRAWS, ROW_GROUP_DRAWS + 1, 40_000, 50_000):
            assert np.array_equal(reader.column("net_eur", "2031", limit), whole[:limit])


def test_draws_must_follow_one_another(tmp_path: Path) -> None:
    """A gap or an overlap is a bug, and told as one."""
    writer = ColumnsWriter(tmp_path / "draws.parquet", "draws", COLUMNS, PERIODS)
    writer.write(0, 10, tables(0, 10))
    for start in (9, 11):
        with pytest.raises(ValueError, match="draws from 10 on"):
            writer.write(start, 5, tables(start, start + 5))
    writer.abort()


def test_unknown_names_are_answered_with_known_ones(file: Path) -> None:
    """The nearest column; the list of periods."""
    with pytest.raises(InputError, match="did you mean 'net_eur'"):
        read_column(file, "net_eu")
    with pytest.raises(InputError, match="known: 2031, 2032, 2031-2032"):
        read_column(file, "net_eur", "2033")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """And so is a folder in its place."""
    for path in (tmp_path / "none.parquet", tmp_path):
        with pytest.raises(InputError) as caught:
            read_column(path, "net_eur")
        assert str(path) in str(caught.value)


@pytest.mark.parametrize("kept", [0, 1, 3, 4, 8, 100, 5_000, -1, -4, -8, -9, -100, -2_000])
def test_a_truncated_file_is_refused(file: Path, kept: int) -> None:
    """Wherever it was cut."""
    data = file.read_bytes()
    file.write_bytes(data[:kept])
    with pytest.raises(InputError) as caught:
        read_column(file, "net_eur")
    assert str(file) in str(caught.value)


def test_foreign_files_are_refused(tmp_path: Path, file: Path) -> None:
    """Text, and Parquet of another program."""
    other = tmp_path / "other.parquet"
    other.write_text("draw,period\n0,2031\n")
    with pytest.raises(InputError, match=r"other\.parquet"):
        read_column(other, "net_eur")
    pq.write_table(pq.read_table(file), other)
    with pytest.raises(InputError, match="another program wrote this one"):
        read_column(other, "net_eur")


def test_a_file_without_some_of_its_rows_is_refused(tmp_path: Path) -> None:
    """A whole Parquet file that says it holds more draws than it does."""
    path = tmp_path / "draws.parquet"
    writer = ColumnsWriter(path, "draws", COLUMNS, PERIODS)
    writer.write(0, 10, tables(0, 10))
    writer._draws = 11
    writer._filled = 10
    writer.close(IDENTITY)
    with pytest.raises(InputError, match="row groups are missing"):
        read_column(path, "net_eur")


FLIP = """
import sys
from pathlib import Path
import numpy as np
import pyarrow.parquet as pq
from simulator.errors import InputError
from simulator.store.parquet import read_column
path = Path(sys.argv[1])
whole = path.read_bytes()
wanted = {p: read_column(path, "net_eur", p).tobytes() for p in ("2031", "2031-2032")}
chance = np.random.default_rng(int(sys.argv[2]))
seal = len(whole) - int.from_bytes(whole[-8:-4], "little") - 8 - 36
groups = [pq.read_metadata(path).row_group(i) for i in range(3)]
chunks = [group.column(2) for group in groups]
refused = same = 0
for i in range(int(sys.argv[3])):
    chunk = chunks[i % 3]
    size = chunk.total_compressed_size
    place = int(chance.integers(100, size)) + chunk.data_page_offset  # behind the page's header
    if i % 2:
        place = int(chance.integers(seal, len(whole)))
    damaged = bytearray(whole)
    damaged[place] ^= 1 << int(chance.integers(8))
    path.write_bytes(damaged)
    for period, values in wanted.items():
        try:
            found = read_column(path, "net_eur", period).tobytes()
        except InputError as error:
            assert str(path) in str(error)
            refused += 1
        else:
            assert found == values, (place, period)
            same += 1
print(refused, same)
"""


def test_a_flipped_bit_is_refused_or_harmless(tmp_path: Path) -> None:
    """In a page's contents or the footer: no wrong number is read, only InputError comes out.

    The few bytes in front of a page have no checksum but the one in the manifest.
    """
    path = write(tmp_path / "draws.parquet", [3_000])
    done = subprocess.run(
        [sys.executable, "-c", FLIP, str(path), "0", "600"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    refused, same = map(int, done.stdout.split())
    assert refused + same == 1200
    # Every flip in the footer (half of them), and a third of the others hits each period read.
    assert refused == 600 + 2 * 100


def test_inputs_have_one_row_a_draw(tmp_path: Path) -> None:
    """And no period."""
    path = tmp_path / "inputs.parquet"
    columns = [Column("income.rent", "1000 EUR", "income", "income.rent")]
    writer = ColumnsWriter(path, "inputs", columns)
    values = np.linspace(0, 1, 5)
    writer.write(0, 5, {"income.rent": values})
    assert writer.close(IDENTITY).rows == 5
    assert pq.read_table(path).column_names == ["draw", "income.rent"]
    assert np.array_equal(read_column(path, "income.rent"), values)


def test_a_scenario_without_uncertain_inputs_can_be_stored(tmp_path: Path) -> None:
    """`inputs.parquet` then holds the numbers of the draws and nothing else."""
    path = tmp_path / "inputs.parquet"
    writer = ColumnsWriter(path, "inputs", [])
    writer.write(0, 7, {})
    writer.close(IDENTITY)
    assert columns_of(path) == ()
    assert pq.read_table(path).column("draw").to_pylist() == list(range(7))


def test_after_abort_nothing_more_is_written(tmp_path: Path) -> None:
    """Not even when the writer is collected."""
    path = tmp_path / "draws.parquet"
    writer = ColumnsWriter(path, "draws", COLUMNS, PERIODS)
    writer.write(0, 40_000, tables(0, 40_000))
    writer.abort()
    size = path.stat().st_size
    writer.abort()
    del writer
    assert path.stat().st_size == size
    with pytest.raises(InputError):
        read_column(path, "net_eur")


def test_a_full_disk_reaches_the_caller_as_an_operating_system_error(tmp_path: Path) -> None:
    """With its number, so that it can be put into words; and giving up afterwards is quiet."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    path = tmp_path / "draws.parquet"
    writer = ColumnsWriter(path, "draws", COLUMNS, PERIODS)
    writer._file._file._file.close()
    writer._file._file._file = full.open("wb", buffering=0)  # type: ignore[assignment]
    with pytest.raises(OSError, match="No space left"):  # noqa: PT012
        for start in range(0, 10**6, 10_000):
            writer.write(start, 10_000, tables(start, start + 10_000))
    writer.abort()


def test_pandas_is_never_imported(tmp_path: Path) -> None:
    """Even where it is installed: it would cost a second and the memory of every column."""
    (tmp_path / "pandas.py").write_text("raise SystemExit('pandas was imported')\n")
    code = (
        "import sys; from pathlib import Path\n"
        "import numpy as np\n"
        "from simulator.store import parquet, summary\n"
        "from simulator.tables import Column\n"
        "path = Path(sys.argv[1])\n"
        "c = [Column('a', '1', 'd', 'a', 's')]\n"
        "w = parquet.ColumnsWriter(path / 'd.parquet', 'draws', c, ('1', '2'))\n"
        "w.write(0, 5, {'a': np.zeros((5, 2))}); w.close({})\n"
        "assert parquet.read_column(path / 'd.parquet', 'a').sum() == 0\n"
        "row = summary.SummaryRow('a', '1', 's', 'mean', 1.0, float('nan'), '1', 'd')\n"
        "summary.write_summary_parquet(path / 's.parquet', [row], {})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": f"{tmp_path}:{Path(__file__).parents[2]}"},
    )
    assert done.returncode == 0, done.stderr[-2000:] or done.stdout
