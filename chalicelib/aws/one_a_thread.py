"""boto3's resources, one for each thread."""

from collections.abc import Callable
from threading import local
from typing import Any


class OneAThread:
    """A stand-in for a boto3 resource of which each thread has its own.

    "Resource instances are not thread safe" (boto3's guide, Resources): the conditions of two requests that are built
    at once would share their placeholders (``boto3.dynamodb.transform.TransformationInjector``), and each could be
    sent with the other's.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._mine = local()

    def __getattr__(self, name: str) -> Any:
        if not hasattr(self._mine, "resource"):
            self._mine.resource = self._make()
        return getattr(self._mine.resource, name)
