"""One target that AWS refuses, redirects, throttles or leaves without an answer harms no other in the same night."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib.aws.locks.places import Places
from chalicelib.aws.locks.s3 import S3LockStore
from chalicelib.core.audit.line import LineKind
from chalicelib.core.locks.lock import Body
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.summary import NightSummary
from chalicelib.jobs.nights.begin import order_sweeps
from chalicelib.jobs.sweep import SweepIncompleteError, sweep
from chalicelib.jobs.watch import watch
from chalicelib.ports.world import World
from tests.aws_fixtures import create_bucket, moto
from tests.builders import KEY, sample, some_rules
from tests.fakes.world import FakeWorld

pytestmark = pytest.mark.thorough

BAD, GOOD = "acme-bad", "acme-good"
RULES = msgspec.structs.replace(some_rules(), targets=(Target(Kind.S3, BAD), Target(Kind.S3, GOOD)))


def an_answer(status: int, code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "ListObjectsV2")  # type: ignore[typeddict-item]


class Refusing:
    """A client of S3 that has one answer to all that it is asked."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*_: Any, **__: Any) -> Any:
            raise self._error

        return call


class Sealed:
    """A client of S3 that lists all, and cannot decrypt any object."""

    def __init__(self, client: Any, code: str) -> None:
        self._client, self._code = client, code

    def __getattr__(self, name: str) -> Any:
        if name != "get_object":
            return getattr(self._client, name)

        def get_object(**_: Any) -> Any:
            raise an_answer(400, self._code)

        return get_object


def a_night(world: FakeWorld, clients: dict[str, Any]) -> World:
    """Two buckets, each asked by its own client."""

    def client_of(asked: Target | Place) -> Any:
        return clients[asked.container]

    store = S3LockStore(client_of, client_of, lambda ref, _by: clients[ref.place.container])
    ports = replace(world.ports, store=Places({Kind.S3: store}))
    order_sweeps(ports, RULES, world.now)
    for order in world.orders.sweeps:
        try:
            sweep(order, ports, RULES, world.later(hours=3))
        except SweepIncompleteError:
            assert order.target.container == BAD
    watch(ports, RULES, world.later(hours=2))
    return ports


def two_buckets(client: Any) -> None:
    for bucket in (BAD, GOOD):
        create_bucket(client, bucket)
        client.put_object(Bucket=bucket, Key=KEY, Body=sample("s3-apply-default"))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (an_answer(403, "AccessDenied"), "access denied"),
        (an_answer(404, "NoSuchBucket"), "there is no such bucket"),
        (an_answer(301, "PermanentRedirect"), "the bucket is in another region: name it in the target"),
        (an_answer(400, "AuthorizationHeaderMalformed"), "the bucket is in another region: name it in the target"),
        (an_answer(503, "SlowDown"), "overloaded"),
        (an_answer(500, "InternalError"), "failed on its side"),
        (ReadTimeoutError(endpoint_url="https://s3"), "did not answer in time"),
        (RuntimeError("botocore fell over"), "something else did (RuntimeError)"),
    ],
    ids=["denied", "missing", "redirected", "signed for another region", "503", "500", "120 seconds", "unforeseen"],
)
def test_a_bucket_that_cannot_be_listed_is_named_in_the_summary_and_the_lock_of_the_other_is_alerted(
    error: Exception, words: str
) -> None:
    with moto("s3") as client:
        two_buckets(client)
        world = FakeWorld(datetime.now(UTC))  # moto gives its objects the real time
        a_night(world, {BAD: Refusing(error), GOOD: client})
    assert [alert.lock.ref.place.container for alert in world.messenger.shown.values()] == [GOOD]
    [(_, _, summary)] = world.messenger.reports
    assert isinstance(summary, NightSummary)
    [account] = summary.accounts
    assert (account.swept, account.found.locks) == (1, 1)
    [bad] = account.not_swept
    assert bad.target == f"bucket {BAD}"
    assert words in bad.why
    assert [line.failed for line in world.journal.lines if line.event is LineKind.NIGHT_FINISHED] == [1]


@pytest.mark.parametrize("code", ["KMS.DisabledException", "KMS.NotFoundException", "AccessDenied"])
def test_a_bucket_whose_key_denies_has_its_lock_alerted_unread_and_the_other_s_is_alerted_too(code: str) -> None:
    with moto("s3") as client:
        two_buckets(client)
        world = FakeWorld(datetime.now(UTC))  # moto gives its objects the real time
        a_night(world, {BAD: Sealed(client, code), GOOD: client})
    shown = {alert.lock.ref.place.container: alert.lock.body for alert in world.messenger.shown.values()}
    assert shown[GOOD] is Body.LOCK
    assert shown[BAD] in {Body.SEALED, Body.DENIED}
    assert world.messenger.reports == []
