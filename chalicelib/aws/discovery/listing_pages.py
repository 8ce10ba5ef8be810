"""Read a listing of AWS to its end, page by page."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from chalicelib.aws.genuine import genuine


class EndlessListingError(Exception):
    """AWS gave the same page twice, so the listing would never end."""


def pages(
    ask: Callable[..., Mapping[str, Any]], takes: str, gives: str, **arguments: Any
) -> Iterator[Mapping[str, Any]]:
    """Yield all answers of a listing. A page without entries is not the last one: only one without a token is.

    ``takes`` and ``gives`` are the names of the token in the request and in the answer.

    Raises:
        EndlessListingError: a token comes again.
    """
    answer = genuine(ask(**arguments))
    yield answer
    seen: set[str] = set()
    while token := answer.get(gives):
        if token in seen:
            raise EndlessListingError("the listing gives the same page again")
        seen.add(token)
        answer = genuine(ask(**arguments, **{takes: token}))
        yield answer
