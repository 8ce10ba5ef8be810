"""Test the answers of AWS that moto does not give: pages, odd states, refusals of one region, an account that hangs."""

import time
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.aws.discovery.containers import buckets, tables, tags
from chalicelib.aws.discovery.finder import AwsTargetFinder, Home
from chalicelib.aws.discovery.listing_pages import EndlessListingError
from chalicelib.aws.discovery.organization import accounts_below
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.locks.place import Kind
from chalicelib.ports.locks import StoreRefusedError

pytestmark = pytest.mark.thorough

HOME = Home("999988887777", "eu-central-1")
ONE, OTHER = Account("111122223333", role="m"), Account("444455556666", role="m")


class Client:
    """A client whose answers are given, one list of pages for each operation and its main argument."""

    def __init__(self, **answers: Callable[..., list[dict[str, Any]]] | list[dict[str, Any]]) -> None:
        self._answers = answers
        self.asked: list[dict[str, Any]] = []

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        answers = self._answers[operation]

        def answer(**arguments: Any) -> dict[str, Any]:
            self.asked.append(arguments)
            pages = answers(**arguments) if callable(answers) else answers
            tokens = ("ContinuationToken", "NextToken", "PaginationToken", "ExclusiveStartTableName")
            token = next((arguments[name] for name in tokens if name in arguments), "0")
            return pages[int(token)]

        return answer


def denied(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)


def an_organisation(**parent: Any) -> list[dict[str, Any]]:
    """Return the accounts in a root, with an empty page between two, and one unit below."""
    if parent["ParentId"] != "r-ab12":
        return [{"Accounts": [{"Id": "4" * 12, "Name": "deep", "Status": "ACTIVE"}]}]
    return [
        {"Accounts": [{"Id": "1" * 12, "Name": "management", "State": "ACTIVE", "Status": "ACTIVE"}], "NextToken": "1"},
        {"Accounts": [], "NextToken": "2"},
        {
            "Accounts": [
                {"Id": "2" * 12, "Name": "closing", "State": "PENDING_CLOSURE", "Status": "ACTIVE"},
                {"Id": "3" * 12, "Name": "suspended", "Status": "SUSPENDED"},
                {"Id": "5" * 12, "Status": "ACTIVE"},
            ]
        },
    ]


def units_below(**parent: Any) -> list[dict[str, Any]]:
    if parent["ParentId"] != "r-ab12":
        return [{"OrganizationalUnits": [{"Id": "r-ab12"}]}]  # never seen; it must not go round for ever
    return [{"OrganizationalUnits": [], "NextToken": "1"}, {"OrganizationalUnits": [{"Id": "ou-1"}, {"Id": "ou-1"}]}]


def test_only_active_accounts_are_found_on_all_pages_and_in_units_below() -> None:
    client = Client(list_accounts_for_parent=an_organisation, list_organizational_units_for_parent=units_below)
    found = sorted(accounts_below(client, ["r-ab12", "ou-1"]), key=lambda account: account.id)
    assert found == [Account("1" * 12, "management"), Account("4" * 12, "deep"), Account("5" * 12)]


def test_an_organisation_too_large_to_list_in_time_costs_the_night_no_more_time() -> None:
    client = Client(list_accounts_for_parent=an_organisation, list_organizational_units_for_parent=units_below)
    rule = Discovery(kind=Kind.S3, names=("*",), units=("r-ab12",), member=Account(role="m", external_id="x1"))
    looks = iter([True])
    finding = AwsTargetFinder(lambda *_: client, HOME).find(rule, lambda: next(looks, False))
    [unseen] = finding.unseen
    assert (finding.targets, unseen.account, unseen.region) == ((), None, "")
    assert "the accounts of r-ab12 could not be listed: there was no time left" in unseen.words


def test_the_stacks_own_account_is_entered_by_no_role_and_keeps_its_name() -> None:
    client = Client(
        list_accounts_for_parent=[{"Accounts": [{"Id": HOME.account, "Name": "tools", "State": "ACTIVE"}]}],
        list_organizational_units_for_parent=[{}],
        list_buckets=[{"Buckets": [{"Name": "own-tfstate", "BucketRegion": "eu-west-1"}]}],
    )
    rule = Discovery(kind=Kind.S3, names=("*",), units=("r-ab12",), member=Account(role="m", external_id="x1"))
    finding = AwsTargetFinder(lambda *_: client, HOME).find(rule, lambda: True)
    assert [target.account for target in finding.targets] == [Account(name="tools")]


def test_buckets_are_asked_for_in_a_way_that_tells_their_regions_without_a_call_for_each() -> None:
    page = [{"Name": f"acme-{number}", "BucketRegion": "eu-west-1"} for number in range(3)]
    last = [{"Name": "acme-last", "BucketRegion": "us-east-1"}]
    client = Client(list_buckets=[{"Buckets": page, "ContinuationToken": "1"}, {"Buckets": last}])
    assert len(list(buckets(client, ("acme-*", "acme-l*")))) == 4
    assert client.asked == [
        {"MaxBuckets": 1000, "Prefix": "acme-"},
        {"MaxBuckets": 1000, "Prefix": "acme-", "ContinuationToken": "1"},
    ]


