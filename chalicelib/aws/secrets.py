"""Read secrets from SSM parameters, which may change while the process lives."""

import time
from collections.abc import Callable
from functools import lru_cache
from threading import Lock

from aws_lambda_powertools.utilities.parameters import SSMProvider


class Secrets:
    """The secrets, by the names of their parameters. Threads may share an instance."""

    def __init__(self, parameters: SSMProvider, clock: Callable[[], float] = time.monotonic) -> None:
        self._parameters = parameters
        self._clock = clock
        self._one = Lock()
        self._known = lru_cache(maxsize=8)(self._read)

    def read(self, name: str, seconds: int) -> str:
        """Return a secret, read at most ``seconds`` ago. Many threads that ask at the same time cause one call."""
        with self._one:
            return self._known(name, seconds, int(self._clock()) // seconds)

    def _read(self, name: str, _seconds: int, _period: int) -> str:
        return str(self._parameters.get(name, force_fetch=True, decrypt=True)).strip()
