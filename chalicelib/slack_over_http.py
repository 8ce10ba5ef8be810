"""What Slack sends to the API: check that it is Slack's, and turn what is not into HTTP errors.

An exception that leaves this module is "bad caller": 401, 403, 400 or 415.
"""

from typing import Any, TypeVar

from aws_lambda_powertools import Logger
from chalice.app import BadRequestError, ChaliceViewError, ForbiddenError, UnauthorizedError

from chalicelib import wiring_slack
from chalicelib.core.audit.measure import TURNED_AWAY
from chalicelib.core.clicks.click import Unheard, Unusable
from chalicelib.slack import requests

logger = Logger(child=True)
T = TypeVar("T")
_FORM = "application/x-www-form-urlencoded"


class UnsupportedMediaTypeError(ChaliceViewError):
    """The body of a request that is not a form."""

    STATUS_CODE = 415


_REFUSALS = {
    requests.UnverifiedError: UnauthorizedError,
    requests.MisdirectedError: ForbiddenError,
    requests.MalformedError: BadRequestError,
}


def from_slack(request: Any, parse: requests.Parse[T]) -> T | None:
    """Return what Slack sent, after the signature has proved its origin; None: Slack only checks the certificate."""
    if request is None:
        raise BadRequestError("no request")
    body, headers = request.raw_body, request.headers
    if requests.is_ssl_check(request.query_params or {}, body):
        return None
    # Checked here and not in the route, because Slack's check of the certificate has no content type.
    if not headers.get("content-type", "").startswith(_FORM):
        raise UnsupportedMediaTypeError(f"expected {_FORM}")
    try:
        requests.verify(body, headers, wiring_slack.signing_secret)
        told = parse(body, wiring_slack.installation())
    except tuple(_REFUSALS) as error:
        logger.warning("slack request turned away", reason=str(error))
        wiring_slack.metrics().add(TURNED_AWAY)
        raise _REFUSALS[type(error)](str(error)) from None
    if isinstance(told, Unheard) and told.why is Unusable.MISDIRECTED:  # others have only a button of another version
        logger.warning("slack request turned away", reason=told.detail)
        wiring_slack.metrics().add(TURNED_AWAY)
    return told
