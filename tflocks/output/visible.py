"""Other people's text where it is shown: it can say anything and do nothing."""

from chalicelib.core.visible import visible

__all__ = ["shortened", "visible"]

_ELLIPSIS = "…"


def shortened(text: str, limit: int) -> str:
    """Cut text to at most so many characters; it loses its middle, since the end of a state path says more."""
    if len(text) <= limit:
        return text
    head = (limit - 1) // 3
    return text[:head] + _ELLIPSIS + text[head + 1 - limit :]
