"""Make `simulator/sampling/directions.npy`: Sobol' direction numbers, uint32, (1024, 32).

    python tools/make_directions.py

The numbers are those of Joe and Kuo (2008), read from scipy's public interface. Unscrambled
scipy points follow a Gray code, so points 2^j - 1 and 2^j differ by direction number j. Reaching
j = 31 that way would take 2^31 points; the recurrence of each dimension (its primitive
polynomial) is therefore solved for from the first 18 numbers, checked on those it was not solved
from, and continued.

S. Joe and F. Y. Kuo (2008), Constructing Sobol sequences with better two-dimensional projections,
SIAM J. Sci. Comput. 30, 2635-2654.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc

UInt32 = npt.NDArray[np.uint32]

DIMENSIONS = 1024
BITS = 32
READ = 18  # numbers read from scipy; the polynomials of 1024 dimensions have degree 13 at most
TARGET = Path(__file__).parents[1] / "simulator" / "sampling" / "directions.npy"


def read_directions(dimensions: int, count: int) -> UInt32:
    """The first `count` direction numbers, shape (dimensions, count), from public points."""
    numbers = np.empty((dimensions, count), dtype=np.uint32)
    for j in range(count):
        engine = qmc.Sobol(dimensions, scramble=False, bits=BITS)
        if j:
            engine.fast_forward(2**j - 1)
        before, after = np.ldexp(engine.random(2), BITS).astype(np.uint32)
        numbers[:, j] = before ^ after
    return numbers


def recurrence(v: list[int]) -> tuple[int, list[int]]:
    """Degree s and coefficients a_1 … a_{s-1} of the recurrence that the numbers `v` obey.

    v_j = a_1 v_{j-1} ^ … ^ a_{s-1} v_{j-s+1} ^ v_{j-s} ^ (v_{j-s} >> s).
    """
    for s in range(1, len(v) // 2 + 6):
        rest, coefficients = v[s] ^ v[0] ^ (v[0] >> s), []
        for i in range(1, s):  # v_{s-i} ends at bit 31 - (s - i): peel from the lowest bit
            coefficients.append(rest >> (BITS - 1 - (s - i)) & 1)
            rest ^= coefficients[-1] * v[s - i]
        if rest == 0 and all(v[j] == following(v[:j], s, coefficients) for j in range(s, len(v))):
            return s, coefficients
    raise ArithmeticError("no recurrence fits: more numbers must be read")


def following(v: list[int], s: int, coefficients: list[int]) -> int:
    """The direction number after `v`."""
    number = v[-s] ^ (v[-s] >> s)
    for i, a in enumerate(coefficients, start=1):
        number ^= a * v[-i]
    return number


def extend(numbers: UInt32, count: int) -> UInt32:
    """`numbers` of shape (dimensions, read) continued to (dimensions, count)."""
    table = np.empty((len(numbers), count), dtype=np.uint32)
    table[0] = [1 << (BITS - 1 - j) for j in range(count)]  # van der Corput: no polynomial
    for dimension in range(1, len(numbers)):
        v = [int(x) for x in numbers[dimension]]
        s, coefficients = recurrence(v)
        while len(v) < count:
            v.append(following(v, s, coefficients))
        table[dimension] = v
    return table


def main() -> None:
    table = extend(read_directions(DIMENSIONS, READ), BITS)
    np.save(TARGET, table)
    print(f"{TARGET.name}: {table.shape[0]} dimensions of {table.shape[1]} numbers")


if __name__ == "__main__":
    main()
