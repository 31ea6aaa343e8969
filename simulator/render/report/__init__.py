"""A report as one file: sections of blocks, worked out once, and written as a page or as text.

`blocks` says what a report is made of, `results` what it is made from; every other module makes
one section. `html` and `markdown` write blocks down and know nothing of budgets.
"""
