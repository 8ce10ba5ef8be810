"""Test whatever looks into accounts for the targets of rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.aws.discovery.finder import AwsTargetFinder, Home
from chalicelib.core.locks.account import HOME, Account
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.ports.targets import TargetFinder
from tests.aws_fixtures import REGION, client_in
from tests.fakes.targets import FakeTargetFinder

OWN, ELSEWHERE = "123456789012", "eu-west-1"
MEMBER = Account(role="member", external_id="x1")
ONE, OTHER = Account("111122223333", "", "member", "x1"), Account("444455556666", "", "member", "x1")


class Land(Protocol):
    """Accounts that a test can fill."""

    @property
    def finder(self) -> TargetFinder: ...

    def add(self, kind: Kind, name: str, region: str, account: str, tags: Mapping[str, str]) -> None: ...

    def deny(self, account: str) -> None: ...

    def unit(self, accounts: list[str]) -> tuple[str, list[Account]]:
        """Make a unit with new accounts of these names; return its ID and them."""


class InMemory:
    def __init__(self) -> None:
        self.finder = FakeTargetFinder()

    def add(self, kind: Kind, name: str, region: str, account: str, tags: Mapping[str, str]) -> None:
        self.finder.there.append((Target(kind, name, region=region, account=Account(account)), dict(tags)))

    def deny(self, account: str) -> None:
        self.finder.denied[account] = "denies it"

    def unit(self, accounts: list[str]) -> tuple[str, list[Account]]:
        made = [Account(f"{77 * 10**10 + number}", name) for number, name in enumerate(accounts)]
        self.finder.units["ou-ab12-cdefgh34"] = made
        return "ou-ab12-cdefgh34", made


@dataclass
class InMoto:
    denied: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.finder = AwsTargetFinder(self.client, Home(OWN, REGION))

    def client(self, account: Account, service: str, region: str | None) -> Any:
        if account.id in self.denied:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "AssumeRole")
        client = client_in(account.id, service, region or REGION)
        if service == "s3":
            client.meta.events.register("after-call.s3.ListBuckets", self._with_regions)
        return client

    def add(self, kind: Kind, name: str, region: str, account: str, tags: Mapping[str, str]) -> None:
        written = [{"Key": key, "Value": value} for key, value in tags.items()]
        if kind is Kind.S3:
            s3 = client_in(account, "s3", region)
            s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
            s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": written})
            return
        client_in(account, "dynamodb", region).create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
            Tags=written,
        )

    def deny(self, account: str) -> None:
        self.denied.add(account)

    def unit(self, accounts: list[str]) -> tuple[str, list[Account]]:
        client = client_in("", "organizations")
        client.create_organization(FeatureSet="ALL")
        root = client.list_roots()["Roots"][0]["Id"]
        outer = client.create_organizational_unit(ParentId=root, Name="outer")["OrganizationalUnit"]["Id"]
        inner = client.create_organizational_unit(ParentId=outer, Name="inner")["OrganizationalUnit"]["Id"]
        made = []
        for place, name in zip([outer, inner] * len(accounts), accounts, strict=False):
            status = client.create_account(AccountName=name, Email="aws@acme.example")["CreateAccountStatus"]
            client.move_account(AccountId=status["AccountId"], SourceParentId=root, DestinationParentId=place)
            made.append(Account(status["AccountId"], name))
        return outer, made

    def _with_regions(self, parsed: dict[str, Any], **_: Any) -> None:
        """Add what AWS tells and moto does not."""
        for one in parsed["Buckets"]:
            one["BucketRegion"] = ELSEWHERE if "elsewhere" in one["Name"] else REGION


@pytest.fixture(params=["fake", "AWS in moto"])
def land(request: pytest.FixtureRequest) -> Iterator[Land]:
    if request.param == "fake":
        yield InMemory()
        return
    with mock_aws():
        yield InMoto()


def found(land: Land, **rule: Any) -> set[tuple[str, str, str]]:
    """Return the account, the region and the name of each target that a rule finds."""
    finding = land.finder.find(Discovery(**{"kind": Kind.S3, **rule}), lambda: True)
    return {(target.account.id, target.region or "", target.container) for target in finding.targets}


def test_buckets_are_found_by_name_in_every_region(land: Land) -> None:
    for name, region in (("a-tfstate", REGION), ("elsewhere-tfstate", ELSEWHERE), ("website", REGION)):
        land.add(Kind.S3, name, region, "", {})
    assert found(land, names=("*-tfstate",)) == {("", REGION, "a-tfstate"), ("", ELSEWHERE, "elsewhere-tfstate")}
    assert found(land, names=("?-tfstate", "web*")) == {("", REGION, "a-tfstate"), ("", REGION, "website")}
    assert found(land, names=("*",), regions=(ELSEWHERE,)) == {("", ELSEWHERE, "elsewhere-tfstate")}
    assert found(land, names=("a-tf*", "a-tfs*")) == {("", REGION, "a-tfstate")}


def test_tables_are_found_in_the_regions_that_the_rule_names(land: Land) -> None:
    for region in (REGION, ELSEWHERE):
        land.add(Kind.DYNAMODB, "terraform-locks", region, "", {})
    land.add(Kind.DYNAMODB, "orders", REGION, "", {})
    rule: dict[str, Any] = {"kind": Kind.DYNAMODB, "names": ("terraform-*",), "regions": (REGION, ELSEWHERE)}
    assert found(land, **rule) == {("", REGION, "terraform-locks"), ("", ELSEWHERE, "terraform-locks")}


@pytest.mark.parametrize("kind", Kind)
def test_only_containers_with_all_of_the_tags_are_found(land: Land, kind: Kind) -> None:
    land.add(kind, "both", REGION, "", {"purpose": "terraform-state", "team": "a"})
    land.add(kind, "one", REGION, "", {"purpose": "terraform-state"})
    land.add(kind, "other", REGION, "", {"purpose": "website", "team": "a"})
    rule: dict[str, Any] = {"kind": kind, "names": ("*",), "regions": (REGION,)}
    assert found(land, **rule, tags={"purpose": "terraform-*"}) == {("", REGION, "both"), ("", REGION, "one")}
    assert found(land, **rule, tags={"purpose": "*", "team": "a"}) == {("", REGION, "both"), ("", REGION, "other")}
    assert found(land, **rule, tags={"Purpose": "*"}) == set()


def test_each_target_has_its_account_with_the_role_and_the_prefixes_of_the_rule(land: Land) -> None:
    land.add(Kind.S3, "its-tfstate", REGION, ONE.id, {})
    rule = Discovery(kind=Kind.S3, names=("*",), accounts=(ONE, OTHER), prefixes=("network/",))
    finding = land.finder.find(rule, lambda: True)
    assert finding.targets == (Target(Kind.S3, "its-tfstate", ("network/",), REGION, account=ONE),)
    assert (finding.accounts, finding.unseen) == (2, ())


def test_the_accounts_of_a_unit_are_looked_into_and_named_each_once(land: Land) -> None:
    unit, (red, blue) = land.unit(["red", "blue"])
    for account in (red, blue):
        land.add(Kind.S3, f"{account.name}-tfstate", REGION, account.id, {})
    rule = Discovery(kind=Kind.S3, names=("*",), units=(unit,), member=MEMBER, accounts=(ONE,))
    finding = land.finder.find(rule, lambda: True)
    assert {target.account for target in finding.targets} == {
        Account(account.id, account.name, "member", "x1") for account in (red, blue)
    }
    assert finding.accounts == 3


def test_an_account_that_denies_harms_no_other_and_is_named(land: Land) -> None:
    for account in (ONE, OTHER):
        land.add(Kind.S3, f"in-{account.id}", REGION, account.id, {})
    land.deny(ONE.id)
    finding = land.finder.find(Discovery(kind=Kind.S3, names=("*",), accounts=(ONE, OTHER)), lambda: True)
    assert [target.account for target in finding.targets] == [OTHER]
    [unseen] = finding.unseen
    assert unseen.account == ONE
    assert "denies it" in unseen.words


def test_accounts_that_there_is_no_time_for_are_unseen_and_not_empty(land: Land) -> None:
    land.add(Kind.S3, "a-tfstate", REGION, "", {})
    finding = land.finder.find(Discovery(kind=Kind.S3, names=("*",)), lambda: False)
    assert finding.targets == ()
    assert [(unseen.account, "no time" in unseen.words) for unseen in finding.unseen] == [(HOME, True)]


def test_a_rule_that_matches_nothing_finds_nothing(land: Land) -> None:
    assert found(land, names=("*",)) == set()
    assert found(land, kind=Kind.DYNAMODB, names=("*",)) == set()
