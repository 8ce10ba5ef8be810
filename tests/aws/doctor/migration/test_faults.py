"""Each fault of a migration is found; those that take weeks too, in an account that is looked at weeks later."""

import shlex
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.migration.checks import CHECKS
from demo.terraform import Locking
from tests.aws.doctor.migration.cloud import ACCOUNT, BUCKET, TABLE, Cloud, cloud
from tests.aws_fixtures import REGION, client_in, create_lock_table
from tests.builders import sample
from tests.faults import Fault
from tests.faults.denied import DeniedClient
from tests.faults.migration import FAULTS

pytestmark = pytest.mark.thorough

T, B, S = Locking.TABLE, Locking.BOTH, Locking.S3
NET, APP = f"{BUCKET}/net.tfstate", f"{BUCKET}/app.tfstate"
NAMES = {check.id.partition(".")[2] for check in CHECKS}


def migrated(there: Cloud) -> None:
    """A state that went all the way, weeks ago."""
    there.state("net.tfstate")
    for days, locking in ((58, T), (50, B), (40, S), (2, S)):
        there.run(NET, days, locking)
    there.count("Read", 50)


def test_a_table_that_is_well_has_nothing_but_green_lines() -> None:
    with cloud() as there:
        found = there.found()
    assert {name: one.colour for name, one in found.items()} == dict.fromkeys(NAMES, Colour.GREEN)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found_and_mended(fault: Fault) -> None:
    with cloud(days=0.01) as there:
        fault.seed(there.ground)
        name = fault.check.partition(".")[2]
        found = there.found()[name]
        assert (found.colour, bool(found.fix)) == (fault.colour, True), found
        if fault.mend:
            fault.mend(there.ground)
        elif found.fix:
            carry_out(found.fix.cli)
        assert there.found()[name].colour is Colour.GREEN


def carry_out(commands: str) -> None:
    """Carry out a fix's deletes of items."""
    for line in commands.splitlines():
        words = shlex.split(line)
        assert words[:3] == ["aws", "dynamodb", "delete-item"]
        lock_id = words[words.index("--key") + 1].removeprefix('{"LockID":{"S":"').removesuffix('"}}')
        client_in("", "dynamodb").delete_item(TableName=TABLE, Key={"LockID": {"S": lock_id}})


def came_back(there: Cloud) -> None:
    migrated(there)
    there.run(NET, 1, T, who="ci@forgotten")


def still_alone(there: Cloud) -> None:
    migrated(there)
    there.state("app.tfstate")
    there.run(APP, 3, T)


def never_seen(there: Cloud) -> None:
    migrated(there)
    there.state("app.tfstate")


def written_unseen(there: Cloud) -> None:
    migrated(there)
    there.count("Write", 5)


def slept(there: Cloud) -> None:
    """The reaper slept for a week, and CloudWatch's numbers begin after that."""
    there.state("net.tfstate")
    for days in (40, 2):
        there.run(NET, days, S)
    there.logs.events = [one for one in there.logs.events if not 10 < (there.now - one.time).days < 20]


def no_stream(there: Cloud) -> None:
    migrated(there)
    there.clients["lambda"].state = "Disabled"
    there.clients["cloudwatch"] = DeniedClient()


def alone_with_the_journal(there: Cloud) -> None:
    """All locks of the last weeks are only in the table, and unseen; nothing but the journal could tell."""
    migrated(there)
    there.clients["cloudwatch"] = DeniedClient()


def failing(there: Cloud) -> None:
    alone_with_the_journal(there)
    there.clients["lambda"].result = "PROBLEM: Function call failed"


def keys_only(there: Cloud) -> None:
    tables: Any = client_in("", "dynamodb")
    tables.delete_table(TableName=TABLE)
    create_lock_table(tables, TABLE)
    view = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    tables.update_table(TableName=TABLE, StreamSpecification=view)
    alone_with_the_journal(there)


def swept_elsewhere(there: Cloud, account: str = ACCOUNT, region: str = REGION) -> None:
    alone_with_the_journal(there)
    there.sweep_nightly(lock_account=account, lock_region=region)


