"""The function behind the API: what people do in Slack. Slack waits three seconds, also while the function starts."""

from datetime import UTC, datetime
from typing import Any

from chalice.app import Chalice, Response

from chalicelib import wiring_slack
from chalicelib.aws.metrics import flushed
from chalicelib.checked_rules import FORMAT
from chalicelib.core.alerts.listing import ListRequest
from chalicelib.core.clicks.click import Click, Unheard
from chalicelib.core.joint.click import JointClick
from chalicelib.entries import logger
from chalicelib.jobs.list_locks import list_locks
from chalicelib.ports.book import BookError
from chalicelib.slack import requests
from chalicelib.slack.words import listings
from chalicelib.slack_over_http import from_slack
from chalicelib.version import this_version

# With configure_logs, Chalice would print every line of powertools' logger a second time.
app = Chalice(app_name="tflock-reaper", configure_logs=False)


@app.route("/slack/actions", methods=["GET", "POST"], content_types=["*/*"])
@flushed(wiring_slack.metrics)
def slack_actions() -> Response:
    """Verify a click in Slack, leave it for the function that carries it out, answer at once."""
    _hand_over(from_slack(app.current_request, requests.parse))
    return Response("")


@app.route("/slack/commands", methods=["GET", "POST"], content_types=["*/*"])
@flushed(wiring_slack.metrics)
def slack_commands() -> Response:
    """Answer ``/tflocks`` from the lock book alone, because Slack waits only three seconds."""
    asked = from_slack(app.current_request, requests.parse_command)
    if asked is None:
        return Response("")
    if isinstance(asked, Unheard):
        return Response(listings.turned_away(asked))
    if asked.asks_for_version:
        return Response(listings.versions(this_version(), FORMAT))
    if not asked.understood:
        return Response(listings.usage())
    try:
        return Response(_list(asked))
    except BookError:
        logger.exception("/tflocks could not be answered")
        return Response(listings.unreachable())


def _list(asked: ListRequest) -> dict[str, Any]:
    locks, members = wiring_slack.lock_list(), wiring_slack.group_book()
    return listings.answer(list_locks(asked, locks, members, wiring_slack.rules(), datetime.now(UTC)))


def _hand_over(told: Click | JointClick | Unheard | listings.PageTurn | None) -> None:
    """Leave a click for the function that may carry it out. Only another listing page is shown at once."""
    if isinstance(told, listings.PageTurn):
        _turn_page(told)
    elif isinstance(told, Unheard):
        wiring_slack.orders().turn_away(told)
    elif told:
        wiring_slack.orders().carry_out(told)


def _turn_page(turn: listings.PageTurn) -> None:
    """Show another listing page in the place of this one, at once: it needs no more time than the command."""
    from chalicelib.slack import response_url  # noqa: PLC0415  slack_sdk takes time that no first click may wait for

    try:
        response_url.respond(turn.response_url, _list(turn.request) | {"replace_original": True})
    except BookError:
        logger.exception("a page of /tflocks could not be shown")
        response_url.respond(turn.response_url, listings.unreachable() | {"replace_original": False})
