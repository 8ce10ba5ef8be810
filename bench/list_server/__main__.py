"""``python -m bench.list_server --bucket giant=1000:tree --buckets small=500x5 [--seconds 0.08] [--refused 0.2]``.

Numbers of keys are in thousands. ``--buckets`` makes many of one kind: small-000, small-001 and so on. ``GET /counted``
gives the numbers of answers since it was last asked, by status.
"""

import argparse

from bench.list_server.keys import Keys, flat, tree
from bench.list_server.server import World, serve


def main() -> None:
    """Serve as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.list_server")
    parser.add_argument("--bucket", action="append", default=[], metavar="NAME=THOUSANDS[:flat|:tree]")
    parser.add_argument("--buckets", action="append", default=[], metavar="NAME=NUMBERxTHOUSANDS")
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--refused", type=float, default=0.0)
    parser.add_argument("--port", type=int, default=0)
    asked = parser.parse_args()
    buckets: dict[str, Keys] = {}
    for one in asked.bucket:
        name, _, size = one.partition("=")
        thousands, _, layout = size.partition(":")
        buckets[name] = (tree if layout == "tree" else flat)(int(thousands))
    for many in asked.buckets:
        name, _, size = many.partition("=")
        number, _, thousands = size.partition("x")
        same = flat(int(thousands))
        buckets |= {f"{name}-{one:03d}": same for one in range(int(number))}
    serve(World(buckets, asked.seconds, asked.refused), asked.port)


if __name__ == "__main__":
    main()
