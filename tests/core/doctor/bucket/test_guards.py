"""Versions, encryption, public access, access logs and endpoints: what is told of a bucket, and what it means."""

from typing import Any

import pytest

from chalicelib.core.doctor.bucket.conditional import conditions
from chalicelib.core.doctor.bucket.guards.access_log import Trail, logged_to, trailed
from chalicelib.core.doctor.bucket.guards.encryption import encryption
from chalicelib.core.doctor.bucket.guards.public import SWITCHES, Reached, public_access
from chalicelib.core.doctor.bucket.guards.versioning import versioning
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.finding import Colour
from tests.core.doctor.bucket.pasting import option

BUCKET = StateBucket("acme-tfstate", (), "123456789012", "eu-central-1")
RED, YELLOW, GREEN, GREY = Colour.RED, Colour.YELLOW, Colour.GREEN, Colour.GREY


@pytest.mark.parametrize(
    ("answer", "colour", "says"),
    [
        ({"Status": "Enabled"}, GREEN, "versioning is on"),
        ({"Status": "Enabled", "MFADelete": "Enabled"}, GREEN, "MFA"),
        ({"Status": "Suspended"}, RED, "suspended"),
        ({}, RED, "off"),
        ({"Status": "enabled"}, RED, "'enabled'"),
    ],
)
def test_only_versioning_that_is_on_is_green(answer: Any, colour: Colour, says: str) -> None:
    one = versioning(BUCKET, answer)
    assert one.colour is colour
    assert says in one.seen


def test_suspended_versioning_under_mfa_delete_is_mended_by_the_root_user() -> None:
    fix = versioning(BUCKET, {"Status": "Suspended", "MFADelete": "Enabled"}).fix
    assert fix
    assert "root user" in fix.do


def default(**kind: Any) -> Any:
    return {"ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": kind}]}}


@pytest.mark.parametrize(
    ("answer", "colour"),
    [
        (default(SSEAlgorithm="AES256"), GREEN),
        (default(SSEAlgorithm="aws:kms", KMSMasterKeyID="k"), GREEN),
        ({}, YELLOW),
        ({"ServerSideEncryptionConfiguration": {"Rules": [{"BucketKeyEnabled": True}]}}, YELLOW),
    ],
)
def test_a_default_encryption_of_any_kind_is_green_and_none_is_yellow(answer: Any, colour: Colour) -> None:
    assert encryption(BUCKET, answer).colour is colour


