"""Read and write durations as people do."""

import re
from datetime import timedelta

_UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
_WRITTEN = re.compile(r"(?:(\d{1,4})w)?(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,4})m)?(?:(\d{1,4})s)?", re.ASCII)


def parse(text: str) -> timedelta:
    """Read a duration like ``45m``, ``2h``, ``1d`` or ``1h30m``: units from weeks to seconds, the largest first.

    Raises:
        ValueError: for any other text, and for an empty one.
    """
    match = _WRITTEN.fullmatch(text.replace(" ", ""))
    amounts = match.groups(default="0") if match else ()
    duration = sum((int(amount) * unit for amount, unit in zip(amounts, _UNITS.values(), strict=False)), timedelta(0))
    if not duration:
        raise ValueError(f"not a duration like 45m, 2h or 1d: {text!r}")
    return duration


def in_words(duration: timedelta) -> str:
    """Write a duration in its two largest units: ``3 d 4 h``, ``2 h 5 min``, ``40 s``."""
    seconds = int(duration.total_seconds())
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    first = next((index for index, (amount, _) in enumerate(parts) if amount), len(parts) - 1)
    said = [f"{amount} {unit}" for amount, unit in parts[first : first + 2] if amount]
    # Minutes are written without seconds, which change faster than a message is edited.
    return " ".join(said[:1] if parts[first][1] == "min" else said) or "0 s"
