"""Give each thread its own copy of a boto3 resource."""

from collections.abc import Callable
from threading import local
from typing import Any


class OneAThread:
    """Stands in for a boto3 resource; each thread gets its own.

    "Resource instances are not thread safe" (boto3's guide, Resources): two requests that are built at once would share
    the placeholders of their conditions (``boto3.dynamodb.transform.TransformationInjector``), and each could be sent
    with the other's.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._mine = local()

    def __getattr__(self, name: str) -> Any:
        if not hasattr(self._mine, "resource"):
            self._mine.resource = self._make()
        return getattr(self._mine.resource, name)
