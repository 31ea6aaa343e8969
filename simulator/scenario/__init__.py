"""The scenario: typed model of a budget and its uncertainty, reading, checking, fingerprint."""
