"""Read numbers and durations from a TOML table, and note each wrong one."""

from datetime import timedelta

from chalicelib.config.toml_table import MISSING, Table
from chalicelib.core import duration


def count(table: Table, key: str, fallback: int) -> int:
    """Read a whole number of at least 1."""
    value = table.get(key)
    # In Python, true is a whole number too.
    good = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    if value is not MISSING and not good:
        table.note(key, "a whole number from 1")
    return value if good else fallback


def durations(table: Table, key: str, fallback: tuple[timedelta, ...] | None = None) -> tuple[timedelta, ...]:
    """Read one duration, or a rising list of them."""
    value = table.get(key)
    if value is MISSING and fallback is not None:
        return fallback
    read = [_duration(entry) for entry in (value if isinstance(value, list) else [value])]
    ages = tuple(age for age in read if age)
    if not ages or len(ages) < len(read) or list(ages) != sorted(set(ages)):
        table.note(key, 'a duration like "45m", "2h" or "1d", or a rising list of them')
        return ()
    return ages


def duration_or_never(
    table: Table, key: str, expected: str, fallback: timedelta | None, most: timedelta = timedelta.max
) -> timedelta | None:
    """Read one duration, or the word ``never`` as None."""
    value = table.get(key)
    if value in (MISSING, "never"):
        return fallback if value is MISSING else None
    read = _duration(value)
    if read and read <= most:
        return read
    table.note(key, expected)
    return fallback


def _duration(value: object) -> timedelta | None:
    try:
        return duration.parse(value) if isinstance(value, str) else None
    except ValueError:
        return None
