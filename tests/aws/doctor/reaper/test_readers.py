"""The readers read what is there: all policies of a role, whose a bucket is, the last night, the last watch."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from moto import mock_aws

from chalicelib.aws.book.nightly.night_book import DynamoNightBook
from chalicelib.aws.doctor.reach import Reach
from chalicelib.aws.doctor.reaper.looks import account_looks, reaper_looks
from chalicelib.aws.doctor.reaper.roles.looks import read_role
from chalicelib.core.doctor.finding import Colour, Finding
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.night import Ordered, Result
from chalicelib.jobs.doctor.examine import examine
from tests.aws.doctor.reaper.deployed import CONFIG, PARTS, REGION
from tests.aws.doctor.reaper.in_moto import keep, reach_of, with_roles
from tests.aws_fixtures import table_of_lock_book
from tests.faults import Ground
from tests.faults.denied import DeniedClient

NOW = datetime.now(UTC)
WATCHED = '{"event":"watch_finished"}'
MEMBER = Account("444455556666", "payments", "tflock-reaper-member", "acme")


@pytest.fixture
def ground() -> Iterator[Ground]:
    with mock_aws():
        yield keep()


@pytest.fixture
def roles() -> Iterator[Ground]:
    with mock_aws():
        yield with_roles()


def looked(ground: Ground, check: str, config: Any = CONFIG, at: datetime = NOW) -> list[Finding]:
    looks = reaper_looks(ground.parts, reach_of(ground.parts), config, config, at)
    return list(looks[check]())


def test_a_role_is_read_with_what_is_attached_to_it_and_with_its_boundary(roles: Ground) -> None:
    iam, role = roles.client("iam"), roles.parts.roles["ReleaseLock"]
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
    arn = iam.create_policy(PolicyName="all", PolicyDocument=json.dumps(document))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=arn)
    read = read_role(iam, "ReleaseLock", role)
    assert read
    assert dict(read.attached) == dict(read.boundary) == {arn: document}
    assert "ReleaseLockRolePolicy0" in read.inline


def test_a_role_that_was_deleted_is_red(roles: Ground) -> None:
    parts = msgspec.structs.replace(roles.parts, roles=roles.parts.roles | {"ReleaseLock": "deleted"})
    findings = looked(Ground(roles.client, "", "", parts), "reaper.rights")
    assert (findings[0].colour, "deleted of release_lock was deleted" in findings[0].seen) == (Colour.RED, True)


def test_a_bucket_that_is_gone_or_somebody_elses_is_told_as_that(ground: Ground) -> None:
    s3 = ground.client("s3")
    s3.delete_bucket(Bucket="acme-tfstate-legacy")
    [gone] = looked(ground, "reaper.targets")
    assert (gone.colour, "acme-tfstate-legacy is not there any more" in gone.seen) == (Colour.RED, True)


class OfAnother(DeniedClient):
    """An S3 whose bucket belongs to another account, which lets everybody in."""

    def head_bucket(self, **asked: str) -> dict[str, Any]:
        if "ExpectedBucketOwner" in asked:
            super().__getattr__("head_bucket")()
        return {}


def test_a_bucket_of_another_account_is_red_even_if_it_lets_the_operator_in() -> None:
    reach = Reach(lambda service, _: OfAnother() if service == "s3" else DeniedClient(), PARTS.account, REGION)
    looks = reaper_looks(PARTS, reach, CONFIG, None, NOW)
    found = list(looks["reaper.targets"]())
    assert {one.colour for one in found} == {Colour.RED}
    assert "belongs to another account" in found[0].seen


def a_night_is_swept(ground: Ground, *results: Result) -> None:
    book = DynamoNightBook(table_of_lock_book(ground.parts.outputs["LockBookTable"]))
    began = NOW - timedelta(hours=6)
    book.begin(began, [Ordered(home("acme-tfstate"), "Home"), Ordered(home("paid"), MEMBER.called)])
    for result in results:
        book.note(began, result)


def home(bucket: str) -> str:
    return Target(Kind.S3, bucket).home


def test_the_last_night_is_read_as_the_night_book_wrote_it(ground: Ground) -> None:
    a_night_is_swept(
        ground,
        Result(home=home("acme-tfstate"), finished=True),
        Result(home=home("paid"), finished=True, failure="STS denies the role"),
    )
    [one] = looked(ground, "reaper.last-sweep")
    assert (one.colour, "1 of 2 targets was not swept: bucket paid" in one.seen) == (Colour.RED, True)
    assert "STS denies the role" in one.details[0]
    [examination] = account_looks([MEMBER, MEMBER, Account()], ground.parts, reach_of(ground.parts))
    [member] = examine([examination], lambda _: True, lambda _: None)
    assert (examination.subject, member.colour) == ("account payments (444455556666)", Colour.RED)


def test_a_member_account_of_which_no_night_tells_is_entered_by_whoever_may(ground: Ground) -> None:
    [examination] = account_looks([MEMBER], ground.parts, reach_of(ground.parts))
    [one] = examine([examination], lambda _: True, lambda _: None)
    assert (one.colour, "can be entered" in one.seen) == (Colour.GREEN, True)


def test_a_member_account_that_lets_only_the_functions_in_is_grey(ground: Ground) -> None:
    real = reach_of(ground.parts)
    reach = Reach(lambda s, r: DeniedClient() if s == "sts" else real.client(s, r), real.account, real.region)
    [examination] = account_looks([MEMBER], ground.parts, reach)
    [one] = examine([examination], lambda _: True, lambda _: None)
    assert (one.colour, one.right) == (Colour.GREY, "sts:AssumeRole")
    assert "the next night tells" in one.seen


def test_the_last_watch_is_read_from_the_journal(ground: Ground) -> None:
    logs, group = ground.client("logs"), ground.parts.outputs["LogGroupName"]
    logs.create_log_stream(logGroupName=group, logStreamName="watch")
    at = int((time.time() - 300) * 1000)
    logs.put_log_events(
        logGroupName=group,
        logStreamName="watch",
        logEvents=[{"timestamp": at, "message": '{"event":"watch_finished"}'}],
    )
    [one] = looked(ground, "reaper.last-watch", at=datetime.now(UTC))
    assert (one.colour, "finished 5 min" in one.seen) == (Colour.GREEN, True)


def test_a_reaper_whose_last_watch_is_long_ago_is_red(ground: Ground) -> None:
    [one] = looked(ground, "reaper.last-watch", at=datetime.now(UTC) + timedelta(hours=1))
    assert one.colour is Colour.RED


def test_without_its_rules_only_what_needs_them_is_left_out(roles: Ground) -> None:
    looks = reaper_looks(roles.parts, reach_of(roles.parts), None, None, NOW)
    assert looks.keys().isdisjoint({"reaper.rules", "reaper.targets"})
    assert [one.colour for one in looks["reaper.rights"]()] == [Colour.GREEN]
    assert [one.colour for one in looks["reaper.bounds"]()] == [Colour.GREEN]


@pytest.mark.parametrize("off", [0, 90, -400])
def test_the_clock_is_compared_with_what_aws_writes_on_its_answers(ground: Ground, off: int) -> None:
    [one] = looked(ground, "reaper.clock", at=datetime.now(UTC) + timedelta(seconds=off))
    assert one.colour is {0: Colour.GREEN, 90: Colour.YELLOW, -400: Colour.RED}[off]
