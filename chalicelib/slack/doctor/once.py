"""Ask a thing once, and remember a failure like an answer."""

from collections.abc import Callable
from typing import Generic, TypeVar

from chalicelib.ports.doctor import NotAllowedError, NotKnownError

T = TypeVar("T")


class Once(Generic[T]):
    """The answer to one question. Whoever asks again gets the same answer, or the same failure, at once."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._told: list[T] = []
        self._failed: NotAllowedError | NotKnownError | None = None

    def __call__(self) -> T:
        """Return the answer. Raises NotAllowedError and NotKnownError as the question does."""
        if self._failed:
            raise self._failed
        if not self._told:
            try:
                self._told = [self._ask()]
            except (NotAllowedError, NotKnownError) as error:
                self._failed = error
                raise
        return self._told[0]
