import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from botocore.exceptions import ConnectionClosedError, HTTPClientError

from demo.local_cloud import LocalCloud

FUNCTIONS = json.loads((Path(__file__).parent.parent.parent / ".chalice" / "config.json").read_text())[
    "lambda_functions"
]


class HangsUp:
    """A cloud that takes each request and hangs up without an answer."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with connection:
                    self.requests.append(connection.recv(65536).splitlines()[0])

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@pytest.fixture
def hangs_up() -> Iterator[HangsUp]:
    cloud = HangsUp()
    yield cloud
    cloud.close()


def test_a_function_whose_answer_is_lost_is_not_called_again(hangs_up: HangsUp, tmp_path: Path) -> None:
    with pytest.raises((ConnectionClosedError, HTTPClientError)):
        LocalCloud(tmp_path, port=hangs_up.port).invoke("watch")
    assert hangs_up.requests == [b"POST /2015-03-31/functions/watch/invocations HTTP/1.1"]


def test_a_function_is_waited_for_longer_than_any_of_them_may_run(tmp_path: Path) -> None:
    longest = max(function["lambda_timeout"] for function in FUNCTIONS.values())
    assert LocalCloud(tmp_path, port=1).client("lambda").meta.config.read_timeout > longest > 60


def test_what_is_left_of_a_program_that_is_killed_lies_in_the_cloud_s_own_folder(tmp_path: Path) -> None:
    assert Path(LocalCloud(tmp_path, port=1).environment["TMPDIR"]).is_relative_to(tmp_path.resolve())
