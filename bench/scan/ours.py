"""``python -m bench.scan.ours [--plain] [--threads N] URL BUCKET ...``: print all locks, and then what it took.

With ``--plain``, boto3's paginator looks for them, as everybody writes it.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config

from chalicelib.aws.locks.s3 import S3LockStore
from chalicelib.aws.patience import LISTING
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target


def client(url: str, connections: int) -> Any:
    """Return a client for the bench's server, with the patience that the package lists with."""
    config = LISTING.merge(Config(s3={"addressing_style": "path"}, max_pool_connections=connections))
    keys: Any = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}
    return boto3.client("s3", endpoint_url=url, config=config, **keys)


def _ours(asked: Any, bucket: str) -> Iterator[str]:
    store = S3LockStore(*[lambda *_: asked] * 3)
    return (place.key for part in store.scan(Target(Kind.S3, bucket)) for place in part.places)


def _plain(asked: Any, bucket: str) -> Iterator[str]:
    pages = asked.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return (entry["Key"] for page in pages for entry in page.get("Contents", []) if entry["Key"].endswith(".tflock"))


def main() -> None:
    """List the buckets of the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("url")
    parser.add_argument("buckets", nargs="+")
    asked = parser.parse_args()
    s3, find = client(asked.url, asked.threads + 16), _plain if asked.plain else _ours
    cpu = time.process_time()
    for bucket, keys in _found(asked.buckets, asked.threads, lambda one: list(find(s3, one))):
        sys.stdout.writelines(f"{bucket}/{key}\n" for key in keys)
    print(json.dumps({"loop_cpu": time.process_time() - cpu}), file=sys.stderr)


def _found(buckets: list[str], threads: int, find: Callable[[str], list[str]]) -> Iterator[tuple[str, list[str]]]:
    with ThreadPoolExecutor(threads) as pool:
        yield from zip(buckets, pool.map(find, buckets), strict=True)


if __name__ == "__main__":
    main()
