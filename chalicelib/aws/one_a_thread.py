"""Give each thread its own copy of a boto3 resource."""

from collections.abc import Callable
from threading import local
from typing import Any


class OneAThread(local):
    """A stand-in for a boto3 resource, which makes one for each thread.

    "Resource instances are not thread safe" (boto3's guide, Resources). Two requests that are built at the same time
    would share the placeholders of their conditions (``boto3.dynamodb.transform.TransformationInjector``), so that one
    could be sent with the condition of the other.
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