def test_names_that_cannot_be_a_bucket_of_terraform_are_passed_over() -> None:
    odd = ["a:b", "x y", "", "n\n", "ok-bucket", "Old_Bucket"]
    client = Client(list_buckets=[{"Buckets": [{"Name": name, "BucketRegion": "x"} for name in odd]}])
    assert [name for name, _ in buckets(client, ("*",))] == ["ok-bucket", "Old_Bucket"]


def test_pages_without_entries_are_not_the_end() -> None:
    client = Client(
        list_tables=[{"TableNames": [], "LastEvaluatedTableName": "1"}, {"TableNames": ["locks"]}],
        get_resources=[
            {"ResourceTagMappingList": [], "PaginationToken": "1"},
            {
                "ResourceTagMappingList": [
                    {"ResourceARN": "arn:aws:dynamodb:x:1:table/locks", "Tags": [{"Key": "a", "Value": "b"}]},
                    {"ResourceARN": "arn:aws:s3:::acme-tfstate"},
                ],
                "PaginationToken": "",
            },
        ],
    )
    assert list(tables(client)) == ["locks"]
    assert tags(client, "s3", ("a",)) == {"locks": {"a": "b"}, "acme-tfstate": {}}


def test_a_token_that_comes_again_ends_the_listing_with_an_error() -> None:
    client = Client(list_tables=[{"TableNames": ["locks"], "LastEvaluatedTableName": "0"}])
    with pytest.raises(EndlessListingError):
        list(tables(client))


def test_a_region_that_refuses_harms_no_other() -> None:
    def client_of(_account: Account, _service: str, region: str | None) -> Any:
        if region == "me-south-1":
            raise ClientError({"Error": {"Code": "UnrecognizedClientException", "Message": "x"}}, "ListTables")
        return Client(list_tables=[{"TableNames": ["locks"]}])

    rule = Discovery(kind=Kind.DYNAMODB, names=("*",), regions=("me-south-1", "eu-west-1"), accounts=(ONE,))
    finding = AwsTargetFinder(client_of, HOME).find(rule, lambda: True)
    assert [target.region for target in finding.targets] == ["eu-west-1"]
    [unseen] = finding.unseen
    assert (unseen.account, unseen.region) == (ONE, "me-south-1")
    assert "UnrecognizedClientException" in unseen.words


def test_a_refusal_of_the_tags_makes_a_region_unseen_and_not_empty() -> None:
    def refuse(**_: Any) -> list[dict[str, Any]]:
        raise denied("GetResources")

    client = Client(list_buckets=[{"Buckets": [{"Name": "a-b", "BucketRegion": "x"}]}], get_resources=refuse)
    rule = Discovery(kind=Kind.S3, names=("*",), tags={"a": "*"}, accounts=(ONE,))
    [unseen] = AwsTargetFinder(lambda *_: client, HOME).find(rule, lambda: True).unseen
    assert "the tagging service denies it" in unseen.words


def test_an_organisation_that_may_not_be_listed_is_told_with_its_units_and_listed_accounts_are_looked_into() -> None:
    def client_of(_account: Account, service: str, _region: str | None) -> Any:
        if service == "organizations":
            raise StoreRefusedError("STS denies it for the role x")
        return Client(list_buckets=[{"Buckets": [{"Name": "a-b", "BucketRegion": "x"}]}])

    rule = Discovery(kind=Kind.S3, names=("*",), accounts=(ONE,), units=("ou-1",))
    finding = AwsTargetFinder(client_of, HOME).find(rule, lambda: True)
    assert [target.container for target in finding.targets] == ["a-b"]
    [unseen] = finding.unseen
    assert unseen.account is None
    assert "ou-1" in unseen.words
    assert "STS denies it" in unseen.words


def test_an_account_that_hangs_costs_the_others_nothing_and_is_named_when_the_time_is_over() -> None:
    stopped = Event()

    def client_of(account: Account, _service: str, _region: str | None) -> Any:
        if account == ONE:
            stopped.wait(20)
        return Client(list_buckets=[{"Buckets": [{"Name": "a-b", "BucketRegion": "x"}]}])

    looks = iter([True] * 3)
    rule = Discovery(kind=Kind.S3, names=("*",), accounts=(ONE, OTHER))
    began = time.monotonic()
    finding = AwsTargetFinder(client_of, HOME).find(rule, lambda: next(looks, False))
    stopped.set()
    assert time.monotonic() - began < 10
    assert [target.account for target in finding.targets] == [OTHER]
    assert [(unseen.account, "no time" in unseen.words) for unseen in finding.unseen] == [(ONE, True)]


@pytest.fixture
def a_thousand() -> tuple[Account, ...]:
    return tuple(Account(f"{10**11 + number}", role="m") for number in range(1000))


def test_a_thousand_accounts_are_looked_into_side_by_side(a_thousand: tuple[Account, ...]) -> None:
    def client_of(account: Account, _service: str, _region: str | None) -> Any:
        time.sleep(0.02)
        return Client(list_buckets=[{"Buckets": [{"Name": f"b-{account.id}", "BucketRegion": "x"}]}])

    began = time.monotonic()
    finding = AwsTargetFinder(client_of, HOME).find(
        Discovery(kind=Kind.S3, names=("*",), accounts=a_thousand), lambda: True
    )
    assert len(finding.targets) == 1000
    assert time.monotonic() - began < 10  # one after the other: 20
