"""Read the keys that make up a policy, from ``[slack]`` for all locks or from a route for its own locks.

A route inherits every key that it does not have.
"""

import re
from datetime import time, timedelta
from importlib import resources

import msgspec

from chalicelib.config import amounts
from chalicelib.config.toml_table import MISSING, Table
from chalicelib.core.duration import in_words
from chalicelib.core.hours import WorkingHours, always
from chalicelib.core.locks.ci_run import KINDS, CiRun, guessed, placeholders, unknown_kinds
from chalicelib.core.locks.terraform.lock_info import Risk
from chalicelib.core.policy import Policy

_Ages = dict[Risk, tuple[timedelta, ...]]
_SAYS_NOTHING = Policy(channel="", releasers=(), thresholds={})
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")
_RELEASER = re.compile(r"[UWS][A-Z0-9]{2,}|\*")
_CALLED = re.compile(r"[UWS][A-Z0-9]{2,}|here|channel")
_USER = re.compile(r"[UW][A-Z0-9]{2,}")
_LEVEL = re.compile(r"[1-9][0-9]?")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_END_OF_DAY = "24:00"
# One section of a message names all of them. It may have 3,000 characters, and the state path needs half of these.
_MOST_CALLED, _MOST_CALLED_IN_ALL = 10, 50
# Each further guess multiplies the time for the worst name of 128 characters: three need 8 ms, four 0.3 s, five 6 s.
_MOST_GUESSES = 3
# Refuses two placeholders, or * and a placeholder, without text between them: nothing tells where the second begins.
_MATCH = re.compile(r"(?!.*[*}]\{)([^{}]|\{[a-z_]+(:[a-z0-9]+)?\})+")
# The host may have no placeholder, because foreign text fills it. Characters that end a link in Slack are refused.
_LINK = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?/([^\s{}|<>\x00-\x1f\x7f]|\{[a-z_]+\})*")


def read_policy(who: Table, thresholds: Table, inherited: Policy | None = None) -> Policy:
    """Read the policy of ``[slack]``, or of a route that inherits from it."""
    ages = {
        risk: amounts.durations(thresholds, risk, inherited.thresholds[risk] if inherited else None) for risk in Risk
    }
    thresholds.done()
    default = inherited or _SAYS_NOTHING
    policy = Policy(
        channel=_channel(who, inherited.channel if inherited else None),
        releasers=_releasers(who, inherited.releasers if inherited else None),
        thresholds=ages,
        mentions=_mentions(who, ages, default.mentions),
        working_hours=_working_hours(who, default.working_hours),
        owners=_owners(who, default.owners),
        owner_emails=who.flag("owner_emails", default.owner_emails),
        ci_runs=_ci_runs(who, default.ci_runs),
        second_person=who.flag("second_person", default.second_person),
        auto_release=amounts.duration_or_never(
            who, "auto_release", 'a duration like "6h", or "never"', default.auto_release
        ),
    )
    _note_untold_release(who, thresholds, policy)
    return policy


def _channel(who: Table, fallback: str | None) -> str:
    """Read a Slack channel's ID. Names are refused, because another channel can get the same name."""
    expected = "a Slack channel ID like C0123ABCD (channel details, at the bottom), not a name"
    return who.text("channel", _CHANNEL, expected, fallback)


def _releasers(who: Table, fallback: tuple[str, ...] | None) -> tuple[str, ...]:
    """Read who may release. An empty list means nobody; a missing list is a mistake."""
    expected = (
        'a list of Slack user IDs and user group IDs like ["U0123ABCD", "S0123ABCD"], [] for nobody, '
        '["*"] for everyone in the workspace'
    )
    return who.texts("releasers", _RELEASER, expected, fallback, empty=True)