def named_like_a_canary(there: Cloud) -> None:
    """A real state whose key is a canary's, with a lock of Terraform's in the table."""
    alone_with_the_journal(there)
    path = there.state("tflock-reaper-canary/0123456789ab/C0X/real.tfstate", digest=False)
    body = sample("s3-apply-default").decode()
    client_in("", "dynamodb").put_item(TableName=TABLE, Item={"LockID": {"S": path}, "Info": {"S": body}})


LATE: dict[str, tuple[Callable[[Cloud], None], Colour, str]] = {
    "a table that came back to life": (came_back, Colour.RED, f"came back to life: {NET}"),
    "a state that still locks only in the table": (still_alone, Colour.YELLOW, f"runs that lock only in S3 of {APP}"),
    "a state that was never seen to lock": (never_seen, Colour.YELLOW, f"{APP}; now not seen to lock anywhere"),
    "a write that no lock explains": (written_unseen, Colour.GREEN, "without a write; CloudWatch counts the last"),
    "a reaper that slept": (slept, Colour.GREEN, "it is known only since"),
    "a stream that the function cannot read": (failing, Colour.YELLOW, "in vain: PROBLEM: Function call failed"),
    "a stream without locks in it": (keys_only, Colour.YELLOW, "the table has no stream with NEW_AND_OLD_IMAGES"),
    "a table of this name that is swept in another account": (
        partial(swept_elsewhere, account="210987654321"),
        Colour.YELLOW,
        "has not swept the table",
    ),
    "a table of this name that is swept in another region": (
        partial(swept_elsewhere, region="us-east-1"),
        Colour.YELLOW,
        "has not swept the table",
    ),
    "a table of this name that is swept nobody knows where": (
        partial(swept_elsewhere, account="", region=""),
        Colour.YELLOW,
        "has not swept the table",
    ),
    "a lock of a state that is named like a canary": (named_like_a_canary, Colour.YELLOW, "now there is one on"),
    "a stream that does not reach the reaper": (no_stream, Colour.YELLOW, "stream does not reach the reaper"),
}


@pytest.mark.parametrize("case", LATE)
def test_a_table_that_only_seems_to_be_done_is_not_safe_to_delete(case: str) -> None:
    seed, colour, words = LATE[case]
    with cloud() as there:
        seed(there)
        found = there.found()["phase"]
    assert (found.colour, found.data["safe_to_delete"]) == (colour, False), found
    assert words in "; ".join((found.seen, *found.details))


def test_a_migration_that_is_over_for_weeks_is_safe_to_delete_and_then_deleted() -> None:
    with cloud() as there:
        migrated(there)
        assert "safe to delete" in there.found()["phase"].seen
        client_in("", "dynamodb").delete_table(TableName=TABLE)
        found = there.found()
    assert (found["phase"].colour, "the table is deleted" in found["phase"].seen) == (Colour.GREEN, True)


def test_a_table_that_nothing_knows_of_is_not_called_deleted() -> None:
    with cloud(parts=None) as there:
        client_in("", "dynamodb").delete_table(TableName=TABLE)
        assert there.found()["phase"].colour is Colour.GREY


def may_lock(name: str = TABLE) -> str:
    arn = f"arn:aws:dynamodb:eu-central-1:123456789012:table/{name}"
    statement = f'{{"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "{arn}"}}'
    return f'{{"Version": "2012-10-17", "Statement": [{statement}]}}'


def give_rights() -> None:
    iam = client_in("", "iam")
    iam.create_role(RoleName="ci", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}')
    iam.create_role(RoleName="reaper-release", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}')
    iam.create_user(UserName="o.hara")
    for role in ("ci", "reaper-release"):
        iam.put_role_policy(RoleName=role, PolicyName="locks", PolicyDocument=may_lock())
    policy = iam.create_policy(PolicyName="all-locks", PolicyDocument=may_lock("terraform-*"))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="o.hara", PolicyArn=policy)
    iam.create_policy(PolicyName="unused", PolicyDocument=may_lock())


