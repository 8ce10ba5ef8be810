"""What a session in another account is for: the name under which that account's CloudTrail shows it."""

import re
from enum import StrEnum
from typing import NamedTuple

from chalicelib.core.clicks.ending import REAPER

# RoleSessionName in docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: 2 to 64 of these.
_NOT_ALLOWED = re.compile(r"[^a-zA-Z0-9_+=,.@-]+")
_LONGEST = 64
_THE_REAPER = "tflock-reaper"
_NOBODY = "unknown"


class Verb(StrEnum):
    """What a session may do. The trust policy of a member role lets each verb in from one function only."""

    LOOK = "look"
    EXAMINE = "examine"
    """For the weekly look, which reads settings and never what is kept."""
    RELEASE = "release"
    RESTORE = "restore"


class Errand(NamedTuple):
    """What is done with one lock, and for whom: a Slack user, REAPER or the ARN of an operator."""

    verb: Verb
    by: str

    @property
    def session_name(self) -> str:
        """Return the name of the session, like ``release-U0ALICE``."""
        return session_name(self.verb, _THE_REAPER if self.by == REAPER else self.by)


def session_name(verb: Verb, who: str) -> str:
    """Return a session's name that IAM takes, whatever it is made of.

    Of a name that is too long the end is kept: in an ARN that is the person.
    """
    allowed = _NOT_ALLOWED.sub("-", who.rpartition(":")[2]).strip("-") or _NOBODY
    return f"{verb}-{allowed[-(_LONGEST - len(verb) - 1) :]}"
