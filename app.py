"""tflock-reaper's entry points, one per trigger: translate, call a job, answer.

An exception that leaves an entry point means "try again" or "bad caller" (401, 403, 400). The rights of each function
are in .chalice/policy-*.json.
"""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger
from chalice.app import Chalice, CloudWatchEvent, Cron, Rate, Response, SQSEvent

from chalicelib import first_line, wiring
from chalicelib.aws import batches
from chalicelib.aws.by_hand import also_by_hand
from chalicelib.aws.events.dynamodb import table_events
from chalicelib.aws.metrics import flushed
from chalicelib.aws.orders import clicks, sweeps
from chalicelib.aws.orders.events import read_recording, read_settling
from chalicelib.checked_rules import FORMAT
from chalicelib.core.alerts.listing import ListRequest
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.measure import sweep_duration
from chalicelib.core.clicks.click import Click, Unheard
from chalicelib.core.clicks.order import AutoRelease, EndUndo
from chalicelib.core.joint.click import JointClick, ShowJoint
from chalicelib.core.nights.night import began_at
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.case import Case
from chalicelib.jobs.alerts.endings import tell_endings
from chalicelib.jobs.clicks.answer import answer
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.joint.answer import answer_joint
from chalicelib.jobs.joint.progress import show_joint
from chalicelib.jobs.joint.release import release_joint
from chalicelib.jobs.list_locks import list_locks
from chalicelib.jobs.nights.begin import order_sweeps
from chalicelib.jobs.record import record_events
from chalicelib.jobs.runs.run import Run
from chalicelib.jobs.settle import settle
from chalicelib.jobs.sweep import sweep
from chalicelib.jobs.targets.discover import discover
from chalicelib.jobs.watch import watch
from chalicelib.ports.book import BookError
from chalicelib.slack import requests, response_url
from chalicelib.slack.words import listings
from chalicelib.slack_over_http import from_slack
from chalicelib.told_by_aws import told_by_aws
from chalicelib.version import this_version

# With configure_logs, Chalice would print every line of powertools' logger a second time.
app = Chalice(app_name="tflock-reaper", configure_logs=False)
logger = Logger()
first_line.write()
_measured = flushed(wiring.metrics)
"""Writes the metrics of an invocation when it ends. Chalice's decorator must come above it."""


@also_by_hand
@app.schedule(Cron(0, 3, "*", "*", "?", "*"))
@_measured
def nightly_sweep(event: CloudWatchEvent) -> None:
    """Find the targets of the target rules every night, and order a sweep of each target that is known."""
    try:
        discover(wiring.rules(), wiring.searching(_milliseconds(event.context)), _now())
    finally:
        order_sweeps(wiring.world(), wiring.rules(), began_at(event.time, _now()))


@app.on_sqs_message(queue="tflock-sweeps", batch_size=1)
@_measured
def sweep_target(event: SQSEvent) -> None:
    """Sweep one target."""
    for message in event:
        order = sweeps.read_sweep(message.body)
        began = _now()
        try:
            rules = wiring.current_rules().rules_to_sweep(order.target)
            sweep(order, wiring.world(), rules, began, _run(event.context))
        finally:
            wiring.metrics().add(sweep_duration(_now() - began))


@also_by_hand
@app.schedule(Rate(15, unit=Rate.MINUTES))
@_measured
def watch_locks(event: CloudWatchEvent) -> None:
    """Check the ages of the locks in the book every 15 minutes."""
    wiring.store_rules()
    watch(wiring.world(), wiring.rules(), _now(), _run(event.context))


@app.lambda_function()
@_measured
def examine_setup(_event: Any, context: Any) -> None:
    """Look at what was not looked at this week. It has a schedule only with ``doctor = "weekly"``."""
    from chalicelib import wiring_doctor  # noqa: PLC0415  no other function needs the doctor's many modules

    wiring_doctor.examine(_now(), _milliseconds(context))


@app.on_sqs_message(queue="tflock-events", batch_size=25)
@_measured
def record_lock_event(event: SQSEvent) -> dict[str, Any]:
    """Record events, oldest first, and settle earlier ones. Only messages that failed are delivered again."""
    ended: list[Case] = []
    # An order to settle is older than the acquires in the same batch, but must be carried out after them.
    response = batches.process(event, read_settling, partial(_record, ended))
    if left := tell_endings(ended, wiring.world(), _run(event.context)) if ended else []:
        logger.warning("messages that do not say yet that their lock is gone: the next watch sees to it", left=left)
    return response


