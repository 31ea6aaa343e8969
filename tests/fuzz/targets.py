"""What is attacked: each target draws an input of one kind and the command that reads it."""

from __future__ import annotations

import hashlib
import io
import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import ground
import pyarrow as pa
import pyarrow.parquet as pq
from edits import CHANGES, PACKING, TEXTS, changed, edited, edits, repacked
from hypothesis import strategies as st

Input = tuple[list[str], dict[str, bytes]]
Target = Callable[[st.DrawFn, Path], Input]

SHOWN = (
    "show results/small",
    "show results/small --json",
    "verify results/small",
    "explain results/small net_eur",
    "compare results/small results/small",
    "export results/small --to csv --out out/a.csv",
    "sensitivity results/small --draws 64",
    "hindsight results/small --actuals actuals.toml",
    "stages results/small",
    "runs",
    "verify results/small --json",
    "plot results/small --to text --what distribution",
    "plot results/small --to text",
    "reserve results/small",
)


def quoted(text: str) -> str:
    """A basic string of TOML."""
    odd = (f"\\U{ord(c):08x}" if ord(c) < 32 or c in '"\\\x7f' else c for c in text)
    return '"' + "".join(odd) + '"'


def toml_of(value: Any, *, top: bool = True) -> str:
    """Any tables as TOML: one key a line at the top, everything below inline."""
    if isinstance(value, dict):
        pairs = [f"{quoted(str(key))} = {toml_of(one, top=False)}" for key, one in value.items()]
        return "\n".join(pairs) + "\n" if top else "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml_of(one, top=False) for one in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return quoted(value) if isinstance(value, str) else str(value)


def read(folder: Path, name: str) -> bytes:
    return (folder / name).read_bytes()


def command(draw: st.DrawFn, file: str) -> list[str]:
    """Mostly validation; sometimes what reads a scenario and goes on."""
    words = draw(
        st.sampled_from(
            [f"validate {file}"] * 12
            + [f"tie-out {file}", f"explain {file} net_eur --stage proposed"]
            + [f"run {file} --draws 16 --threads 1 --out out"] * 2
        )
    )
    return words.split()


def toml_text(draw: st.DrawFn, folder: Path) -> Input:
    """A scenario, its child or its law, with pieces of text cut out and put in."""
    name = draw(st.sampled_from(["small.toml", "small.toml", "child.toml", "law.toml"]))
    data = edited(read(folder, name), draw(edits("toml")))
    return command(draw, "child.toml" if name == "law.toml" else name), {name: data}


def toml_tree(draw: st.DrawFn, folder: Path) -> Input:
    """A scenario whose tables were changed, then written as TOML again."""
    name = draw(st.sampled_from(["small.toml", "small.toml", "child.toml"]))
    tree = tomllib.loads(read(folder, name).decode())
    changed(tree, draw(CHANGES))
    return command(draw, name), {name: toml_of(tree).encode("utf-8", "surrogatepass")}


def csv_list(draw: st.DrawFn, folder: Path) -> Input:
    """A list beside a scenario."""
    name = draw(st.sampled_from(sorted(ground.LISTS))) + ".csv"
    return command(draw, "lists.toml"), {name: edited(read(folder, name), draw(edits("csv")))}


CALIBRATE = "calibrate --known-on 2022-06-30 --currencies USD --home EUR --json --rates"


def csv_rates(draw: st.DrawFn, folder: Path) -> Input:
    """A history of rates, or of prices."""
    data = edited(read(folder, "rates.csv"), draw(edits("csv")))
    return [*CALIBRATE.split(), "rates.csv"], {"rates.csv": data}


def workbook(draw: st.DrawFn, folder: Path) -> Input:
    """A workbook of lists or of rates: parts edited, or the bytes of the archive."""
    name = draw(st.sampled_from(["lists.xlsx", "lists.xlsx", "rates.xlsx"]))
    data = read(folder, name)
    if draw(st.integers(0, 3)):
        data = repacked(data, draw(PACKING))
    if not draw(st.integers(0, 2)):
        data = edited(data, draw(edits("binary", 2)))
    if name == "rates.xlsx":
        return [*CALIBRATE.split(), name], {name: data}
    return command(draw, "book.toml"), {name: data}


