"""Read secrets from SSM parameters, which may change while the process lives."""

import time
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_ssm import SSMClient


class Secrets:
    """The secrets, by the names of their parameters. Threads may share an instance."""

    def __init__(self, client: "SSMClient", clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._one = Lock()
        self._known = lru_cache(maxsize=8)(self._read)

    def read(self, name: str, seconds: int) -> str:
        """Return a secret, read at most ``seconds`` ago. Many threads that ask at the same time cause one call."""
        with self._one:
            return self._known(name, seconds, int(self._clock()) // seconds)

    def _read(self, name: str, _seconds: int, _period: int) -> str:
        return self._client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"].strip()
