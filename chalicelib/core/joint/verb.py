"""The things that a click can ask of all locks of a joint alert."""

from enum import StrEnum
from typing import assert_never


class JointVerb(StrEnum):
    """The things that a click on a joint alert can ask."""

    RELEASE = "release"
    SNOOZE = "snooze"
    WAKE = "wake"
    WITHDRAW = "withdraw"
    PUT_BACK = "put back"
    LIST = "list"
    """Show the locks in the thread, or another listing page of them."""

    @property
    def releases(self) -> bool:
        """Return whether ``release_lock`` carries it out, or ``answer_click``."""
        match self:
            case JointVerb.RELEASE:
                return True
            case JointVerb.SNOOZE | JointVerb.WAKE | JointVerb.WITHDRAW | JointVerb.PUT_BACK | JointVerb.LIST:
                return False
            case _:
                assert_never(self)

    @property
    def commits(self) -> bool:
        """Return whether the click is about exactly the locks that were shown, so that nothing else may be done."""
        match self:
            case JointVerb.RELEASE | JointVerb.PUT_BACK:
                return True
            case JointVerb.SNOOZE | JointVerb.WAKE | JointVerb.WITHDRAW | JointVerb.LIST:
                return False
            case _:
                assert_never(self)

    @property
    def is_free(self) -> bool:
        """Return whether everybody who sees the message may ask it."""
        match self:
            case JointVerb.LIST:
                return True
            case JointVerb.RELEASE | JointVerb.SNOOZE | JointVerb.WAKE | JointVerb.WITHDRAW | JointVerb.PUT_BACK:
                return False
            case _:
                assert_never(self)