@pytest.mark.parametrize("deleted", [False, True])
def test_rights_that_were_left_behind_are_found_with_their_holders_and_not_the_reaper_s(deleted: bool) -> None:
    with cloud() as there:
        migrated(there)
        give_rights()
        if deleted:
            client_in("", "dynamodb").delete_table(TableName=TABLE)
        found = there.found()["grants"]
    assert found.colour is Colour.YELLOW
    assert found.data == {"policies": ["policy locks of role ci", "managed policy all-locks"]}
    assert found.details == ("managed policy all-locks: user o.hara",)


def test_rights_that_runs_still_need_are_not_left_behind_and_iam_is_not_asked() -> None:
    with cloud() as there:
        there.state("net.tfstate")
        there.run(NET, 3, T)
        there.clients["iam"] = DeniedClient()
        found = there.found()["grants"]
    assert (found.colour, "only the table" in found.seen) == (Colour.GREEN, True)


def test_a_table_that_was_not_written_for_months_is_forgotten_without_a_reaper_too() -> None:
    with cloud(days=200, parts=None) as there:
        there.state("net.tfstate")
        found = there.found()
    assert (found["forgotten"].colour, "1 states" in found["forgotten"].seen) == (Colour.YELLOW, True)
    assert found["phase"].colour is Colour.GREY


def test_without_a_reaper_the_versions_of_locks_show_who_moved_and_what_is_not_known_is_said() -> None:
    with cloud(days=35, parts=None) as there:
        there.state("net.tfstate")
        client_in("", "s3").put_object(Bucket=BUCKET, Key="net.tfstate.tflock", Body=b"{}")
        client_in("", "s3").delete_object(Bucket=BUCKET, Key="net.tfstate.tflock")
        found = there.found()["phase"]
        there.count("Read", 34.9)
        known = there.found()["phase"]
    assert "1 in S3, and perhaps in the table too" in found.seen
    assert any("no reaper that keeps one was found" in one for one in found.details)
    assert known.data["states"][0]["locked"] in {"s3", "s3_at_least"}


def every_client_denied(there: Cloud, *allowed: str) -> None:
    services = {"dynamodb", "s3", "iam", "cloudwatch", "logs", "lambda"} - set(allowed)
    there.clients |= dict.fromkeys(services, DeniedClient())


RIGHTS = {check.id.partition(".")[2]: check.rights for check in CHECKS}


@pytest.mark.parametrize("allowed", [(), ("dynamodb",)])
def test_what_is_denied_is_never_green_and_names_its_right(allowed: tuple[str, ...]) -> None:
    with cloud(days=100) as there:
        migrated(there)
        every_client_denied(there, *allowed)
        found = there.found()
    if not allowed:
        assert {one.colour for one in found.values()} == {Colour.GREY}
        assert all(one.right in RIGHTS[name] for name, one in found.items())
    assert found["phase"].colour is Colour.GREY
    assert found["forgotten"].right == "cloudwatch:GetMetricData" or not allowed
    assert found["clients"].colour is Colour.GREY


DENIED = {
    "logs": ("logs:StartQuery", {"phase", "clients", "digests", "grants"}),
    "lambda": ("lambda:ListEventSourceMappings", {"phase", "digests", "grants"}),
    "cloudwatch": ("cloudwatch:GetMetricData", {"phase", "digests", "forgotten", "grants"}),
    "s3": ("s3:ListBucket", {"phase", "digests", "grants"}),
}


@pytest.mark.parametrize("service", DENIED)
def test_one_right_that_is_missing_makes_grey_what_would_be_green_without_it(service: str) -> None:
    right, greyed = DENIED[service]
    with cloud() as there:
        there.state("net.tfstate")
        for days, locking in ((20, B), (2, S), (1, S)):
            there.run(NET, days, locking)
        there.state("app.tfstate")
        assert {one.colour for name, one in there.found().items() if name != "phase"} == {Colour.GREEN}
        there.clients[service] = DeniedClient()
        found = there.found()
    assert {name for name, one in found.items() if one.right == right} >= greyed - {"phase"}
    assert found["phase"].colour is not Colour.GREEN


def test_a_table_of_another_kind_is_not_judged() -> None:
    with cloud() as there:
        tables: Any = client_in("", "dynamodb")
        tables.delete_table(TableName=TABLE)
        tables.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "Id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "Id", "KeyType": "HASH"}],
        )
        assert {one.colour for one in there.found().values()} == {Colour.GREY}
