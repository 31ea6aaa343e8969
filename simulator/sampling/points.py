"""Uniform points by factor name: scrambled Sobol' nets, Latin hypercubes, plain random numbers.

Draw i is point i // R of replicate i % R, so that more draws extend fewer and any block is spread
evenly over the replicates; arrays of shape (points, R) flatten to draw order. A value depends on
(seed, sampler, R, factor name, component, i), for `lhs` also on the number of draws, for `random`
not on R; never on the other factors, the block or the thread.

Sobol'. Direction numbers are Joe and Kuo's (2008). Each (name, component, replicate) has its own
linear matrix scramble and digital shift of 52 bits (Matoušek 1998), so a point is
u = (x + ½)·2^-52. Which dimension a component takes follows from its name alone:

- the i-th name of the declared list `leading` takes dimension 16·c + i for its components c < 4,
  in the order of the sequence: the leading factors together form one net;
- every other component takes the dimension of its position within its own factor, and the factor
  goes through the sequence in an order of its own. Factors are thus joined as nets padded by
  random shuffling (Owen 1998; Burley 2020): each factor keeps its net, and two factors are about
  as independent as random numbers (over n draws they correlate by some 1.25/√n).

The order is a permutation of the point index that maps every aligned block of 2^k indices to
another (a random tree of swaps), common to the components of a factor and keyed by replicate. It
goes by digits of 6 bits: a digit passes through a random permutation tree of 64 leaves and is
XORed with a hash of the digits above it. A linear shuffle (an XOR of index bits) would do for one
pair of factors but not for hundreds: with 2^k points one pair in 2^(k-1) has equal leading rows,
that is a correlation of ±3/4. The hash rules that out.

S. Joe and F. Y. Kuo (2008), SIAM J. Sci. Comput. 30, 2635-2654; J. Matoušek (1998), J. Complexity
14, 527-556; A. B. Owen (1998), ACM TOMACS 8, 71-102; B. Burley (2020), J. Computer Graphics
Techniques 9(4).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from simulator.errors import InputError, Problem, did_you_mean
from simulator.sampling.streams import UInt64, random_words, stream_key, stream_keys
from simulator.tables import Float64

SAMPLERS = ("sobol", "lhs", "random")
LEADING_NAMES, LEADING_COMPONENTS = 16, 4
_BITS, _LEVELS = 6, 5  # the point index has 5 digits of 6 bits: 2^30 points in a replicate
_RADIX = 1 << _BITS
MOST_POINTS = 1 << (_BITS * _LEVELS)
"""Sobol' points of a replicate, at most."""
_CACHED = 1 << 16  # words of a buffer that stays near the processor
_ONE = np.uint64(0x3FF0_0000_0000_0000)  # exponent of 1.0: the bits of 1 + x·2^-52 are _ONE | x
_HALF_STEP_BELOW_ONE = 1.0 - 2.0**-53

Int64 = npt.NDArray[np.int64]


class Points(Protocol):
    """Uniforms by factor name; safe to share between threads."""

    def uniforms(self, name: str, components: range, start: int, stop: int) -> Float64:
        """Draws `start` ≤ i < `stop` of the components of factor `name`.

        Shape (stop - start, len(components)), Fortran order, strictly between 0 and 1.
        """


@dataclass(frozen=True, slots=True)
class DrawnAgain:
    """Points in which the names that are not `kept` have other streams, independent of the first.

    The new names are in no list of leading ones, so they go through the sequence in an order of
    their own: another scrambling alone would leave them tied to the points that they replace.
    """

    points: Points
    kept: Collection[str]

    def uniforms(self, name: str, components: range, start: int, stop: int) -> Float64:
        """As of the points, under another name where it is drawn again."""
        stream = name if name in self.kept else f"again.{name}"
        return self.points.uniforms(stream, components, start, stop)


def make_points(
    sampler: str, *, seed: int, replicates: int, draws: int, leading: tuple[str, ...] = ()
) -> Points:
    """The points of a run; `leading` is for `sobol` only, `draws` for `lhs` only."""
    if replicates < 1 or draws < 1:
        raise ValueError(f"at least one replicate and one draw, not {replicates} and {draws}")
    if len(leading) > LEADING_NAMES or len(set(leading)) < len(leading):
        raise ValueError(f"at most {LEADING_NAMES} different leading names, not {leading}")
    match sampler:
        case "sobol":
            return SobolPoints(seed, replicates, leading)
        case "lhs":
            return LatinPoints(seed, replicates, draws)
        case "random":
            return RandomPoints(seed)
    wanted = "one of " + ", ".join(SAMPLERS)
    raise InputError(Problem(wanted, "sampler", sampler, did_you_mean(sampler, SAMPLERS)))


