"""Say that Slack takes no messages of the reaper in a channel, and where its alerts are meanwhile."""

from typing import assert_never

from chalicelib.core.alerts.alert import Alert
from chalicelib.core.alerts.channel_trouble import ChannelNotice, NoticeKind
from chalicelib.core.joint.shown import JointAlert
from chalicelib.slack.words.parts.lock_words import VALUE_LIMIT
from chalicelib.slack.words.parts.text import channel, code, local_time

_REMEDY = (
    "Invite the app there, unarchive the channel or let apps post in it; or give its route another `channel` in "
    "`reaper.toml`. It is tried again every 15 minutes."
)


def notice(told: ChannelNotice) -> str:
    """Return the message for one step of a channel's trouble."""
    match told.kind:
        case NoticeKind.BEGAN:
            return _began(told)
        case NoticeKind.BACK:
            return (
                f":white_check_mark: *Alerts come to this channel again.* Since {local_time(told.trouble.since)} Slack "
                f"took none here, so they were posted in {channel(told.instead)}.{_stay(told.waiting, 'there')}"
            )
        case NoticeKind.OVER:
            return _over(told)
        case _:
            assert_never(told.kind)


def _began(told: ChannelNotice) -> str:
    trouble = told.trouble
    return (
        f":warning: *Slack takes no alert in {channel(trouble.channel)}*: {code(trouble.why, VALUE_LIMIT)}. "
        f"{_wait(told.waiting)}Alerts that belong there are posted here instead.\n{_REMEDY}"
    )


def _over(told: ChannelNotice) -> str:
    there, since = channel(told.trouble.channel), local_time(told.trouble.since)
    if not told.routed:
        return f":white_check_mark: *No route leads to {there} any more*, where Slack took no alert since {since}."
    return (
        f":white_check_mark: *Slack takes alerts in {there} again.* New ones are posted there."
        f"{_stay(told.waiting, 'here')}"
    )


def meant_for(alert: Alert | JointAlert) -> str:
    """Say in which channel an open alert belongs; "" if it is there."""
    if not alert.instead_of or not alert.open:
        return ""
    return f":mailbox_with_no_mail: Meant for {channel(alert.instead_of)}, where Slack did not let the reaper post it."


def _wait(count: int) -> str:
    """Say how many locks wait for an alert, in a sentence with a blank at its end; "" for none."""
    return f"{'1 lock waits' if count == 1 else f'{count} locks wait'}. " if count else ""


def _stay(count: int, place: str) -> str:
    """Say how long the alerts in the other channel stay there; "" when there are none."""
    if not count:
        return ""
    if count == 1:
        return f" The alert of 1 lock stays {place} until that is gone."
    return f" The alerts of {count} locks stay {place} until they are gone."
