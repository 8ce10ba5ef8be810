"""Have a client of boto3 cut its listing pages before it parses them, and only while it is asked for locks.

botocore signs, sends, tries again, maps errors and parses as ever. There is no public way to get between the answer and
its parsing, so this takes the place of the ``send`` of the client's own HTTP session, which needs one private
attribute. A client that does not look as expected parses whole pages.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from aws_lambda_powertools import Logger
from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session

from chalicelib.aws.locks.listing.cut import cut

KEYS = "x-tflock-reaper-keys"
"""The header that is added to the answer with a page that was cut: the number of keys it had."""
_OK = 200
_wanted: ContextVar[bool] = ContextVar("only locks are wanted", default=False)
_log = Logger(child=True)
Send = Callable[[Any], Any]


class CuttingSend:
    """The ``send`` of an HTTP session, with listing pages cut where only locks are wanted."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def __call__(self, request: Any) -> Any:
        """Send a request; return its answer, cut if that is wanted and possible."""
        answer = self._send(request)
        streamed = getattr(request, "stream_output", True)
        if streamed or not _wanted.get() or type(answer) is not AWSResponse or answer.status_code != _OK:
            return answer
        shortened = cut(answer.content)
        if shortened is None:
            return answer
        page, keys = shortened
        headers: Any = {**answer.headers, KEYS: str(keys)}
        return AWSResponse(answer.url, _OK, headers, _Body(page))


class _Body:
    """The part of an answer that botocore reads."""

    def __init__(self, page: bytes) -> None:
        self._page = page

    def stream(self, **_: object) -> Iterator[bytes]:
        """Yield the page."""
        yield self._page


def prepare(client: Any) -> bool:
    """Prepare a client to cut pages, once; return whether it does. If not, a warning says that listing is slow."""
    session: Any = getattr(getattr(client, "_endpoint", None), "http_session", None)
    if isinstance(getattr(session, "send", None), CuttingSend):
        return True
    if type(session) is not URLLib3Session or not callable(session.send):
        _log.warning("listing pages are parsed whole: botocore has changed, so a sweep takes twenty times the CPU")
        return False
    sending: Any = session
    sending.send = CuttingSend(session.send)
    return True


@contextmanager
def only_locks_wanted() -> Iterator[None]:
    """Have listing pages cut that are asked for within this block, by this thread."""
    before = _wanted.set(True)
    try:
        yield
    finally:
        _wanted.reset(before)
