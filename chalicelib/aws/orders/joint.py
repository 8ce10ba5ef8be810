"""The wire forms of orders about a joint alert, and of one lock's part of a click on it."""

from datetime import datetime
from typing import Any

import msgspec

from chalicelib.aws.orders.waiting import Clicked, of_person
from chalicelib.aws.orders.wire import VERSION, Lock, Order, read_lock, write_lock
from chalicelib.core.clicks.click import SnoozeFor
from chalicelib.core.clicks.part import Part
from chalicelib.core.joint.click import JointClick, ShowJoint
from chalicelib.core.joint.verb import JointVerb


class PartForm(msgspec.Struct, frozen=True, omit_defaults=True):
    """The wire form of one lock's part of a click on a joint alert."""

    joint: str
    click: str
    number: int
    approved: str = ""


class JointClickForm(Clicked, frozen=True, kw_only=True, tag="carry out a click on a joint alert"):
    """The wire form of a click on a joint alert."""

    joint: str
    verb: JointVerb
    click: str
    shown: str = ""
    snooze_for: SnoozeFor | None = None
    page: int = 1
    begin: int = 0
    user_team: str = ""
    message: str = ""
    at: datetime | None = None


class ShowJointForm(Order, frozen=True, kw_only=True, tag="show a joint alert"):
    """The wire form of an order to edit the message of a joint alert."""

    joint: str
    click: str = ""
    locks: tuple[Lock, ...] = ()


def write_part(part: Part | None) -> PartForm | None:
    """Return the wire form of a part."""
    return PartForm(**_of_part(part)) if part else None


def read_part(part: PartForm | None) -> Part | None:
    """Return the part that a wire form stands for."""
    return Part(**_of_part(part)) if part else None


def write_joint_click(click: JointClick) -> bytes:
    """Write an order to carry out a click on a joint alert."""
    return msgspec.json.encode(JointClickForm(v=VERSION, **_of_click(click)))


def read_joint_click(form: JointClickForm) -> JointClick:
    """Return the click that a wire form stands for."""
    return JointClick(**_of_click(form))


def write_show_joint(order: ShowJoint) -> bytes:
    """Write an order to edit the message of a joint alert."""
    locks = tuple(map(write_lock, order.locks))
    return msgspec.json.encode(ShowJointForm(v=VERSION, joint=order.joint, click=order.click, locks=locks))


def read_show_joint(form: ShowJointForm) -> ShowJoint:
    """Return the order that a wire form stands for."""
    return ShowJoint(joint=form.joint, click=form.click, locks=tuple(map(read_lock, form.locks)))


def _of_part(part: Part | PartForm) -> dict[str, Any]:
    return {"joint": part.joint, "click": part.click, "number": part.number, "approved": part.approved}


def _of_click(click: JointClick | JointClickForm) -> dict[str, Any]:
    """Return the fields by their names, which are the same now; if one side gets another name, mypy stops here."""
    return of_person(click) | {
        "joint": click.joint,
        "verb": click.verb,
        "click": click.click,
        "shown": click.shown,
        "snooze_for": click.snooze_for,
        "page": click.page,
        "begin": click.begin,
        "user_team": click.user_team,
        "message": click.message,
        "at": click.at,
    }
