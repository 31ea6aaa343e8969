"""Keep freed memory for the next block of draws.

Blocks are made in arrays of some hundred KiB each, thousands a second. The C library gives such
memory back to the system at once and asks for it again, and the system fills every page with zeros:
a third of a run, and two threads wait for each other while it happens.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # names of `mallopt`, see mallopt(3)
_KEPT = 1 << 23  # of each thread's
_LARGEST = 1 << 25  # of the C library's own limit


@functools.cache
def _functions() -> tuple[Callable[[int, int], int] | None, Callable[[int], int] | None]:
    """`mallopt` and `malloc_trim` of the C library, where it is GNU's."""
    if not sys.platform.startswith("linux"):
        return None, None
    import ctypes  # numpy loads it too

    library = ctypes.CDLL(None)
    return getattr(library, "mallopt", None), getattr(library, "malloc_trim", None)


@functools.cache
def keep_freed_memory() -> None:
    """Tell the C library, where it is GNU's, to keep freed memory; elsewhere nothing is done."""
    mallopt, _ = _functions()
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGEST)
        mallopt(_TRIM_THRESHOLD, _KEPT)


def release_freed_memory() -> None:
    """Give back what is kept, before another kind of work begins."""
    mallopt, trim = _functions()
    if mallopt is not None and trim is not None:
        trim(0)
