"""Tell what a refusal of Slack's is about: every call, one place, or the content of the message.

Slack has some two hundred error codes, and new ones come (docs.slack.dev/reference/methods/chat.postMessage, "Errors").
So only the codes of the first two kinds are listed. All others count as being about the content, so the message is sent
again with less.
"""

import re
from enum import Enum, auto


class About(Enum):
    """The things that a refusal can be about."""

    EVERYTHING = auto()
    """The token, the app, Slack itself or the rate: no other message and no other channel would be taken."""
    PLACE = auto()
    """The channel, the thread or the person: another place may take it."""
    CALLING = auto()
    """The channel, or the fact that the message calls everybody in it. Slack has one code for both."""
    CONTENT = auto()
    """The content of the message, as far as is known."""


# A preference of the workspace refuses it: with @here or @channel in the message, perhaps because of these
# (github.com/slackhq/slack-api-docs/issues/85); without them, because of who may post in the channel.
_CALLING = "restricted_action"
_EVERYTHING = re.compile(
    r".*(auth|token|scope|deprecated|_login_|two_factor|_disabled_for_team|upgrade).*|rate_?limited|message_limit_exceeded"
    r"|account_inactive|accesslimited|enterprise_is_restricted|team_added_to_org|request_timeout|unknown_method|is_bot"
    r"|as_user_not_supported|missing_post_type|invalid_(arg_name|charset|post_type|json)|json_not_object|update_failed"
)
_PLACE = re.compile(
    r".*(channel|thread|conversation|archived|reply|posting|cannot_post|cannot_dm|messages_tab|migrating).*"
    r"|restricted_action_.*|ekm_access_denied|access_denied|no_permission|is_inactive|team_(access_not_granted|not_found)"
)


def about(code: str) -> About:
    """Return what a refusal is about, by its error code; "" means that Slack was not reached."""
    if not code or _EVERYTHING.fullmatch(code):
        return About.EVERYTHING
    if code == _CALLING:
        return About.CALLING
    return About.PLACE if _PLACE.fullmatch(code) else About.CONTENT
