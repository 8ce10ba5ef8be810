"""``python -m bench.click [ROUNDS]``: what a click costs, cold and warm, beside bolt-python and ``force-unlock``."""

import sys

from bench.click import cold, warm

_COLD, _WARM = 5, 20


def main(rounds: int | None) -> None:
    """Measure and print both."""
    cold.main(rounds or _COLD)
    warm.main(rounds or _WARM)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else None)
