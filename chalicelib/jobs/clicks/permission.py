"""Check whether a person may do what they clicked. Slack tells who is in a user group and in the organisation."""

from chalicelib.core.clicks.click import MembersUnknownError, may_release, refusal
from chalicelib.core.clicks.ending import Refusal
from chalicelib.jobs.clicks.clicked import Clicked
from chalicelib.ports.people import DirectoryError


def why_not(clicked: Clicked) -> Refusal | None:
    """Return why this person may not do what they clicked; None when they may."""
    directory, click, page = clicked.world.directory, clicked.click, clicked.page

    def colleague(user: str) -> bool:
        try:
            return directory.belongs(user, clicked.rules.enterprise)
        except DirectoryError as error:
            raise MembersUnknownError(str(error)) from error

    why = refusal(click, clicked.rules, lambda group, user: _in_group(clicked, group, user), colleague, page.owner)
    return why or (Refusal.HELD_AGAIN if page.is_after(click.at) else None)


def why_not_release(clicked: Clicked, user: str) -> Refusal | None:
    """Return why ``user``, a member, may not release the lock that was clicked; None when they may."""
    return may_release(user, clicked.policy, lambda group, one: _in_group(clicked, group, one))


def _in_group(clicked: Clicked, group: str, user: str) -> bool:
    try:
        return user in clicked.world.directory.members(group)
    except DirectoryError as error:
        raise MembersUnknownError(str(error)) from error
