"""``make demo``: the whole story on this machine, no accounts needed. ``ONCE=1`` plays it through by itself."""

import importlib
import sys

from demo import stopping

if __name__ == "__main__":
    stopping.listen()  # listen before the imports that take long
    sys.exit(importlib.import_module("demo.playing").main())
