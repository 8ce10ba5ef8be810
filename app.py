"""tflock-reaper's entry points, one per trigger: translate, call a job, answer.

An exception that leaves one means "try again" (SQS delivers again, Lambda counts an error that has an alarm) or
"bad caller" (401, 403, 400). What each may do in the account is in .chalice/policy-<function>.json.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar, cast

import msgspec
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from chalice.app import (
    BadRequestError,
    Chalice,
    CloudWatchEvent,
    Cron,
    ForbiddenError,
    Rate,
    Response,
    SQSEvent,
    UnauthorizedError,
)

from chalicelib import wiring
from chalicelib.aws.notifications import lock_changes
from chalicelib.book_ports import BookError
from chalicelib.core.click import Click, Verb
from chalicelib.core.measure import sweep_duration
from chalicelib.core.policy import Target
from chalicelib.jobs.answer import answer
from chalicelib.jobs.list_locks import list_locks
from chalicelib.jobs.record import Settle, record_change, settle
from chalicelib.jobs.release import release
from chalicelib.jobs.sweep import order_sweeps, sweep
from chalicelib.jobs.watch import watch
from chalicelib.slack import listings, requests

# configure_logs=False: Chalice would print every line of powertools' logger a second time.
app = Chalice(app_name="tflock-reaper", configure_logs=False)
logger = Logger()
T = TypeVar("T")
P = ParamSpec("P")
_TIME_FOR_ONE = 30_000
"""Milliseconds. Killed in the middle, an invocation would leave its whole batch to be done again."""
_FORM = "application/x-www-form-urlencoded"


class OutOfTimeError(Exception):
    """A message was not begun."""


def _measured(entry_point: Callable[P, T]) -> Callable[P, T]:
    """Writes the metrics of an invocation when it ends, however it ends. Beneath Chalice's own, which must be last."""

    @wraps(entry_point)
    def run(*arguments: P.args, **named: P.kwargs) -> T:
        try:
            return entry_point(*arguments, **named)
        finally:
            wiring.metrics().flush()

    return run


@app.schedule(Cron(0, 3, "*", "*", "?", "*"))
@_measured
def nightly_sweep(_event: CloudWatchEvent) -> None:
    """Every night: one order a target."""
    order_sweeps(wiring.config().rules, wiring.sweep_queue(), wiring.journal(), _now())


@app.on_sqs_message(queue="tflock-sweeps", batch_size=1)
@_measured
def sweep_target(event: SQSEvent) -> None:
    """One target's order."""
    for message in event:
        target = msgspec.json.decode(message.body, type=Target)
        began = _now()
        try:
            sweep(target, wiring.world(), wiring.config().rules, began)
        finally:
            wiring.metrics().add(sweep_duration(_now() - began))


@app.schedule(Rate(15, unit=Rate.MINUTES))
@_measured
def watch_locks(_event: CloudWatchEvent) -> None:
    """Every 15 minutes: the ages of the locks in the book."""
    watch(wiring.world(), wiring.config().rules, _now())


@app.on_sqs_message(queue="tflock-events", batch_size=25)
@_measured
def record_lock_event(event: SQSEvent) -> dict[str, Any]:
    """S3's events, oldest first, and what is still to be done about earlier ones; only what failed comes again."""
    batch = event.to_dict()
    # An order to settle is older than the acquires beside it, and comes after them.
    batch["Records"].sort(key=lambda one: (bool(_settle_order(one["body"])), int(one["attributes"]["SentTimestamp"])))
    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    return dict(process_partial_response(batch, partial(_record_message, event.context), processor))


@app.route("/slack/actions", methods=["POST"], content_types=[_FORM])
@_measured
def slack_actions() -> Response:
    """A click in Slack: verified, handed over, answered at once."""
    click = _from_slack(requests.parse)
    if click:
        queue = wiring.release_queue() if click.verb is Verb.RELEASE else wiring.click_queue()
        queue.send(msgspec.json.encode(click))
    return Response(body="", status_code=200)


@app.route("/slack/commands", methods=["POST"], content_types=[_FORM])
@_measured
def slack_commands() -> Response:
    """``/tflocks``: answered from the lock book, since Slack waits three seconds."""
    asked = _from_slack(requests.parse_command)
    if not asked.understood:
        return Response(listings.usage())
    try:
        return Response(
            listings.answer(list_locks(asked, wiring.lock_book(), wiring.group_book(), wiring.config().rules, _now()))
        )
    except BookError:
        logger.exception("/tflocks could not be answered")
        return Response(listings.unreachable())


@app.on_sqs_message(queue="tflock-releases", batch_size=1)
@_measured
def release_lock(event: SQSEvent) -> None:
    """One release: the only function that may delete."""
    for message in event:
        release(_click(message.body), wiring.world(), wiring.config().rules, _now())


@app.on_sqs_message(queue="tflock-clicks", batch_size=1)
@_measured
def answer_click(event: SQSEvent) -> None:
    """Any other click: it may put a lock back, and delete nothing."""
    for message in event:
        answer(_click(message.body), wiring.world(), wiring.config().rules, _now())


_ANSWERS = {
    requests.UnverifiedError: UnauthorizedError,
    requests.MisdirectedError: ForbiddenError,
    requests.MalformedError: BadRequestError,
}


def _from_slack(parse: Callable[[bytes, str, str], T]) -> T:
    """What Slack sent, once it is proven to be from Slack and for us."""
    body, headers = _raw_request()
    config = wiring.config()
    try:
        requests.verify(body, headers, wiring.signing_secret)
        return parse(body, config.rules.team, config.slack_app)
    except (requests.UnverifiedError, requests.MisdirectedError, requests.MalformedError) as error:
        logger.warning("slack request turned away", reason=str(error))
        raise _ANSWERS[type(error)](str(error)) from None


def _click(body: str) -> Click:
    return msgspec.json.decode(body, type=Click)


def _raw_request() -> tuple[bytes, Mapping[str, str]]:
    """The bytes as Slack signed them."""
    request = app.current_request
    if request is None:
        raise BadRequestError("no request")
    return cast("bytes", request.raw_body), request.headers


def _record_message(context: Any, record: SQSRecord) -> None:
    """One message of a batch. powertools says nothing of what it raises."""
    try:
        _check_time(context)
        _record(record.body)
    except Exception:
        # Not `message=`: logging reserves that name (tests/test_log_lines.py).
        logger.exception("an S3 notification was not recorded and will be delivered again", sqs=record.message_id)
        raise


def _check_time(context: Any) -> None:
    if context.get_remaining_time_in_millis() < _TIME_FOR_ONE:
        raise OutOfTimeError("the others of its batch took too long: S3, or Slack, is slow to answer")


def _record(body: str) -> None:
    world, rules, recording = wiring.world(), wiring.config().rules, wiring.recording()
    if order := _settle_order(body):
        settle(order.release, world, rules, recording, _now())
        return
    for change in lock_changes(body):
        record_change(change, world, rules, recording, _now())


def _settle_order(body: str) -> Settle | None:
    try:
        return msgspec.json.decode(body, type=Settle)
    except msgspec.MsgspecError:
        return None


def _now() -> datetime:
    return datetime.now(UTC)
