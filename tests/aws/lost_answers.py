"""A server that answers nothing, and a lock store that speaks with it as the package's own does."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import boto3

from chalicelib.aws.locks.s3 import S3LockStore
from chalicelib.aws.patience import WRITING


@contextmanager
def a_server_that_hangs_up() -> Iterator[tuple[str, list[bytes]]]:
    """Takes each request and closes the connection without an answer."""
    taken: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    taken.append(connection.recv(65536))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", taken
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def a_store_at(url: str) -> S3LockStore:
    """With the very settings that the package writes with."""
    client = boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=WRITING,
    )
    return S3LockStore(*[lambda *_: client] * 3)
