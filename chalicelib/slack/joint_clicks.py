"""Read a click on a joint alert."""

from datetime import UTC, datetime

from chalicelib.core.clicks.click import SnoozeFor
from chalicelib.core.joint.click import JointClick
from chalicelib.core.joint.verb import JointVerb
from chalicelib.slack.payloads import Action, BlockActions
from chalicelib.slack.words.joint.buttons import JOINT_VERBS
from chalicelib.slack.words.joint.values import decode


def joint_click(clicked: BlockActions, action: Action, reply_to: str) -> JointClick | None:
    """Return the click; None when somebody took a choice back.

    Raises:
        ValueError: the button was made by another version.
    """
    verb, text = JOINT_VERBS[action.action_id], action.value
    if verb is JointVerb.SNOOZE:
        if action.selected_option is None:
            return None
        text = action.selected_option.value
    value = decode(text)
    return JointClick(
        joint=value.joint,
        shown=value.shown,
        verb=verb,
        snooze_for=SnoozeFor(value.word) if verb is JointVerb.SNOOZE else None,
        page=int(value.word) if verb is JointVerb.LIST else 1,
        user=clicked.user.id,
        user_team=clicked.user.team_id or "",
        channel=clicked.container.channel_id,
        message=clicked.container.message_ts,
        at=datetime.fromtimestamp(float(action.action_ts), UTC),
        click=f"{clicked.user.id} {action.action_ts}",
        reply_to=reply_to,
    )