def _empty(components: range, start: int, stop: int) -> Float64:
    """Columns to fill, shape (components, draws): transposed, it is the answer."""
    if not 0 <= start <= stop:
        raise ValueError(f"a block needs 0 ≤ start ≤ stop, not {start} and {stop}")
    if components.step != 1 or components.start < 0:
        raise ValueError(f"components are consecutive and count from 0, not {components}")
    return np.empty((len(components), stop - start))


def _words(replicates: int, count: int, seed: int, *parts: str | int) -> UInt64:
    """Words of the stream (seed, *parts, r) of every replicate r, shape (R, count)."""
    return np.array([random_words(key, count) for key in stream_keys(replicates, seed, *parts)])


def _mix(x: UInt64) -> UInt64:
    """A bijective hash of 64-bit words (the finaliser of SplitMix64, Steele et al. 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _numbered(keys: UInt64, numbers: Int64) -> UInt64:
    """Hashes of `numbers` under `keys`, broadcast together."""
    return _mix(keys + numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))


@cache
def directions() -> npt.NDArray[np.uint32]:
    """Direction numbers of each dimension, shape (1024, 32); see `tools/make_directions.py`."""
    return np.asarray(np.load(Path(__file__).with_name("directions.npy")), dtype=np.uint32)


def scramble(numbers: npt.NDArray[np.uint32], words: UInt64) -> UInt64:
    """Direction numbers after a random linear matrix scramble, 52 bits.

    `numbers` has shape (n, 32); `words`, shape (n, R, 32), gives the columns of the n·R matrices:
    lower triangular with unit diagonal, most significant bit first, 52 rows. Shape (n, R, 32).
    """
    scrambled = np.zeros_like(words)
    for i in range(32):
        diagonal = 1 << (51 - i)
        columns = (words[:, :, i] & np.uint64(diagonal - 1)) | np.uint64(diagonal)
        chosen = ((numbers >> np.uint32(31 - i)) & np.uint32(1)).astype(np.uint64)
        scrambled ^= columns[:, :, None] * chosen[:, None, :]
    return scrambled


def digit_tables(numbers: UInt64) -> UInt64:
    """XORs of direction numbers for every value of every digit of the index.

    `numbers` has shape (n, R, at least 30). Point x_m in natural binary order is the XOR of
    tables[level, digit of m at that level]. Shape (n, levels, 64, R).
    """
    n, replicates = numbers.shape[:2]
    by_digit = numbers[:, :, : _LEVELS * _BITS].reshape(n, replicates, _LEVELS, _BITS)
    tables = np.zeros((n, _LEVELS, _RADIX, replicates), dtype=np.uint64)
    for bit in range(_BITS):
        half = 1 << bit
        number = by_digit[..., bit].transpose(0, 2, 1)[:, :, None, :]
        tables[:, :, half : 2 * half] = tables[:, :, :half] ^ number
    return tables


@dataclass(frozen=True, eq=False)
class Shuffle:
    """The order in which a factor goes through its net.

    `digits` permutes the values of each digit, shape (levels, 64, R); `keys` of the hash of the
    digits above, shape (levels, R).
    """

    digits: Int64
    keys: UInt64

    @classmethod
    def of(cls, seed: int, name: str, wrap: int, replicates: int) -> Shuffle:
        """The order of the components of one turn (`wrap`) through the 1024 dimensions."""
        words = _words(replicates, 2 * _LEVELS, seed, "sobol", "shuffle", name, wrap)
        swaps = words.T[:_LEVELS, None, :]
        digit = np.arange(_RADIX, dtype=np.uint64)[None, :, None]
        permuted = np.broadcast_to(digit, (_LEVELS, _RADIX, replicates)).copy()
        for bit in range(_BITS):  # the node above each bit swaps its halves or does not
            node = np.uint64(1 << (_BITS - 1 - bit)) + (digit >> np.uint64(bit + 1))
            permuted ^= ((swaps >> node) & np.uint64(1)) << np.uint64(bit)
        return cls(permuted.astype(np.int64), words.T[_LEVELS:].copy())

    def mask(self, level: int, nodes: Int64) -> Int64:
        """The digit that is XORed in below each of `nodes`, shape (len(nodes), R)."""
        hashed = _numbered(self.keys[level][None, :], nodes[:, None])
        return (hashed >> np.uint64(64 - _BITS)).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Net:
    """The scrambled nets of n components that share one order of the points.

    `tables`, shape (n, levels, 64, R), give the XOR for each digit of the index, shuffled.
    `roots`, shape (n, levels, R), are the heads of index 0 at every level (see `run_heads`), with
    the digital shift and the exponent of 1.0 in them.
    """

    tables: UInt64
    roots: UInt64
    shuffle: Shuffle | None

    @classmethod
    def of(cls, tables: UInt64, shifts: UInt64, shuffle: Shuffle | None) -> Net:
        """From tables in natural order and 52-bit shifts, shape (n, R)."""
        if shuffle is not None:
            n, levels, radix, replicates = tables.shape
            rows = np.arange(levels)[:, None, None] * radix + shuffle.digits
            places = (rows * replicates + np.arange(replicates)).ravel()
            tables = np.take(tables.reshape(n, -1), places, axis=1).reshape(tables.shape)
        roots = np.empty((len(tables), _LEVELS, shifts.shape[1]), dtype=np.uint64)
        net = cls(tables, roots, shuffle)
        heads = (shifts | _ONE)[:, None, :]
        for level in range(_LEVELS - 1, -1, -1):
            heads = net.masked(heads, level, np.zeros(1, dtype=np.int64))
            roots[:, level] = heads[:, 0]
            heads = heads ^ tables[:, level, :1]
        return net

    def masked(self, heads: UInt64, level: int, nodes: Int64) -> UInt64:
        """Heads of `nodes` above `level`, with the digit that the shuffle XORs in below them."""
        if self.shuffle is None:
            return heads
        replicate = np.arange(heads.shape[2])
        return heads ^ self.tables[:, level][:, self.shuffle.mask(level, nodes), replicate]

    def run_heads(self, first: int, stop: int) -> UInt64:
        """Heads of the runs of 64 points that cover [first, stop), shape (n, runs, R).

        The point at place d of a run is its head ^ tables[:, 0, d].
        """
        top = next(t for t in range(_LEVELS) if (stop - 1) >> _BITS * (t + 1) == 0)
        heads, before = self.roots[:, top : top + 1], np.int64(0)
        for level in range(top - 1, -1, -1):
            above = _BITS * (level + 1)
            nodes = np.arange(first >> above, ((stop - 1) >> above) + 1)
            digits = self.tables[:, level + 1][:, nodes & (_RADIX - 1)]
            heads = heads[:, (nodes >> _BITS) - before] ^ digits
            heads = self.masked(heads, level, nodes)
            before = nodes[0]
        return heads


def fill_runs(heads: UInt64, tables: UInt64, skip: int, out: Float64) -> None:
    """Write the uniforms of whole runs, less the first `skip` values, to the rows of `out`.

    `heads` has shape (n, runs, R), with _ONE in the bits of the exponent; `tables` are those of
    the lowest digit, shape (n, 64, R); `out` has shape (n, draws).
    """
    n, runs, replicates = heads.shape
    copies = max(1, _RADIX >> (replicates - 1).bit_length())  # inner loops of some 64 words
    width = copies * replicates
    wide = np.repeat(heads, copies, axis=1).reshape(n, runs, 1, width)
    places = tables.reshape(n, 1, _RADIX // copies, width)
    batch = max(1, _CACHED // (runs * _RADIX * replicates))
    buffer = np.empty((min(batch, n), runs, _RADIX // copies, width), dtype=np.uint64)
    values = buffer.reshape(len(buffer), -1)[:, skip : skip + out.shape[1]].view(np.float64)
    for i in range(0, n, batch):
        k = min(batch, n - i)
        np.bitwise_xor(wide[i : i + k], places[i : i + k], out=buffer[:k])
        np.subtract(values[:k], _HALF_STEP_BELOW_ONE, out=out[i : i + k])  # exact: (x + ½)·2^-52


@dataclass(frozen=True, eq=False)
class SobolPoints:
    """Scrambled Sobol' nets, one set per replicate (see above)."""

    seed: int
    replicates: int
    leading: tuple[str, ...] = ()
    # Filled as names come up; two threads may both make an entry, and make the same one.
    _nets: dict[tuple[str, range], Net] = field(default_factory=dict, repr=False)

    def uniforms(self, name: str, components: range, start: int, stop: int) -> Float64:
        """See `Points`."""
        out = _empty(components, start, stop)
        first, last = start // self.replicates, -(-stop // self.replicates)
        if last > _RADIX**_LEVELS:
            raise ValueError(f"at most {_RADIX**_LEVELS} points in a replicate, not {last}")
        skip = start - (first & -_RADIX) * self.replicates
        for part in self._turns(name, components) if start < stop else ():
            rows = slice(part.start - components.start, part.stop - components.start)
            net = self._net(name, part)
            fill_runs(net.run_heads(first, last), net.tables[:, 0], skip, out[rows])
        return out.T

    def _lead(self, name: str) -> int:
        """How many components of the factor have slots in the leading net."""
        return LEADING_COMPONENTS if name in self.leading else 0

    def _turns(self, name: str, components: range) -> list[range]:
        """`components` cut where the order of the points changes."""
        lead, size = self._lead(name), len(directions())
        turns, at = [], components.start
        while at < components.stop:
            end = lead if at < lead else at + size - (at - lead) % size
            turns.append(range(at, min(end, components.stop)))
            at = end
        return turns

    def dimension(self, name: str, component: int) -> int:
        """The Sobol' dimension that a component takes."""
        lead = self._lead(name)
        if component < lead:
            return component * LEADING_NAMES + self.leading.index(name)
        return (component - lead) % len(directions())

    def _net(self, name: str, components: range) -> Net:
        """The net of components of one turn, made once."""
        net = self._nets.get((name, components))
        if net is None:
            self._nets[name, components] = net = self._make(name, components)
        return net

    def _make(self, name: str, components: range) -> Net:
        words = np.array(
            [_words(self.replicates, 33, self.seed, "sobol", name, c) for c in components]
        )
        numbers = directions()[[self.dimension(name, c) for c in components]]
        tables = digit_tables(scramble(numbers, words[:, :, :32]))
        shuffle, past = None, components.start - self._lead(name)
        if past >= 0:
            wrap = past // len(directions())
            shuffle = Shuffle.of(self.seed, name, wrap, self.replicates)
        return Net.of(tables, words[:, :, 32] >> np.uint64(12), shuffle)


