"""The messages with something to click, and what a click on each of their buttons asks."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import urlencode

import msgspec

from chalicelib.core.alerts.alert import alert_for
from chalicelib.core.alerts.listing import Listed, Listing
from chalicelib.core.alerts.page import Asked, Page, Snooze
from chalicelib.core.clicks.click import Click, SnoozeFor, Verb
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.clicks.list_query import Query
from chalicelib.core.joint.click import JointClick
from chalicelib.core.joint.shown import JointAlert, JointListing
from chalicelib.core.joint.verb import JointVerb
from chalicelib.core.locks.lock import Body
from chalicelib.core.locks.place import LockRef
from chalicelib.core.locks.state_lock import Half
from chalicelib.slack.in_words import words_of
from chalicelib.slack.installation import Installation
from chalicelib.slack.requests import parse
from chalicelib.slack.words.listings import PageTurn, answer
from tests.builders import ALICE, APP, BOB, CHANNEL, TAKEN, TEAM, a_policy
from tests.released.memory import JOINTS
from tests.released.scene import HALF, LOCK, ODD, REPLY_TO, THERE, after

US = Installation(app=APP, team=TEAM)
UNDO = timedelta(minutes=10)
Asks: TypeAlias = tuple[Any, ...]
"""What a click asks: the verb, the lock, and whatever else was shown or chosen."""


class Shown(NamedTuple):
    """A message, and what a click on each of its buttons (by its action and its choice) asks."""

    message: Mapping[str, Any]
    asks: Mapping[str, Asks]


_SNOOZES: dict[str, Asks] = {f"snooze_alert {length}": (Verb.SNOOZE, LOCK.ref, (), length) for length in SnoozeFor}
_JOINT = msgspec.structs.replace(JOINTS[JointVerb.RELEASE.value], gone=frozenset(), snooze=None, asked=None, act=None)
_DONE = msgspec.structs.replace(JOINTS[JointVerb.RELEASE.value], asked=None)


def _said(text: str, blocks: Any) -> dict[str, Any]:
    return {"text": text, "blocks": blocks}


def _alert(page: Page, ending: Ending | None = None) -> dict[str, Any]:
    alert = alert_for(page, a_policy(), after(hours=3), None, ending)
    return _said(*words_of(msgspec.structs.replace(alert, undo=UNDO)))


def _joint(joint: Any = _JOINT) -> dict[str, Any]:
    return _said(*words_of(JointAlert(joint=joint, now=after(minutes=5), undo=UNDO)))


def _of_joint(verb: JointVerb, shown: str = "", chosen: SnoozeFor | int | None = None) -> Asks:
    return verb, _JOINT.id, shown, chosen


def _release(lock: LockRef, *halves: LockRef) -> Asks:
    return Verb.RELEASE, lock, halves, None


def _listing(page: int) -> dict[str, Any]:
    listed = Listed(Page(lock=LOCK), releasable=True, second_person=False, undo=UNDO)
    query = Query(words=("prod",), page=page)
    return dict(answer(Listing(now=after(hours=3), query=query, routed=True, total=300, locks=(listed,))))


def _joint_listing() -> dict[str, Any]:
    many = msgspec.structs.replace(_JOINT, locks=_JOINT.locks * 30)
    listed = Listed(Page(lock=LOCK), releasable=True, second_person=False, undo=UNDO)
    return _said(*words_of(JointListing(joint=many, now=after(hours=3), page=2, locks=(listed,))))


_RELEASED = Ending(outcome=Outcome.RELEASED, at=after(hours=3), user=ALICE, undo_until=after(hours=4))
_DUAL = Page(lock=LOCK, halves=(Half(HALF.ref), Half(LOCK.ref)))
MESSAGES: dict[str, Shown] = {
    "an alert": Shown(_alert(Page(lock=LOCK)), {"release_lock": _release(LOCK.ref), **_SNOOZES}),
    "an alert of two halves": Shown(
        _alert(_DUAL),
        {
            "release_lock": _release(LOCK.ref, *_DUAL.present),
            **{name: (Verb.SNOOZE, LOCK.ref, _DUAL.present, length) for name, (_, _, _, length) in _SNOOZES.items()},
        },
    ),
    "an alert of another account": Shown(
        _alert(Page(lock=THERE, snooze=Snooze(ALICE, after(hours=9)))),
        {"release_lock": _release(THERE.ref), "end_snooze": (Verb.WAKE, THERE.ref, (), None)},
    ),
    "an alert with a request": Shown(
        _alert(Page(lock=LOCK, asked=Asked(BOB, TAKEN, "1"))),
        {
            "release_lock": _release(LOCK.ref),
            "withdraw_release": (Verb.WITHDRAW, LOCK.ref, (), None),
            **_SNOOZES,
        },
    ),
    "an alert that offers no release": Shown(
        _alert(Page(lock=ODD[Body.STATE])),
        {f"snooze_alert_{length}": (Verb.SNOOZE, ODD[Body.STATE].ref, (), length) for length in SnoozeFor},
    ),
    "a released lock": Shown(
        _alert(Page(lock=LOCK, ending=_RELEASED), _RELEASED), {"put_lock_back": (Verb.PUT_BACK, LOCK.ref, (), None)}
    ),
    "a list": Shown(
        _listing(2),
        {"release_lock": _release(LOCK.ref), "list_previous": ("prod",), "list_next": ("prod page 3",)},
    ),
    "a joint alert": Shown(
        _joint(),
        {
            "release_joint": _of_joint(JointVerb.RELEASE, _JOINT.shown),
            "list_joint": _of_joint(JointVerb.LIST, "", 1),
            **{f"snooze_joint {length}": _of_joint(JointVerb.SNOOZE, "", length) for length in SnoozeFor},
        },
    ),
    "a joint alert with a request": Shown(
        _joint(msgspec.structs.replace(_JOINT, asked=Asked(BOB, TAKEN, "1"), snooze=Snooze(ALICE, after(hours=9)))),
        {
            "release_joint": _of_joint(JointVerb.RELEASE, _JOINT.shown),
            "withdraw_joint": _of_joint(JointVerb.WITHDRAW),
            "list_joint": _of_joint(JointVerb.LIST, "", 1),
            "end_snooze_of_joint": _of_joint(JointVerb.WAKE),
        },
    ),
    "released locks of one run": Shown(
        _joint(msgspec.structs.replace(_DONE, gone=frozenset({0, 1}))),
        {"put_joint_back": _of_joint(JointVerb.PUT_BACK, _DONE.released)},
    ),
    "a list of a joint alert": Shown(
        _joint_listing(),
        {
            "release_listed": _release(LOCK.ref),
            "previous_of_joint": _of_joint(JointVerb.LIST, "", 1),
            "next_of_joint": _of_joint(JointVerb.LIST, "", 3),
        },
    ),
}


def buttons(message: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Everything that can be clicked in a message, each choice of a menu by itself, as Slack sends it."""
    for block in message["blocks"]:
        accessory = [block["accessory"]] if "accessory" in block else []
        for element in (*block.get("elements", ()), *accessory):
            if "options" in element:
                yield from ({**element, "selected_option": option} for option in element["options"])
            elif "action_id" in element:
                yield element