def _mentions(who: Table, ages: _Ages, fallback: dict[int, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
    if "mentions" not in who:
        return fallback
    levels = who.table("mentions", 'a table like { 2 = ["S0ONCALL"], 3 = ["U0LEAD", "here"] }')
    mentions = {int(level): _called(levels, level) for level in levels if _is_reached(levels, level, ages)}
    count = sum(map(len, mentions.values()))
    if count > _MOST_CALLED_IN_ALL:
        who.note("mentions", f"at most {_MOST_CALLED_IN_ALL} in all levels together", f"{count} names")
    return mentions


def _called(levels: Table, level: str) -> tuple[str, ...]:
    names = levels.texts(level, _CALLED, 'a list of Slack user IDs, user group IDs, "here" or "channel"')
    if len(names) > _MOST_CALLED:
        levels.note(level, f"at most {_MOST_CALLED}; a user group calls many by one name", f"{len(names)} names")
    return names


def _is_reached(levels: Table, level: str, ages: _Ages) -> bool:
    if not _LEVEL.fullmatch(level):
        levels.note(level, "the number of a level, from 1, as the key")
        return False
    most = max(map(len, ages.values()))
    # If an age is itself a mistake, the number of levels is unknown.
    if all(ages.values()) and int(level) > most:
        levels.note(level, f"a level that is reached; no operation has more than {most} thresholds here")
    return True


def _working_hours(who: Table, inherited: WorkingHours) -> WorkingHours:
    """Read the hours and their time zone. A time zone without hours applies to the inherited hours."""
    zone = _time_zone(who, inherited.time_zone)
    if "working_hours" not in who:
        return msgspec.structs.replace(inherited, time_zone=zone)
    value = who.get("working_hours")
    if isinstance(value, dict):
        return _hours(who.table("working_hours"), zone)
    if value != "always":
        who.note("working_hours", '"always" or { days = ["mon", "tue"], from = "09:00", to = "18:00" }')
    return always(zone)


def _time_zone(who: Table, fallback: str) -> str:
    """Read a time zone that the package tzdata has: this machine may know others, and Lambda may know none."""
    value = who.get("time_zone")
    if value is MISSING:
        return fallback
    if value in resources.files("tzdata").joinpath("zones").read_text("ascii").split():
        return str(value)
    who.note("time_zone", "an IANA time zone like Europe/Berlin")
    return fallback


def _hours(table: Table, zone: str) -> WorkingHours:
    days, opens = _days(table), _time(table, "from", 'a time like "09:00"')
    closes = (
        time.max if table.get("to") == _END_OF_DAY else _time(table, "to", f'a time like "18:00", or "{_END_OF_DAY}"')
    )
    table.done()
    if opens and closes and opens >= closes:
        table.note("to", f'a time after from, {opens:%H:%M}; the end of the day is "{_END_OF_DAY}"')
    return WorkingHours(zone, days, opens or time.min, closes or time.max)


def _days(table: Table) -> tuple[int, ...]:
    value = table.get("days")
    good = isinstance(value, list) and value and all(day in _DAYS for day in value) and len(set(value)) == len(value)
    if not good:
        table.note("days", f"a list of days, none twice, out of {', '.join(_DAYS)}")
        return ()
    return tuple(number for number, day in enumerate(_DAYS) if day in value)


def _time(table: Table, key: str, expected: str) -> time | None:
    """Read a time in quotes, or a TOML time."""
    value = table.get(key)
    if isinstance(value, time):
        return value
    if isinstance(value, str) and _TIME.fullmatch(value):
        return time.fromisoformat(value)
    table.note(key, expected)
    return None


def _owners(who: Table, inherited: dict[str, str]) -> dict[str, str]:
    table = who.table("owners", 'a table of patterns like { "alice@*" = "U0123ABCD" }')
    own = {pattern: table.text(pattern, _USER, "a Slack user ID like U0123ABCD") for pattern in table}
    # The first match counts, so the route's own patterns come first. For a pattern in both, the route's user counts.
    return own | inherited | own


def _ci_runs(who: Table, fallback: tuple[CiRun, ...]) -> tuple[CiRun, ...]:
    if "ci_runs" not in who:
        return fallback
    return tuple(_ci_run(table) for table in who.tables("ci_runs"))


def _ci_run(table: Table) -> CiRun:
    match = table.text(
        "match",
        _MATCH,
        "the name of a run like GitHubActions-{run:number}, with lower-case letters in braces, and text between "
        "* or } and {",
    )
    link = table.text(
        "link",
        _LINK,
        "an https URL like https://github.com/acme/infra/actions/runs/{run}, "
        "with its braces after the host, without spaces, | < or >",
    )
    table.done()
    _note_parts(table, match)
    known = placeholders(match)
    if match and not set(placeholders(link)) <= set(known):
        table.note("link", f"only placeholders that match has ({', '.join(known) or 'it has none'})")
    return CiRun(match, link)


def _note_parts(table: Table, match: str) -> None:
    """Note why a pattern could split a name in more than one way, if it could."""
    known = placeholders(match)
    if len(known) > len(set(known)):
        table.note("match", "each placeholder once")
    if len(known) + match.count("*") > _MOST_GUESSES:
        table.note("match", f"at most {_MOST_GUESSES} placeholders and * together")
    elif unknown := unknown_kinds(match):
        table.note("match", f"one of these kinds instead of {unknown[0]}: {', '.join(filter(None, KINDS))}")
    elif guesses := guessed(match):
        table.note(
            "match",
            f"a pattern that says where {{{guesses[0]}}} begins and ends: one * or name, and beside every other "
            "placeholder a character that it cannot contain",
        )


def _note_untold_release(who: Table, thresholds: Table, policy: Policy) -> None:
    """Note a first plan threshold after the automatic release: people must have an alert before the release."""
    first = policy.thresholds[Risk.PLAN][:1]
    if not policy.auto_release or not first or policy.auto_release >= first[0]:
        return
    if "auto_release" in who:
        who.note("auto_release", f'at least the first threshold of plan, {in_words(first[0])}, or "never"')
    elif Risk.PLAN in thresholds:
        thresholds.note(Risk.PLAN, f"at most the inherited auto_release, {in_words(policy.auto_release)}")
