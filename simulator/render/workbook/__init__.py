"""The workbook of a stored run: one sheet a module, native charts, no macros.

`write.workbook` puts the sheets together. Numbers are written with all their bits, text never
becomes a formula, and two workbooks of the same result are equal byte for byte.
"""
