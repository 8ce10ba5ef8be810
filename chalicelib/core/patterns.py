"""Patterns in ``reaper.toml``: ``*`` is any text, ``?`` one character."""

import re
from functools import lru_cache


def matches(pattern: str, text: str) -> bool:
    """Return whether a pattern matches the whole text: ``*`` is any text, ``?`` one character."""
    return expression((pattern,)).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def expression(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return an expression for whole texts that match one of the patterns; each is compiled once."""
    return re.compile("|".join(f"(?:{_written(pattern)})" for pattern in patterns), re.DOTALL)


def _written(pattern: str) -> str:
    first, *rest = (re.escape(piece).replace(r"\?", ".") for piece in pattern.split("*"))
    # Each piece takes its first match and is never tried again: a stranger may have written a text of 16 KB.
    middle = "".join(f"(?>.*?{piece})" for piece in rest[:-1])
    last = f".*{rest[-1]}" if rest else ""
    return first + middle + last