_ROUNDS = 6
_JITTER_BITS = 20  # with up to 2^31 strata, stratum + jitter is exact in a double


@dataclass(frozen=True)
class LatinPoints:
    """Latin hypercubes: each replicate puts one point into each of its N/R equal strata.

    When R does not divide `draws`, the first replicates have one stratum more. Values change with
    `draws`, so more draws do not extend fewer.
    """

    seed: int
    replicates: int
    draws: int

    def uniforms(self, name: str, components: range, start: int, stop: int) -> Float64:
        """See `Points`; draws past the end have no stratum and are refused."""
        out = _empty(components, start, stop)
        if stop > self.draws:
            raise ValueError(f"a hypercube of {self.draws} draws has no draw {stop - 1}")
        point, replicate = np.divmod(np.arange(start, stop), self.replicates)
        strata = (self.draws - 1 - replicate) // self.replicates + 1
        bits = max(2, ((self.draws - 1) // self.replicates).bit_length())
        for row, component in enumerate(components):
            words = _words(self.replicates, _ROUNDS + 1, self.seed, "lhs", name, component)
            keys = words.T[:, replicate]
            places = permuted(point, strata, keys[:_ROUNDS], bits)
            jitter = _numbered(keys[_ROUNDS], point) >> np.uint64(64 - _JITTER_BITS)
            within = (jitter.astype(np.float64) + 0.5) * 2.0**-_JITTER_BITS
            out[row] = (places + within) / strata
        return out.T


def permuted(numbers: Int64, sizes: Int64, keys: UInt64, bits: int) -> Int64:
    """Each number's place under a keyed permutation of range(size); shapes (n,), (n,), (6, n).

    A Feistel network over range(2^bits), which holds every size; numbers that land outside go
    round again until they are inside (cycle walking: Black and Rogaway 2002), so it stays a
    permutation.
    """
    places = _feistel(numbers, keys, bits)
    while (outside := np.flatnonzero(places >= sizes)).size:
        places[outside] = _feistel(places[outside], keys[:, outside], bits)
    return places


def _feistel(numbers: Int64, keys: UInt64, bits: int) -> Int64:
    """A keyed permutation of range(2^bits): halves are XORed with hashes of each other."""
    low_bits = bits // 2
    low, high = numbers & ((1 << low_bits) - 1), numbers >> low_bits
    for i in range(0, _ROUNDS, 2):
        low = low ^ (_numbered(keys[i], high) >> np.uint64(64 - low_bits)).astype(np.int64)
        hashed = _numbered(keys[i + 1], low) >> np.uint64(64 - (bits - low_bits))
        high = high ^ hashed.astype(np.int64)
    return (high << low_bits) | low


@dataclass(frozen=True)
class RandomPoints:
    """Independent uniforms from Philox-4x64-10 (Salmon et al. 2011), 52 bits, one key a column."""

    seed: int

    def uniforms(self, name: str, components: range, start: int, stop: int) -> Float64:
        """See `Points`; a counter step makes four words, so a block starts at its own step."""
        out = _empty(components, start, stop)
        step, skip = divmod(start, 4)
        for row, component in enumerate(components):
            key = random_words(stream_key(self.seed, "random", name, component), 2)
            raw = np.random.Philox(counter=step, key=key).random_raw(skip + stop - start)
            bits = (np.asarray(raw[skip:], dtype=np.uint64) >> np.uint64(12)) | _ONE
            np.subtract(bits.view(np.float64), _HALF_STEP_BELOW_ONE, out=out[row])
        return out.T