ALL = dict.fromkeys(SWITCHES, True)
EVERYBODY = {"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "READ"}
ANY_ACCOUNT = {"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"}, "Permission": "WRITE"}
LOGS = {"Grantee": {"URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}, "Permission": "WRITE"}
DENIED = (("s3:GetBucketAcl", "S3 denies it"),)


@pytest.mark.parametrize(
    ("reached", "colour"),
    [
        (Reached(bucket=ALL), GREEN),
        (Reached(bucket={}, account=ALL), GREEN),
        (Reached(bucket={SWITCHES[0]: True, SWITCHES[1]: True}, account=ALL), GREEN),
        (Reached(bucket={}, policy=False, grants=(LOGS,)), YELLOW),
        (Reached(bucket=ALL | {"BlockPublicAcls": False}, policy=False, grants=()), YELLOW),
        (Reached(bucket={}, policy=True, grants=()), RED),
        (Reached(bucket={}, policy=False, grants=(EVERYBODY,)), RED),
        (Reached(bucket={}, policy=None, grants=(ANY_ACCOUNT,), unknown=DENIED), RED),
        (Reached(bucket={"RestrictPublicBuckets": True}, policy=True, grants=()), YELLOW),
        (Reached(bucket={"IgnorePublicAcls": True}, policy=False, grants=(EVERYBODY,)), YELLOW),
        (Reached(bucket={}, policy=False, grants=None, unknown=DENIED), GREY),
        (Reached(bucket={}, account=None, policy=False, grants=(), unknown=DENIED), GREY),
    ],
)
def test_a_bucket_that_strangers_reach_is_red_and_one_that_is_only_not_blocked_yellow(
    reached: Reached, colour: Colour
) -> None:
    assert public_access(BUCKET, reached).colour is colour


# access logs and trails

ARN = "arn:aws:s3:::acme-tfstate"


def plain(*values: str, **more: Any) -> Any:
    return {"EventSelectors": [{"DataResources": [{"Type": "AWS::S3::Object", "Values": list(values)}]} | more]}


def advanced(*fields: Any) -> Any:
    data = [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
    ]
    return {"AdvancedEventSelectors": [{"FieldSelectors": [*data, *fields]}]}


@pytest.mark.parametrize(
    "selectors",
    [
        plain("arn:aws:s3"),
        plain("arn:aws:s3:::"),
        plain(f"{ARN}/"),
        plain(f"{ARN}/", ReadWriteType="WriteOnly"),
        advanced(),
        advanced({"Field": "readOnly", "Equals": ["false"]}),
        advanced({"Field": "resources.ARN", "StartsWith": [f"{ARN}/"]}),
        advanced({"Field": "resources.ARN", "EndsWith": [".tflock", "x"]}),
        advanced({"Field": "eventName", "Equals": ["PutObject", "DeleteObject"]}),
        advanced({"Field": "resources.ARN", "NotStartsWith": ["arn:aws:s3:::logs/"]}),
    ],
)
def test_a_trail_with_the_writes_of_the_bucket_is_as_good_as_an_access_log(selectors: Any) -> None:
    assert trailed(BUCKET, (Trail("arn:t", selectors={}), Trail("arn:t", selectors=selectors))).colour is GREEN


@pytest.mark.parametrize(
    "selectors",
    [
        {},
        {"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]},
        plain("arn:aws:s3:::acme-tfstate-2/"),
        plain(f"{ARN}/prod/"),
        plain(f"{ARN}/", ReadWriteType="ReadOnly"),
        {"EventSelectors": [{"DataResources": [{"Type": "AWS::Lambda::Function", "Values": ["arn:aws:s3"]}]}]},
        advanced({"Field": "readOnly", "Equals": ["true"]}),
        advanced({"Field": "resources.ARN", "Equals": [f"{ARN}/a"]}),
        advanced({"Field": "resources.ARN", "NotStartsWith": [f"{ARN}/prod/"]}),
        advanced({"Field": "resources.ARN", "NotEndsWith": [".tflock"]}),
        advanced({"Field": "resources.ARN", "StartsWith": [f"{ARN}/"], "EndsWith": [".tfstate"]}),
        advanced({"Field": "eventName", "Equals": ["GetObject"]}),
        advanced({"Field": "userIdentity.arn", "StartsWith": ["arn:aws:iam::1:"]}),
        {"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}]},
    ],
)
def test_a_trail_that_leaves_out_some_of_the_writes_is_not_enough(selectors: Any) -> None:
    assert trailed(BUCKET, (Trail("arn:t", selectors=selectors),)).colour is YELLOW


def test_a_stopped_trail_records_nothing_and_is_named() -> None:
    one = trailed(BUCKET, (Trail("arn:stopped", is_logging=False, selectors=plain("arn:aws:s3")),))
    assert one.colour is YELLOW
    assert "arn:stopped would record them, but it is stopped" in one.seen


def test_with_prefixes_all_of_them_have_to_be_recorded() -> None:
    bucket = StateBucket("acme-tfstate", ("prod/", "stage/"))
    assert trailed(bucket, (Trail("t", selectors=plain(f"{ARN}/prod/")),)).colour is YELLOW
    assert trailed(bucket, (Trail("t", selectors=plain(f"{ARN}/prod/", f"{ARN}/s")),)).colour is GREEN


def test_an_access_log_is_enough_by_itself() -> None:
    one = logged_to(BUCKET, {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": ""}})
    assert one
    assert one.colour is GREEN
    assert logged_to(BUCKET, {}) is None


@pytest.mark.parametrize(("region", "placed"), [("eu-central-1", True), ("us-east-1", False)])
def test_the_log_bucket_lies_where_the_bucket_is_and_has_a_name_of_its_own(region: str, placed: bool) -> None:
    bucket = StateBucket("a" * 63, (), "123456789012", region, "aws-us-gov")
    fix = trailed(bucket, ()).fix
    assert fix
    name = option(fix.cli, "bucket", 0)
    assert len(name) <= 63
    assert ("LocationConstraint" in fix.cli) is placed
    assert f"arn:aws-us-gov:s3:::{name}/*" in fix.cli
    assert "arn:aws:" not in fix.cli


# endpoints


@pytest.mark.parametrize(
    ("host", "bucket", "partition", "colour"),
    [
        ("s3.eu-central-1.amazonaws.com", "acme", "aws", GREEN),
        ("s3.cn-north-1.amazonaws.com.cn", "acme", "aws-cn", GREEN),
        ("bucket.vpce-1.s3.eu-central-1.vpce.amazonaws.com.", "acme", "aws", GREEN),
        ("s3.eu-central-1.amazonaws.com", "acme--euc1-az1--x-s3", "aws", GREY),
        ("s3.cn-north-1.amazonaws.com", "acme", "aws-cn", GREY),
        ("127.0.0.1", "acme", "aws", GREY),
        ("minio.acme.example", "acme", "aws", GREY),
        ("amazonaws.com.evil.example", "acme", "aws", GREY),
        ("evilamazonaws.com", "acme", "aws", GREY),
        ("", "acme", "aws", GREY),
        ("s3.moon-1.amazonaws.com", "acme", "aws-moon", GREY),
    ],
)
def test_only_s3_itself_is_known_to_honour_conditions(host: str, bucket: str, partition: str, colour: Colour) -> None:
    one = conditions(StateBucket(bucket, partition=partition), host)
    assert one.colour is colour
    assert ("tflocks doctor --canary" in one.seen) is (colour is GREY)
