"""Scenarios and lists that are too large, too deep or no files at all, by name."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

SMALL = (Path(__file__).resolve().parents[1] / "scenario" / "small.toml").read_text("utf-8")
Giant = Callable[[Path, int], str]
"""Makes files in a folder, of so many bytes where that can be said; returns the command."""

HEAD = 'title = "A child"\n'


def _text(make: Callable[[int], str]) -> Giant:
    def giant(folder: Path, size: int) -> str:
        (folder / "a.toml").write_text(make(size))
        return "run a.toml --draws 16"

    return giant


def _csv(make: Callable[[int], str], name: str = "posts") -> Giant:
    def giant(folder: Path, size: int) -> str:
        blocks = SMALL.split("\n\n")
        bare = "\n\n".join(b for b in blocks if not b.startswith(f"[[{name}]]"))
        (folder / "a.toml").write_text(f'{name} = "list.csv"\n{bare}')
        (folder / "list.csv").write_text(make(size))
        return "run a.toml --draws 16"

    return giant


def _rates(make: Callable[[int], str]) -> Giant:
    def giant(folder: Path, size: int) -> str:
        (folder / "r.csv").write_text(make(size))
        return "calibrate --known-on 2022-06-30 --currencies USD --home EUR --rates r.csv"

    return giant


def _sparse(folder: Path, size: int) -> str:
    with (folder / "a.toml").open("wb") as file:
        file.write(SMALL.encode())
        file.truncate(size * 100)
    return "run a.toml"


def _many(size: int, line: str) -> str:
    """A line with its number in it, until there are so many bytes."""
    return "".join(line.format(i) for i in range(size // (len(line) + 5)))


def _chain(count: int, law: bool) -> Giant:
    def giant(folder: Path, size: int) -> str:
        filler = "# " + "x" * (size // 16) + "\n"
        for i in range(count):
            laws = "".join(f'"law{i}-{k}.toml", ' for k in range(16)) if law else ""
            named = f"law_file = [{laws}]\n" if law else ""
            (folder / f"{i}.toml").write_text(f'extends = "{i + 1}.toml"\n{named}{HEAD}{filler}')
            for k in range(16 if law else 0):
                law_text = "[inflation.euro]\nsd = 0.02\n" + filler
                (folder / f"law{i}-{k}.toml").write_text(law_text)
        (folder / f"{count}.toml").write_text(SMALL)
        return "run 0.toml"

    return giant


def _circle(folder: Path, size: int) -> str:
    for i in range(10):
        (folder / f"{i}.toml").write_text(f'extends = "{(i + 1) % 10}.toml"\n{HEAD}')
    return "run 0.toml"


def _merged(folder: Path, size: int) -> str:
    """Each of sixteen files changes every pledge of the one below."""
    pledges = "[[pledges]]\nname = 'n{}'\ncurrency = 'USD'\namount = 1\n"
    changes = "[[pledges]]\nname = 'n{}'\namount = 2\n"
    count = max(1, size // 16 // len(changes))
    for i in range(15):
        below = f'extends = "{i + 1}.toml"\n{HEAD}'
        (folder / f"{i}.toml").write_text(below + "".join(changes.format(k) for k in range(count)))
    (folder / "15.toml").write_text(SMALL + "\n" + "".join(map(pledges.format, range(count))))
    return "run 0.toml --draws 16"


POSTS = "office,fund,grade,posts\n"

TEXTS: dict[str, Giant] = {
    "100 times the size, empty": _sparse,
    "zeros": _text(lambda n: "\0" * n),
    "a comment": _text(lambda n: "#" + "x" * n),
    "empty lines": _text(lambda n: "\n" * n),
    "brackets": _text(lambda n: "x = " + "[" * n),
    "10 000 brackets": _text(lambda n: "x = " + "[" * 10_000 + "]" * 10_000),
    "inline tables": _text(lambda n: "x = " + "{a=" * (n // 4) + "1" + "}" * (n // 4)),
    "10 000 inline tables": _text(lambda n: "x = " + "{a=" * 10_000 + "1" + "}" * 10_000),
    "a dotted key": _text(lambda n: "a." * (n // 2) + "a = 1"),
    "a dotted table": _text(lambda n: "[" + "a." * (n // 2) + "a]"),
    "10 000 dots": _text(lambda n: "[" + "a." * 10_000 + "a]"),
    "dotted keys": _text(lambda n: _many(n, "a{0}.b.c.d.e = 1\n")),
    "dotted keys of one table": _text(lambda n: _many(n, "a.b.c.d.e.f{0} = 1\n")),
    "tables": _text(lambda n: _many(n, "[a{0}]\n")),
    "tables in tables": _text(lambda n: _many(n, "[a.b.c.d{0}]\n")),
    "a list of tables": _text(lambda n: "[[a]]\n" * (n // 6)),
    "a list of numbers": _text(lambda n: "a = [" + "1," * (n // 2) + "]"),
    "digits": _text(lambda n: "a = " + "1" * n),
    "decimals": _text(lambda n: "a = 0." + "1" * n),
    "a long text": _text(lambda n: 'title = "' + "x" * n + '"\n' + SMALL),
    "a text of escapes": _text(lambda n: 'a = "' + "\\n" * (n // 2) + '"\n'),
    "a text without end": _text(lambda n: 'a = "' + "x" * n),
    "a key of any length": _text(lambda n: f"{'x' * n} = 1\n" + SMALL),
    "keys": _text(lambda n: _many(n, "k{0} = 1\n") + SMALL),
    "a name of any length": _text(lambda n: f'name = "{"x" * n}"\n' + SMALL),
    "a parent's name of any length": _text(
        lambda n: SMALL.replace("parents.A", f"parents.{'A' * n}")
    ),
    "a file's name of any length": _text(lambda n: f'extends = "{"x" * n}"\n' + HEAD),
    "a file's name of folders": _text(lambda n: f'extends = "{"x/" * (n // 2)}a"\n' + HEAD),
    "a file's name of dots": _text(lambda n: f'extends = "{"../" * (n // 3)}a"\n' + HEAD),
    "pledges": _text(
        lambda n: SMALL + "\n" + _many(n, "[[pledges]]\nname='n{0}'\ncurrency='USD'\namount=1\n")
    ),
    "wrong pledges": _text(
        lambda n: SMALL + "\n" + _many(n, "[[pledges]]\nname=1\nwrong='x{0}'\n")
    ),
    "income lines": _text(lambda n: SMALL + "\n" + _many(n, "[income.i{0}]\nestimate=1\n")),
    "correlations": _text(
        lambda n: SMALL + "\n[correlation.matrix.'x']\n" + _many(n, "'rates.a{0}' = 0.1\n")
    ),
    "a formula": _text(lambda n: SMALL.replace('"net(2031)"', '"' + "(" * (n // 2) + '"')),
    "a long formula": _text(
        lambda n: SMALL.replace('"net(2031)"', '"' + "net(2031)+" * (n // 10) + 'net(2031)"')
    ),
    "a circle of ten": _circle,
    "a chain of 100": _chain(100, law=False),
    "16 law files at each of 14": _chain(14, law=True),
    "changes upon changes": _merged,
    "a CSV of empty lines": _csv(lambda n: POSTS + "\n" * n),
    "a CSV of rows": _csv(lambda n: POSTS + "Here,RB,P-2,1\n" * (n // 14)),
    "a CSV of wrong rows": _csv(lambda n: POSTS + ",\n" * (n // 2)),
    "a CSV of wrong cells": _csv(lambda n: POSTS + "a,b,c,d\n" * (n // 8)),
    "a CSV of columns": _csv(lambda n: "," * n + "\n"),
    "a CSV of named columns": _csv(lambda n: _many(n, "c{0},") + "\n"),
    "a CSV of long cells": _csv(lambda n: POSTS + f"{'x' * n},RB,P-2,1\n"),
    "a CSV of quotes": _csv(lambda n: POSTS + '"' * n),
    "a CSV of a quote without end": _csv(lambda n: POSTS + '"' + "x\n" * (n // 2)),
    "a CSV of zeros": _csv(lambda n: "\0" * n),
    "a CSV of returns": _csv(lambda n: POSTS + "\r" * n),
    "rates on empty lines": _rates(lambda n: "month,pair,rate\n" + "\n" * n),
    "rates, the same month": _rates(
        lambda n: "month,pair,rate\n" + "2020-01,eur_per_usd,0.9\n" * (n // 24)
    ),
    "rates, wrong": _rates(lambda n: "month,pair,rate\n" + "x,y,z\n" * (n // 6)),
    "rates of days": _rates(
        lambda n: "date,pair,rate\n" + _many(n, "2{0:03d}-01-01,eur_per_usd,0.9\n")
    ),
    "rates in columns": _rates(lambda n: "month," + _many(n, "eur_per_a{0},") + "\n"),
}


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _full(path: Path) -> None:
    path.symlink_to("/dev/full")


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(path.parent)  # the path of a socket has room for a hundred bytes
        try:
            one.bind(path.name)
        finally:
            os.chdir(here)


def _folder(path: Path) -> None:
    path.mkdir()


def _nowhere(path: Path) -> None:
    path.symlink_to("no such file")


def _itself(path: Path) -> None:
    path.symlink_to(path.name)


NO_FILES: dict[str, Callable[[Path], None]] = {
    "a pipe": _fifo,
    "/dev/zero": _device,
    "/dev/full": _full,
    "a socket": _socket,
    "a folder": _folder,
    "a link to nothing": _nowhere,
    "a link to itself": _itself,
}
