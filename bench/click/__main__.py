"""``python -m bench.click [ROUNDS]``: what a click costs, warm, beside ``terraform force-unlock``."""

import sys

from bench.click import warm

if __name__ == "__main__":
    warm.main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