def forged(folder: Path, files: dict[str, bytes]) -> dict[str, bytes]:
    """The same files, and a manifest that says they are right: a forger's result."""
    from simulator.store.manifest import Manifest, StoredFile

    whole = Manifest.from_json(read(folder, "results/small/manifest.json"))
    said = dict(whole.files)
    for name, data in files.items():
        short = name.rpartition("/")[2]
        sha = hashlib.sha256(data).hexdigest()
        said[short] = StoredFile(sha, len(data), said[short].rows)
    sealed = replace(whole, files=said).to_json().encode()
    return {**files, "results/small/manifest.json": sealed}


TYPES = (pa.float32(), pa.int8(), pa.string(), pa.bool_(), pa.null(), pa.large_binary())


def other_table(data: bytes, how: str, column: int, word: str) -> bytes:
    """A Parquet file that says something else: a column of another kind, name, length or none."""
    table = pq.read_table(io.BytesIO(data))
    at = column * table.num_columns >> 16
    field = table.schema.field(at)
    if how == "drop":
        table = table.remove_column(at)
    elif how == "rename":
        names = table.column_names
        table = table.rename_columns([*names[:at], word, *names[at + 1 :]])
    elif how == "type":
        kind = TYPES[column % len(TYPES)]
        try:
            values = table.column(at).cast(kind, safe=False)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            values = pa.nulls(table.num_rows, kind)
        table = table.set_column(at, field.name, values)
    elif how == "nulls":
        table = table.set_column(at, field.name, pa.nulls(table.num_rows, field.type))
    elif how == "rows":
        table = table.slice(0, column % 7)
    elif how == "odd" and pa.types.is_floating(field.type):
        odd = [float("nan"), float("inf"), -1e308, 1e308][column % 4]
        table = table.set_column(at, field, pa.array([odd] * table.num_rows, field.type))
    elif how == "said":
        told = dict(table.schema.metadata or {})
        for key in told if column % 2 else list(told)[:1]:
            told[key] = word.encode("utf-8", "replace")
        table = table.replace_schema_metadata(told)
    target = io.BytesIO()
    pq.write_table(table, target)
    return target.getvalue()


def parquet(draw: st.DrawFn, folder: Path) -> Input:
    """A stored table: bytes, or another table; with and without a forged manifest."""
    short = draw(st.sampled_from(["draws.parquet", "inputs.parquet", "summary.parquet"]))
    name = f"results/small/{short}"
    data = read(folder, name)
    if draw(st.booleans()):
        how = draw(st.sampled_from(["drop", "rename", "type", "nulls", "rows", "odd", "said"]))
        data = other_table(data, how, draw(st.integers(0, 65535)), draw(TEXTS))
    else:
        data = edited(data, draw(edits("binary", 2)))
    files = {name: data}
    return draw(st.sampled_from(SHOWN)).split(), (
        forged(folder, files) if draw(st.integers(0, 4)) else files
    )


def manifest(draw: st.DrawFn, folder: Path) -> Input:
    """What a result says of itself: text, or its tables, with or without a fitting seal."""
    name = "results/small/manifest.json"
    data = read(folder, name)
    if draw(st.booleans()):
        tree = json.loads(data)
        changed(tree, draw(CHANGES))
        data = json.dumps(tree, default=str).encode("utf-8", "surrogatepass")
    else:
        data = edited(data, draw(edits("json")))
    return draw(st.sampled_from(SHOWN)).split(), {name: data}


def stored_text(draw: st.DrawFn, folder: Path) -> Input:
    """The stored scenario or summary, with a manifest that says they are right."""
    short, kind = draw(st.sampled_from([("scenario.toml", "toml"), ("summary.csv", "csv")]))
    name = f"results/small/{short}"
    files = {name: edited(read(folder, name), draw(edits(kind)))}
    return draw(st.sampled_from(SHOWN)).split(), forged(folder, files)


