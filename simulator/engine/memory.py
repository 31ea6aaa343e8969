"""Keep freed memory for the next block of draws.

Blocks are made in arrays of some hundred KiB each, thousands a second. The C library gives such
memory back to the system at once and asks for it again, and the system fills every page with zeros:
a third of a run, and two threads wait for each other while it happens.
"""

from __future__ import annotations

import functools
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # names of `mallopt`, see mallopt(3)
_KEPT = 1 << 24  # of each thread's
_LARGEST = 1 << 25  # of the C library's own limit


@functools.cache
def keep_freed_memory() -> None:
    """Tell the C library, where it is GNU's, to keep freed memory; elsewhere nothing is done."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes  # numpy loads it too

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGEST)
        mallopt(_TRIM_THRESHOLD, _KEPT)
