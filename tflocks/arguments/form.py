"""Decide in which form standard output is written."""

import click


def form(*, as_json: bool, as_csv: bool) -> str:
    """Return ``json``, ``csv``, or "" for a table.

    Raises:
        click.UsageError: both are asked for.
    """
    if as_json and as_csv:
        raise click.UsageError("either --json or --csv: there is one standard output")
    return "json" if as_json else "csv" if as_csv else ""
