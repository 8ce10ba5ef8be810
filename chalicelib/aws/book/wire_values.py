"""The JSON forms of the values of a page. ``wire`` fills and reads them by the names of their fields.

Each field has the name that it has in ``core``. If it is renamed there, it gets ``msgspec.field(name=...)`` here. Empty
fields are left out, so that a value has the same text as before when a field is added.
"""

from datetime import datetime

import msgspec

from chalicelib.core.alerts.message import Topic
from chalicelib.core.clicks.ending import LetGoBy, Outcome, Refusal, WayBack
from chalicelib.core.locks.lock import Body
from chalicelib.core.locks.place import Kind


class Form(msgspec.Struct, omit_defaults=True):
    """The JSON form of one value."""


class PlaceForm(Form):
    """``core``'s Place."""

    kind: Kind
    container: str
    key: str
    account: str = ""
    region: str = ""


class RefForm(Form):
    """``core``'s LockRef."""

    place: PlaceForm
    stamp: str
    since: datetime


class InfoForm(Form):
    """Terraform's LockInfo, by its names."""

    ID: str = ""
    Operation: str = ""
    Info: str = ""
    Who: str = ""
    Version: str = ""
    Created: str = ""
    Path: str = ""


class LockForm(Form):
    """``core``'s HeldLock."""

    ref: RefForm
    info: InfoForm | None = None
    flaw: str = ""
    body: Body = Body.LOCK
    version_id: str = ""
    versioned: bool = False
    mark: str = ""
    not_restored: str = ""


class HolderForm(msgspec.Struct):
    """The part of a held lock that tells its holder, so that a list of thousands of locks reads nothing else."""

    info: InfoForm = msgspec.field(default_factory=InfoForm)


class PostedForm(Form):
    """``core``'s Posted."""

    channel: str
    handle: str
    beneath: str = ""
    instead_of: str = ""


class SayingForm(Form):
    """``core``'s Saying."""

    topic: Topic
    which: str = ""


class SendingForm(Form):
    """``core``'s Sending."""

    about: str
    saying: tuple[SayingForm, ...]
    at: datetime
    channel: str
    beneath: str = ""
    level: int = 0
    owner: str = ""
    instead_of: str = ""
    appearance: str = ""


class SnoozeForm(Form):
    """``core``'s Snooze."""

    by: str
    until: datetime


class AskedForm(Form):
    """``core``'s Asked."""

    by: str
    at: datetime
    click: str


class RestorerForm(Form):
    """``core``'s Restorer."""

    by: str
    click: str


class RestoringForm(RestorerForm):
    """``core``'s Restoring."""

    until: datetime


class ReleasingForm(RestorerForm):
    """``core``'s Releasing."""

    until: datetime
    approved: str = ""


class ObjectForm(msgspec.Struct, omit_defaults=True):
    """``core``'s LockObject."""

    body: bytes
    headers: dict[str, str] = {}
    metadata: dict[str, str] = {}
    tags: dict[str, str] = {}


class HalfForm(Form):
    """``core``'s Half."""

    ref: RefForm
    held: bool = True


class KeptHalfForm(Form):
    """``core``'s KeptHalf."""

    ref: RefForm
    kept: ObjectForm


class HalfEndingForm(Form):
    """``core``'s HalfEnding."""

    place: PlaceForm
    outcome: Outcome
    detail: str = ""
    held_now: LockForm | None = None
    by: str = ""


class EndingForm(Form):
    """``core``'s Ending, without who put the lock back since: that is an attribute of its own."""

    outcome: Outcome
    at: datetime
    user: str = ""
    click: str = ""
    refusal: Refusal | None = None
    detail: str = ""
    lasting: bool = False
    principal: str = ""
    let_go_by: LetGoBy = LetGoBy.UNKNOWN
    by_reaper: bool = False
    approved: str = ""
    undo_until: datetime | None = None
    held_now: LockForm | None = None
    copy_of: str = ""
    way_back: WayBack | None = None
    halves: tuple[HalfEndingForm, ...] = ()
