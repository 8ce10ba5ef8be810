"""The operators' command line. It reads with the operator's own AWS rights, and ships to nobody's Lambda.

main -> history -> sources (insights, versions) -> holds (lines, begins, pairing, merging) -> shown (table, export,
timeline).
It imports ``chalicelib.core`` and ``chalicelib.aws``; nothing in ``chalicelib`` imports it.
"""
