"""Test how other accounts are entered, with an STS that answers as a test arranged."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError

from chalicelib.aws.accounts.errand import Errand, Verb
from chalicelib.aws.accounts.sessions import Accounts, Stack
from chalicelib.aws.clients import OWN, Credentials
from chalicelib.core.clicks.ending import REAPER
from chalicelib.core.locks.account import HOME, Account
from chalicelib.core.locks.place import Kind, LockRef
from chalicelib.core.locks.target import Target
from chalicelib.ports.locks import StoreError, StoreRefusedError

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PROMPT, LISTING = Config(), Config()
PROD = Account("111122223333", role="tflock-reaper-member", external_id="acme")
ARN = "arn:aws:iam::111122223333:role/tflock-reaper-member"
BUCKET = Target(Kind.S3, "acme-tfstate", account=PROD)
LOCK = LockRef(BUCKET.place("x.tflock"), '"abc"', datetime(2026, 11, 21, tzinfo=UTC))


class Cloud:
    """Makes clients that tell with which credentials they were made, and an STS."""

    def __init__(self, partition: str = "aws") -> None:
        self.meta = SimpleNamespace(partition=partition)
        self.asked: list[dict[str, Any]] = []
        self.errors: list[Exception] = []
        self.made: list[tuple[str, str, Credentials]] = []
        self.seconds = 0.0
        self.now = NOW

    def make(self, service: str, region: str, _config: Config, credentials: Credentials) -> Any:
        self.made.append((service, region, credentials))
        return self if service == "sts" else SimpleNamespace(credentials=credentials, region=region, service=service)

    def assume_role(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        time.sleep(self.seconds)
        if self.errors:
            raise self.errors.pop(0)
        number = len(self.asked)
        given = {"AccessKeyId": f"ASIA{number}", "SecretAccessKey": "secret", "SessionToken": "token"}
        return {"Credentials": {**given, "Expiration": self.now + timedelta(seconds=asked["DurationSeconds"])}}


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def accounts(cloud: Cloud) -> Accounts:
    return accounts_of(cloud)


def accounts_of(cloud: Cloud) -> Accounts:
    return Accounts(Stack("eu-central-1", "tflock-reaper-prod"), cloud.make, PROMPT, clock=lambda: cloud.now)


def refusal(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "AssumeRole")


def test_in_the_stack_s_own_account_the_function_s_own_role_is_used(accounts: Accounts, cloud: Cloud) -> None:
    for target in (None, Target(Kind.S3, "acme-tfstate")):
        assert accounts.looking_at(target, Kind.S3, PROMPT).credentials == OWN
        assert accounts.writing(LOCK, Errand(Verb.RELEASE, "U0ALICE"), target, PROMPT).credentials == OWN
    assert cloud.asked == []


def test_an_account_is_entered_once_for_all_that_look_and_with_its_external_id(
    accounts: Accounts, cloud: Cloud
) -> None:
    clients = [accounts.looking_at(BUCKET, Kind.S3, patience) for patience in (PROMPT, LISTING, PROMPT)]
    assert clients[0] is clients[2]
    [asked] = cloud.asked
    assert (asked["RoleArn"], asked["ExternalId"], asked["RoleSessionName"]) == (ARN, "acme", "look-tflock-reaper-prod")
    assert {client.credentials.access_key_id for client in clients} == {"ASIA1"}


def test_a_client_is_of_the_target_s_region_and_of_the_stack_s_where_it_names_none(accounts: Accounts) -> None:
    elsewhere = Target(Kind.DYNAMODB, "locks", region="us-east-1", account=PROD)
    client = accounts.looking_at(elsewhere, Kind.DYNAMODB, PROMPT)
    assert (client.service, client.region) == ("dynamodb", "us-east-1")
    assert accounts.looking_at(BUCKET, Kind.S3, PROMPT).region == "eu-central-1"
    assert accounts.looking(HOME, "organizations", "us-east-1", PROMPT).credentials == OWN


def test_a_session_outlives_the_longest_sweep_that_it_is_lent_to(accounts: Accounts, cloud: Cloud) -> None:
    accounts.looking_at(BUCKET, Kind.S3, PROMPT)
    cloud.now += timedelta(minutes=39)
    accounts.looking_at(BUCKET, Kind.S3, PROMPT)
    assert len(cloud.asked) == 1
    cloud.now += timedelta(minutes=2)
    assert accounts.looking_at(BUCKET, Kind.S3, PROMPT).credentials.access_key_id == "ASIA2"


def test_threads_side_by_side_enter_an_account_once_and_do_not_wait_for_another_account(
    accounts: Accounts, cloud: Cloud
) -> None:
    cloud.seconds = 0.2
    targets = [Target(Kind.S3, "x", account=Account(f"{number:012}", role="r", external_id="e")) for number in range(8)]
    began = time.monotonic()
    with ThreadPoolExecutor(32) as threads:
        list(threads.map(lambda target: accounts.looking_at(target, Kind.S3, PROMPT), targets * 4))
    assert len(cloud.asked) == len(targets)
    assert time.monotonic() - began < 0.2 * len(targets)


def test_threads_side_by_side_wait_once_for_an_account_that_does_not_answer(accounts: Accounts, cloud: Cloud) -> None:
    cloud.seconds = 0.2
    cloud.errors = [ConnectTimeoutError(endpoint_url="x")] * 24

    def failed(_number: int) -> bool:
        with pytest.raises(StoreError, match="STS did not answer in time"):
            accounts.looking_at(BUCKET, Kind.S3, PROMPT)
        return True

    with ThreadPoolExecutor(24) as threads:
        assert all(threads.map(failed, range(24)))
    assert len(cloud.asked) <= 2


def test_a_release_has_a_session_of_its_own_named_after_who_clicked(accounts: Accounts, cloud: Cloud) -> None:
    for by, verb in (
        ("U0ALICE", Verb.RELEASE),
        ("U0ALICE", Verb.RELEASE),
        (REAPER, Verb.RELEASE),
        ("U0B", Verb.RESTORE),
    ):
        accounts.writing(LOCK, Errand(verb, by), BUCKET, PROMPT)
    names = ["release-U0ALICE", "release-U0ALICE", "release-tflock-reaper", "restore-U0B"]
    assert [asked["RoleSessionName"] for asked in cloud.asked] == names
    assert {asked["DurationSeconds"] for asked in cloud.asked} == {900}
    assert all("x.tflock" in asked["Policy"] for asked in cloud.asked)


def test_every_session_has_a_policy_that_narrows_it(accounts: Accounts, cloud: Cloud) -> None:
    accounts.looking_at(BUCKET, Kind.S3, PROMPT)
    [asked] = cloud.asked
    assert "DeleteObject" not in asked["Policy"]
    assert "s3:ListBucket" in asked["Policy"]


def test_a_policy_that_sts_cannot_pack_is_replaced_by_a_wider_one(accounts: Accounts, cloud: Cloud) -> None:
    cloud.errors = [refusal("PackedPolicyTooLarge")]
    accounts.writing(LOCK, Errand(Verb.RELEASE, "U0ALICE"), BUCKET, PROMPT)
    assert ["acme-tfstate/*.tflock" in asked["Policy"] for asked in cloud.asked] == [False, True]


def test_a_thousand_accounts_leave_a_bounded_number_of_clients(accounts: Accounts) -> None:
    for number in range(1000):
        accounts.looking(Account(f"{number:012}", role="r", external_id="e"), "s3", None, PROMPT)
    assert accounts._made.cache_info().currsize <= 128
    assert accounts._entrances.cache_info().currsize <= 1024


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (
            refusal("AccessDenied"),
            StoreRefusedError,
            "is there a role of this name; does its trust policy name the reaper's",
        ),
        (refusal("AccessDenied"), StoreRefusedError, "is its ExternalId the external_id of reaper.toml?"),
        (refusal("RegionDisabledException"), StoreRefusedError, "STS is switched off in the stack's region"),
        (refusal("ValidationError"), StoreRefusedError, "for malformed: see [accounts] and the target"),
        (refusal("MalformedPolicyDocument"), StoreRefusedError, "a mistake of the reaper itself"),
        (refusal("PackedPolicyTooLarge", "too big"), StoreError, "STS refused it: too big"),
        (refusal("ExpiredToken"), StoreError, "STS does not take these credentials, or not any more"),
        (refusal("Throttling"), StoreError, "STS is overloaded just now"),
        (ConnectTimeoutError(endpoint_url="x"), StoreError, "STS did not answer in time"),
    ],
)
def test_why_an_account_is_not_entered_is_said_with_what_to_do(
    accounts: Accounts, cloud: Cloud, error: Exception, kind: type[StoreError], said: str
) -> None:
    cloud.errors = [error] * 3
    with pytest.raises(StoreError) as told:
        accounts.looking_at(BUCKET, Kind.S3, PROMPT)
    assert type(told.value) is kind
    assert f"the role {ARN}" in str(told.value)
    assert said in str(told.value)


def test_after_a_failure_the_account_is_entered_when_it_lets_in_again(accounts: Accounts, cloud: Cloud) -> None:
    cloud.errors = [refusal("AccessDenied")]
    with pytest.raises(StoreRefusedError):
        accounts.looking_at(BUCKET, Kind.S3, PROMPT)
    assert accounts.looking_at(BUCKET, Kind.S3, PROMPT).credentials != OWN


def test_a_role_s_name_becomes_an_arn_of_the_stack_s_partition_and_another_partition_is_refused() -> None:
    cloud = Cloud("aws-cn")
    accounts = accounts_of(cloud)
    accounts.looking(Account("111122223333", role="team/locks", external_id="e"), "s3", None, PROMPT)
    assert cloud.asked[0]["RoleArn"] == "arn:aws-cn:iam::111122223333:role/team/locks"
    assert "arn:aws-cn:s3:::*/*.tflock" in cloud.asked[0]["Policy"]
    with pytest.raises(StoreRefusedError, match="is in the partition aws, and the reaper is in aws-cn"):
        accounts.looking(Account("111122223333", role=ARN), "s3", None, PROMPT)


def test_a_role_of_the_own_account_without_an_external_id_is_assumed_without_one(
    accounts: Accounts, cloud: Cloud
) -> None:
    accounts.looking(Account("111122223333", role=ARN), "s3", None, PROMPT)
    assert "ExternalId" not in cloud.asked[0]