@app.lambda_function()
@_measured
def table_changed(event: Any, _context: Any) -> None:
    """Leave a table stream's events for ``record_lock_event``. After a failure the stream delivers them again."""
    for told in table_events(event, wiring.configured_rules().targets):
        wiring.orders().record(told)


@app.route("/slack/actions", methods=["GET", "POST"], content_types=["*/*"])
@_measured
def slack_actions() -> Response:
    """Verify a click in Slack, leave it for the function that carries it out, answer at once."""
    _hand_over(from_slack(app.current_request, requests.parse))
    return Response("")


@app.route("/slack/commands", methods=["GET", "POST"], content_types=["*/*"])
@_measured
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
    return listings.answer(list_locks(asked, wiring.lock_list(), wiring.group_book(), wiring.rules(), _now()))


def _hand_over(told: Click | JointClick | Unheard | listings.PageTurn | None) -> None:
    """Leave a click for the function that may carry it out. Only another listing page is shown at once."""
    if isinstance(told, listings.PageTurn):
        _turn_page(told)
    elif isinstance(told, Unheard):
        wiring.orders().turn_away(told)
    elif told:
        wiring.orders().carry_out(told)


def _turn_page(turn: listings.PageTurn) -> None:
    """Show another listing page in the place of this one, at once: it needs no more time than the command."""
    try:
        response_url.respond(turn.response_url, _list(turn.request) | {"replace_original": True})
    except BookError:
        logger.exception("a page of /tflocks could not be shown")
        response_url.respond(turn.response_url, listings.unreachable() | {"replace_original": False})


@app.on_sqs_message(queue="tflock-releases", batch_size=1)
@_measured
def release_lock(event: SQSEvent) -> None:
    """Carry out one order to release. No other function may delete."""
    for message in event:
        order = clicks.read_for_release_lock(message.body)
        if isinstance(order, Unheard):
            _turn_away(order)
        elif isinstance(order, JointClick):
            release_joint(order, wiring.world(), wiring.rules(), _now())
        else:
            release(order, wiring.world(), _rules_for(order), _now())


@app.on_sqs_message(queue="tflock-clicks", batch_size=1)
@_measured
def answer_click(event: SQSEvent) -> None:
    """Carry out any other click. This function may put a lock back, and cannot delete."""
    for message in event:
        order = clicks.read_for_answer_click(message.body)
        if isinstance(order, Unheard):
            _turn_away(order)
        elif isinstance(order, JointClick):
            answer_joint(order, wiring.world(), wiring.rules(), _now())
        elif isinstance(order, ShowJoint):
            show_joint(order, wiring.world(), wiring.rules(), _now())
        else:
            answer(order, wiring.world(), _rules_for(order), _now())


def _rules_for(order: Click | AutoRelease | EndUndo) -> Rules:
    """Return the rules for an order about a lock; a person who waits is told if the targets are not known just now.

    Raises:
        BookError: they are not, and nobody waits; the queue delivers the order again.
    """
    try:
        return wiring.rules_for(order.lock.place)
    except BookError:
        if not isinstance(order, Click) or order.part:
            raise
        return wiring.rules()


def _turn_away(unheard: Unheard) -> None:
    """Tell the person that their click cannot be carried out. It is not tried again."""
    logger.warning("a click was not carried out", why=unheard.why, reason=unheard.detail)
    wiring.world().messenger.turn_away(unheard)


def _record(ended: list[Case], body: str, to_settle: LockEvent | None) -> None:
    """Record all events of one message that can be recorded, then raise the failures: the queue delivers it again."""
    now = _now()
    if to_settle:
        ended.extend(settle(wiring.event_case(to_settle, now)))
        return
    told = read_recording(body)
    events, unknown = ((told,), None) if told else told_by_aws(body)
    record_events([wiring.event_case(event, now) for event in events], ended)
    if unknown:
        raise unknown


def _run(context: Any) -> Run:
    """Return a run with the time that Lambda leaves this invocation."""
    return wiring.run(_milliseconds(context))


def _milliseconds(context: Any) -> float:
    return float(context.get_remaining_time_in_millis())


def _now() -> datetime:
    return datetime.now(UTC)
