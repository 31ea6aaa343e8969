"""What a picture shows, computed once from a stored result.

The terminal, the charts of a report and the sheets of a workbook draw the same numbers; only the
drawing is theirs. Amounts are in whole units of currency, probabilities are fractions.
"""
