"""Fit a number or a long name into a line of text."""

_ELLIPSIS = "…"


def counted(number: int, thing: str) -> str:
    """Return ``1 hold`` or ``2 holds``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def shortened(text: str, limit: int) -> str:
    """Cut text to at most so many characters; it loses its middle, since the end of a state path says more."""
    if len(text) <= limit:
        return text
    head = (limit - 1) // 3
    return text[:head] + _ELLIPSIS + text[head + 1 - limit :]
