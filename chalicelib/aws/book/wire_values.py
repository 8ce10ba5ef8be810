"""The forms in which the table has the values of a page, as JSON: ``wire`` fills and reads them by their fields.

A field is named as in ``core``, and has ``msgspec.field(name=...)`` once that is renamed. Empty fields are left out:
a value that was written before a field was added has the same text as now.
"""

from datetime import datetime

import msgspec

from chalicelib.core.alerts.message import Topic
from chalicelib.core.clicks.ending import LetGoBy, Outcome, Refusal, WayBack
from chalicelib.core.locks.lock import Body
from chalicelib.core.locks.place import Kind


class Form(msgspec.Struct, omit_defaults=True):
    """What a value is as JSON: much of it is other people's text, and DynamoDB has opinions about types."""


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
    """Of a held lock only what its holder says: of thousands, nothing else is read."""

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


class EndingForm(Form):
    """``core``'s Ending, as it was noted: who put the lock back since is noted beside it."""

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
