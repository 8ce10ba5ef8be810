"""The platform team's rules: which locks are held too long, who is told, who may release them."""

from datetime import timedelta
from functools import cached_property

import msgspec

from chalicelib.core import canary
from chalicelib.core.hours import WorkingHours, always
from chalicelib.core.locks.account import HOME, Account
from chalicelib.core.locks.ci_run import CiRun
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.locks.locations import Location, Locations
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.lock_info import Risk
from chalicelib.core.patterns import expression

EVERYONE = "*"
"""Means, in a list of releasers: every member of the workspace, or of the organisation if the rules name one.

It must be written out; an empty list lets nobody release.
"""

GROUP_LETTER = "S"
"""The first letter of a Slack user group's ID; users' IDs begin with U or W."""

EVERYBODY = frozenset({"here", "channel"})
"""Names, in ``mentions``, for everybody active in the channel and everybody in it."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The rules for the locks of a route. ``thresholds`` has a list of rising ages for each risk, never empty."""

    channel: str
    releasers: tuple[str, ...]
    """Slack users (``U``, ``W``), user groups (``S``) or ``EVERYONE``."""
    thresholds: dict[Risk, tuple[timedelta, ...]]
    mentions: dict[int, tuple[str, ...]] = {}
    """Whom each level calls: Slack users, user groups, ``here`` or ``channel``."""
    working_hours: WorkingHours = always("UTC")
    """Outside these hours nobody is called: what is due waits."""
    owners: dict[str, str] = {}
    """For each pattern of a holder's name, the Slack user behind it. The first match counts."""
    owner_emails: bool = False
    """Whether the reaper looks up in Slack a session name that is an e-mail address, to find the owner."""
    ci_runs: tuple[CiRun, ...] = ()
    second_person: bool = False
    """Whether a release takes two people: one asks, another approves."""
    auto_release: timedelta | None = None
    """The age at which the reaper itself releases a lock whose run cannot write the state; None: never."""

    def level(self, risk: Risk, age: timedelta) -> int:
        """Return how many thresholds an age has reached; 0: no alert yet. This is the threshold rule."""
        return sum(age >= threshold for threshold in self.thresholds[risk])

    def called(self, above: int, level: int) -> tuple[str, ...]:
        """Return everybody whom the levels from ``above`` + 1 to ``level`` call; nobody twice."""
        everybody = (name for reached in range(above + 1, level + 1) for name in self.mentions.get(reached, ()))
        return tuple(dict.fromkeys(everybody))


class Route(msgspec.Struct, frozen=True):
    """A policy, and the state paths and accounts it is for.

    In a pattern, ``*`` is any text, slashes too; ``?`` is one character.
    """

    state_paths: tuple[str, ...]
    policy: Policy
    accounts: tuple[str, ...] = ("*",)
    """Patterns of IDs and names of accounts."""

    def covers(self, state_path: str, account: Account = HOME) -> bool:
        """Return whether one of the patterns matches the whole state path, and one the account's ID or its name."""
        if not expression(self.state_paths).fullmatch(state_path):
            return False
        accounts = expression(self.accounts)
        return any(accounts.fullmatch(word) is not None for word in (account.id, account.name))


