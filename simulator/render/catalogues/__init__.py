"""Catalogues of translations, `LANGUAGE.po` and as compiled, written by `make catalogues`."""
