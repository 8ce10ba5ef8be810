"""Judge the channels that the rules name."""

from collections.abc import Iterable, Iterator

from chalicelib.core.doctor.finding import Finding, Fix, green, grey, red, yellow
from chalicelib.core.doctor.slack.app import subject_of
from chalicelib.core.doctor.slack.checks import CHANNELS
from chalicelib.core.doctor.slack.facts import Channel, Token
from chalicelib.core.doctor.slack.named import channels as named_channels
from chalicelib.core.doctor.slack.named import told
from chalicelib.core.policy import Rules
from chalicelib.core.visible import visible

_PUBLIC, _PRIVATE = "channels:read", "groups:read"


def channels_judged(channels: Iterable[Channel], token: Token, rules: Rules) -> Iterator[Finding]:
    """Yield a finding for each channel that does not take the app's messages; one green one if all do."""
    named, well = named_channels(rules), []
    for channel in channels:
        found = _judged(channel, token, told(named[channel.id]))
        if found is None:
            well.append(_called(channel))
        else:
            yield found
    if well:
        yield green(CHANNELS, subject_of(rules), f"the app is in {_counted(len(well))}", details=tuple(well))


def _judged(channel: Channel, token: Token, keys: str) -> Finding | None:
    """Return what is wrong with a channel; None: nothing."""
    subject, invite = f"channel {channel.id}", f"`/invite @{token.user}`"
    if channel.refused:
        lacking = _PRIVATE if _PUBLIC in token.scopes else _PUBLIC
        return grey(CHANNELS, subject, f"the token lacks the scope to look at it ({keys})", lacking)
    if not channel.there:
        return _not_there(channel, token, keys)
    if channel.archived:
        do = f"Unarchive it in Slack (open the channel, Unarchive), or name another channel ({keys}) and `make deploy`."
        return red(CHANNELS, subject, f"{_called(channel)} is archived ({keys})", Fix(do=do))
    if channel.member:
        return None
    fix = Fix(do=f"Type {invite} in {_called(channel)}.")
    if "chat:write.public" in token.scopes and not channel.private:
        seen = f"the app is not in {_called(channel)}: it may post there, and cannot answer a click there ({keys})"
        return yellow(CHANNELS, subject, seen, fix)
    return red(CHANNELS, subject, f"the app is not in {_called(channel)} ({keys})", fix)


def _not_there(channel: Channel, token: Token, keys: str) -> Finding:
    subject = f"channel {channel.id}"
    if token.scopes and _PRIVATE not in token.scopes:  # an app without it may be in a private channel and not see it
        why = f"no public channel has this ID ({keys}), and private ones cannot be looked at"
        return grey(CHANNELS, subject, why, _PRIVATE)
    do = (
        f"If it is a private channel, type `/invite @{token.user}` in it. Else set the ID of a channel that is there "
        f"(its details, at the bottom) in reaper.toml ({keys}), and run `make deploy`."
    )
    return red(CHANNELS, subject, f"no channel that the app can see has this ID ({keys})", Fix(do=do))


def _called(channel: Channel) -> str:
    return f"#{visible(channel.name)} ({channel.id})" if channel.name else channel.id


def _counted(number: int) -> str:
    return "the one channel that is named" if number == 1 else f"{number} channels"