class Rules(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All rules of a platform team. The last route covers every state path of every account."""

    team: str
    """The Slack workspace whose members may act."""
    enterprise: str = ""
    """The Enterprise Grid organisation whose members may act as well; "": only members of the workspace."""
    trouble_channel: str
    """The channel where the reaper tells of its own trouble."""
    targets: tuple[Target, ...]
    """The targets that the configuration names and, in a running reaper, those that ``discoveries`` found."""
    discoveries: tuple[Discovery, ...] = ()
    all_known: bool = True
    """False: it could not be read what ``discoveries`` found, so a place outside of the targets may be within one."""
    routes: tuple[Route, ...]
    digest_over: int
    """Up to this many new alerts in a channel are posted singly; more become one digest."""
    undo: timedelta
    """How long a released lock can be put back; zero: never, and the reaper has no right to put anything."""
    weekly_look: bool = False
    """Whether the doctor looks at the set-up once a week, and tells of what became worse."""
    home: Account = HOME
    """The account of the stack, with its ID if it is known."""
    home_region: str = ""
    """The region of the stack, if it is known."""
    member: Account = HOME
    """The role and the ExternalId of every account that names none of its own."""

    @property
    def groups(self) -> frozenset[str]:
        """Return all user groups in lists of releasers."""
        named = (name for route in self.routes for name in route.policy.releasers)
        return frozenset(name for name in named if name.startswith(GROUP_LETTER))

    def at_home(self, account: str, region: str, found: tuple[Target, ...] = ()) -> "Rules":
        """Return the rules of a stack in this account and region, with the targets that the target rules found.

        A target that is named in the configuration and found as well is as the configuration names it.
        """
        targets: dict[str, Target] = {}
        for target in (*self.targets, *found):
            here = target.at_home(account, region, self.member)
            targets.setdefault(here.home, here)
        named = (target.account for target in (*self.targets, *found) if target.account.id in ("", account))
        return msgspec.structs.replace(
            self,
            targets=tuple(targets.values()),
            discoveries=tuple(rule.at_home(account, self.member) for rule in self.discoveries),
            home=Account(account, next((own.name for own in named if own.name), "")),
            home_region=region,
        )

    def policy_for(self, place: Place) -> Policy:
        """Return the policy of the first route that covers the place's state path and account.

        A canary's key names its channel. Only a channel that the rules know counts, so no key sends alerts elsewhere.
        """
        channel = canary.channel_of(place.state_key) if canary.FOLDER in place.key else ""
        if channel and channel in self.canaries:
            return self.canaries[channel]
        account = self.account_of(place)
        return next(route.policy for route in self.routes if route.covers(place.state_path, account))

    def places_of(self, state_path: str) -> tuple[Place, ...]:
        """Return every place within the targets where a lock of this state can be kept.

        Terraform's S3 backend has one set of credentials for the bucket and the table
        (developer.hashicorp.com/terraform/language/backend/s3). So of a bucket that is a target, only the tables in its
        account count.
        """
        bucket = self.by_home.get(Place(Kind.S3, state_path.partition("/")[0], "").home)
        targets = (
            self.targets if bucket is None else (bucket, *self._tables.get(self.locations.named(bucket.account).id, ()))
        )
        places = (target.place_for(state_path) for target in targets)
        return tuple(dict.fromkeys(place for place in places if place))

    def target_of(self, place: Place) -> Target | None:
        """Return the target that a place is within; None: there is none."""
        target = self.by_home.get(place.home)
        return target if target and target.covers(place) else None

    def account_of(self, place: Place) -> Account:
        """Return the account of a place. A container that is no target is taken to be in the account of the stack."""
        target = self.by_home.get(place.home)
        return self.locations.named(target.account) if target else self.home

    def stream_of(self, place: Place) -> str:
        """Return the ARN of the stream that tells of the locks at a place; "": there is none."""
        target = self.target_of(place)
        return target.stream if target else ""

    def covers(self, place: Place) -> bool:
        """Return whether a place is within a target. Outside of targets the reaper reads, tells and deletes nothing."""
        return self.target_of(place) is not None

    @cached_property
    def locations(self) -> Locations:
        """Return where in AWS all targets are."""
        return Locations(self.by_home, Location(self.home, self.home_region))

    @cached_property
    def by_home(self) -> dict[str, Target]:
        """Return the targets by the homes of their containers (``Place.home``)."""
        return {target.home: target for target in self.targets}

    @cached_property
    def canaries(self) -> dict[str, Policy]:
        """Return the policy of a canary in each channel: alerted at once, calls nobody, released by the same people."""
        own = {route.policy.channel: route.policy.releasers for route in reversed(self.routes)}
        at_once: dict[Risk, tuple[timedelta, ...]] = {risk: (timedelta(0),) for risk in Risk}
        known = {self.trouble_channel: self.routes[-1].policy.releasers} | own
        return {channel: Policy(channel=channel, releasers=who, thresholds=at_once) for channel, who in known.items()}

    @cached_property
    def _tables(self) -> dict[str, list[Target]]:
        """Return the lock tables of each account."""
        tables: dict[str, list[Target]] = {}
        for target in self.targets:
            if target.kind is Kind.DYNAMODB:
                tables.setdefault(self.locations.named(target.account).id, []).append(target)
        return tables


def dropped(place: Place, rules: Rules) -> bool:
    """Return whether a place is certainly within no target any more."""
    return rules.all_known and not rules.covers(place)


def by_name(called: tuple[str, ...]) -> tuple[str, ...]:
    """Return the called without ``here`` and ``channel``: only people and groups."""
    return tuple(name for name in called if name not in EVERYBODY)