def ledger(draw: st.DrawFn, folder: Path) -> Input:
    """The list of runs."""
    name = "results/runs.jsonl"
    words = draw(
        st.sampled_from(
            [
                "runs",
                "runs --json",
                "runs --files",
                "verify results/runs.jsonl",
                "verify small.csv",
                "runs --scenario small --since 2020-01-01",
            ]
        )
    )
    return words.split(), {name: edited(read(folder, name), draw(edits("json")))}


def made_file(draw: st.DrawFn, folder: Path) -> Input:
    """A workbook or table that was exported, or what really happened."""
    name, words, kind = draw(
        st.sampled_from(
            [
                ("small.xlsx", "verify small.xlsx", "binary"),
                ("small.csv", "verify small.csv", "csv"),
                ("actuals.toml", "hindsight results/small --actuals actuals.toml", "toml"),
            ]
        )
    )
    return words.split(), {name: edited(read(folder, name), draw(edits(kind)))}


ASKED = (
    "explain results/small {}",
    "explain results/small net_eur --at {}",
    "show {}",
    "validate {}",
    "explain results/small net_eur --period {}",
    "runs --since {}",
    "runs --last {}",
    "verify {}",
    "explain results/small net_eur --draw {}",
    "export results/small --to {} --out out/a.csv",
    "calibrate --known-on {} --currencies USD --home EUR --rates rates.csv",
    "plot results/small --to text --what {}",
    "plot results/small --to text --output {}",
    "calibrate --known-on 2022-06-30 --currencies {} --home EUR --rates rates.csv",
    "{}",
    "calibrate --known-on 2022-06-30 --currencies USD --home {} --rates rates.csv",
    "sensitivity results/small --draws 64 --output {}",
    "compare results/small {}",
    "reserve results/small --confidence {}",
    "hindsight results/small --actuals {}",
    "run small.toml --out out --draws 16 --sampler {}",
    "run small.toml --out out --draws 16 --seed {}",
    "run small.toml --out out --draws {}",
    "stress results/small --draws 64 --such-that {}",
    "sweep small.toml --draws 16 --over {}",
    "solve small.toml --draws 16 --for inflows.psc_rate --such-that {}",
    "reserve results/small --for {}",
    "solve small.toml --draws 16 --such-that net_eur>0 --for {}",
    "sweep small.toml --draws 16 --show {} --over inflows.psc_rate=0.1,0.2",
)
ANSWERS = st.one_of(
    TEXTS,
    st.text(max_size=8),
    st.sampled_from(
        [
            "p95",
            "p",
            "p1e9",
            "-1",
            "2031",
            "9999-12-31",
            "0",
            "nan",
            "../..",
            "/dev/null",
            "x" * 5000,
            "net_eur",
            "contribution_usd.A",
            "net_eur>2000",
            "net_eur[2031]>1e6",
            "p90(net_eur)<5",
            "a=b",
            "parents.A.share=0.1,0.2",
            "inflows.psc_rate=0.1:0.2:0.05",
            "inflows.psc_rate=0:1:1e-9",
            "\x00",
            "--help",
            "-",
            "",
            ".",
        ]
    ),
)


def asked(draw: st.DrawFn, folder: Path) -> Input:
    """Words on the command line."""
    words = draw(st.sampled_from(ASKED)).split()
    answer = draw(ANSWERS)
    if answer.strip("0123456789_ ") == "" and len(answer) > 4:
        answer = "512"  # many draws are work that was asked for
    return [word.replace("{}", answer) for word in words], {}


TARGETS: dict[str, Target] = {
    "scenario text": toml_text,
    "scenario tables": toml_tree,
    "lists (CSV)": csv_list,
    "rates (CSV)": csv_rates,
    "workbooks": workbook,
    "Parquet": parquet,
    "manifest": manifest,
    "stored texts": stored_text,
    "ledger": ledger,
    "files made": made_file,
    "command line": asked,
}
