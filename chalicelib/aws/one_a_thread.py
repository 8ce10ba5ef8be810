"""Give each thread its own copy of a boto3 resource."""

from collections.abc import Callable
from threading import local
from typing import Any


class OneAThread(local):
    """Stands in for a boto3 resource; each thread gets its own, and remembers what it has asked of it.

    "Resource instances are not thread safe" (boto3's guide, Resources): two requests that are built at once would share
    the placeholders of their conditions (``boto3.dynamodb.transform.TransformationInjector``), and each could be sent
    with the other's.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._resource: Any = None

    def __getattr__(self, name: str) -> Any:
        if self._resource is None:
            self._resource = self._make()
        found = getattr(self._resource, name)
        setattr(self, name, found)
        return found
