"""Clients of AWS that are denied everything: no look may make green of that."""

from typing import Any

from botocore.exceptions import ClientError


class DeniedClient:
    """A client of which every request is denied, paginators' too."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *_, **__: _denied(name)

    def get_paginator(self, name: str) -> Any:
        return _DeniedPaginator(name)


class _DeniedPaginator:
    def __init__(self, name: str) -> None:
        self._name = name

    def paginate(self, **_: Any) -> Any:
        yield _denied(self._name)


def _denied(name: str) -> Any:
    raise ClientError({"Error": {"Code": "AccessDenied", "Message": f"not authorized to perform {name}"}}, name)
