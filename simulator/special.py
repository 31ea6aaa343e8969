"""Special functions of scipy, without the 100 ms that importing `scipy.special` takes.

Most of that time goes into wrappers for other array libraries, which load half of numpy's own
tools. The functions live in a compiled module of the package, which is loaded here while a bare
package stands in for `scipy.special`; whoever imports `scipy.special` later gets the real one, with
the very same functions. Should scipy arrange its modules differently one day, the whole package is
imported as usual.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import PathFinder
from types import ModuleType

import scipy

_PACKAGE = "scipy.special"


def _compiled() -> ModuleType:
    """The module that holds the functions; the package is imported only where that fails."""
    if _PACKAGE in sys.modules:
        return sys.modules[_PACKAGE]
    spec = PathFinder.find_spec(_PACKAGE, scipy.__path__)
    bare = ModuleType(_PACKAGE)
    bare.__path__ = list((spec and spec.submodule_search_locations) or ())
    sys.modules[_PACKAGE] = bare
    try:
        return import_module(f"{_PACKAGE}._ufuncs")
    except ImportError:
        pass
    finally:
        del sys.modules[_PACKAGE]
    return import_module(_PACKAGE)


_functions = _compiled()

betainc = _functions.betainc
betaincc = _functions.betaincc
betainccinv = _functions.betainccinv
betaincinv = _functions.betaincinv
betaln = _functions.betaln
chdtri = _functions.chdtri
expit = _functions.expit
gammaincinv = _functions.gammaincinv
gammaln = _functions.gammaln
logit = _functions.logit
ndtr = _functions.ndtr
ndtri = _functions.ndtri
stdtr = _functions.stdtr
stdtrit = _functions.stdtrit