def name_of(button: Mapping[str, Any], number: int = 0) -> str:
    """The name of a button, or of a choice in a menu."""
    chosen = button.get("selected_option", {}).get("value", "")
    return f"{button['action_id']} {chosen.rpartition(' ')[2]}".rstrip()


def click_on(message: Mapping[str, Any], button: Mapping[str, Any]) -> Click | JointClick | PageTurn:
    """The click, out of what Slack sends: the message comes along, as it was posted."""
    payload = {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "acme"},
        "api_app_id": APP,
        "user": {"id": ALICE, "team_id": TEAM, "username": "alice"},
        "container": {"type": "message", "channel_id": CHANNEL, "message_ts": "1.1", "is_ephemeral": False},
        "message": {"ts": "1.1", **message},
        "response_url": REPLY_TO,
        "actions": [{"action_ts": "17.1", "type": button["type"], **button}],
    }
    read = parse(urlencode({"payload": msgspec.json.encode(payload).decode()}).encode(), US)
    assert isinstance(read, Click | JointClick | PageTurn), read
    return read


def asked_by(click: Click | JointClick | PageTurn) -> Asks:
    """What a click asks."""
    if isinstance(click, PageTurn):
        return (click.request.text,)
    if isinstance(click, JointClick):
        chosen = click.page if click.verb is JointVerb.LIST else click.snooze_for
        return click.verb, click.joint, click.shown, chosen
    return click.verb, click.lock, click.halves, click.snooze_for
