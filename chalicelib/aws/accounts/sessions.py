"""Enter other accounts: assume their member roles, and make clients of these sessions."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple

from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib.aws.accounts import policies
from chalicelib.aws.accounts.errand import Errand, Verb, session_name
from chalicelib.aws.accounts.roles import TOO_LONG, arn_of, not_entered
from chalicelib.aws.clients import OWN, Credentials
from chalicelib.aws.genuine import genuine
from chalicelib.aws.locks.sent_once import code_of
from chalicelib.core.locks.account import HOME, Account
from chalicelib.core.locks.place import Kind, LockRef
from chalicelib.core.locks.target import Target

MakeClient = Callable[[str, str, Config, Credentials], Any]
"""Makes a client of a service, in a region, with time-outs and retries, of a session."""

_LOOKS_FOR, _WRITES_FOR = timedelta(hours=1), timedelta(minutes=15)
"""How long sessions last. An hour is the longest for a role that assumes another one, 15 minutes the shortest."""
_LEFT = timedelta(minutes=20)
"""How much time a session has at least when it is lent: a sweep may list with one client for its whole 15 minutes."""
_NARROWED = {Verb.LOOK: policies.looking, Verb.EXAMINE: policies.examining}
"""The policy of each kind of session that only reads."""
_MOST_ACCOUNTS, _MOST_CLIENTS = 1024, 128
"""How many sessions and clients a process keeps. A client takes about 200 KB, a session 2 KB."""


class Stack(NamedTuple):
    """The place of the stack, from which other accounts are entered."""

    region: str
    name: str
    """The name under which the sessions that look are known, like ``tflock-reaper-prod``."""


class Assumed(NamedTuple):
    """The credentials of a session, and when they end."""

    credentials: Credentials
    until: datetime


class Accounts:
    """Clients for the stack's own account and for all others. Threads may share it, and its clients.

    ``make`` makes a client; ``patience`` is for STS. In the account of the stack the functions use their own roles.
    """

    def __init__(self, stack: Stack, make: MakeClient, patience: Config, clock: Callable[[], datetime]) -> None:
        self._stack = stack
        self._patience = patience
        self._clock = clock
        self._one_at_a_time = Lock()
        self._made = lru_cache(_MOST_CLIENTS)(make)
        self._entrances = lru_cache(_MOST_ACCOUNTS)(lambda _of: _Entrance())

    def looking(self, account: Account, service: str, region: str | None, patience: Config) -> Any:
        """Return a client that lists and reads in an account. Raises StoreError if the account cannot be entered."""
        return self._client(service, region, patience, self._session(account, Verb.LOOK))

    def examining(self, account: Account, service: str, region: str | None, patience: Config) -> Any:
        """Return a client that reads the settings of an account. Raises StoreError if it cannot be entered for that."""
        return self._client(service, region, patience, self._session(account, Verb.EXAMINE))

    def looking_at(self, target: Target | None, kind: Kind, patience: Config) -> Any:
        """Return a client that lists and reads a target; None: no target, so it is taken to be in the stack's place."""
        if target is None:
            return self.looking(HOME, kind, None, patience)
        return self.looking(target.account, kind, target.region, patience)

    def writing(self, ref: LockRef, errand: Errand, target: Target | None, patience: Config) -> Any:
        """Return a client that deletes or puts one lock, in a session of its own. Raises StoreError."""
        kind, account = ref.place.kind, target.account if target else HOME
        region = target.region if target else None
        if not account.role:
            return self._client(kind, region, patience, OWN)
        where = (self.partition, account.id, region or self._stack.region)
        narrowed = policies.writing(errand.verb, ref.place, *where)
        session = self._assume(account, errand.session_name, narrowed, _WRITES_FOR)
        return self._client(kind, region, patience, session.credentials)

    def _session(self, account: Account, verb: Verb) -> Credentials:
        if not account.role:
            return OWN
        with self._one_at_a_time:
            entrance = self._entrances((account, verb))
        return entrance.credentials(self._clock() + _LEFT, lambda: self._enter(account, verb))

    def _enter(self, account: Account, verb: Verb) -> Assumed:
        narrowed = _NARROWED[verb](self.partition)
        return self._assume(account, session_name(verb, self._stack.name), (narrowed,), _LOOKS_FOR)

    def _assume(self, account: Account, name: str, narrowed: tuple[str, ...], lasts: timedelta) -> Assumed:
        """Assume an account's role with the first of the policies that is not too long."""
        arn = arn_of(account, self.partition)
        asked = {"RoleArn": arn, "RoleSessionName": name, "DurationSeconds": int(lasts.total_seconds())}
        asked |= {"ExternalId": account.external_id} if account.external_id else {}
        try:
            return _assumed(self._sts(), asked, narrowed)
        except Exception as error:
            raise not_entered(arn, error) from error

    @property
    def partition(self) -> str:
        """Return the partition of the stack, like ``aws-cn``."""
        return str(self._sts().meta.partition)

    def _sts(self) -> Any:
        """Return the STS of the stack's region: its sessions are good in all regions, those of the global one not."""
        return self._client("sts", None, self._patience, OWN)

    def _client(self, service: str, region: str | None, patience: Config, credentials: Credentials) -> Any:
        with self._one_at_a_time:
            return self._made(service, region or self._stack.region, patience, credentials)


class _Entrance:
    """The looking session of one account, which threads that come side by side get once, or fail to get once.

    An account whose STS hangs takes 12 seconds from the threads that wait for it, not 12 seconds from each in turn.
    """

    def __init__(self) -> None:
        self._entering = Lock()
        self._session: Assumed | None = None
        self._failures = 0
        self._failure: Exception | None = None

    def credentials(self, needed_until: datetime, enter: Callable[[], Assumed]) -> Credentials:
        """Return the session's credentials, of a new session if this one ends too early."""
        failures = self._failures
        with self._entering:
            if self._session is None or self._session.until < needed_until:
                if self._failure and self._failures > failures:
                    raise self._failure
                self._session = self._entered(enter)
            return self._session.credentials

    def _entered(self, enter: Callable[[], Assumed]) -> Assumed:
        try:
            return enter()
        except Exception as error:
            self._failures, self._failure = self._failures + 1, error
            raise


def _assumed(sts: Any, asked: dict[str, Any], narrowed: tuple[str, ...]) -> Assumed:
    policy, *wider = narrowed
    try:
        given = genuine(sts.assume_role(**asked, Policy=policy))["Credentials"]
    except ClientError as error:
        if wider and code_of(error).startswith(TOO_LONG):
            return _assumed(sts, asked, tuple(wider))
        raise
    credentials = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    return Assumed(credentials, given["Expiration"])
