"""A bucket policy against what locks are made of: what denies it, what may, what does not, and how it is mended."""

import itertools
import json
from typing import Any

import pytest

from chalicelib.core.doctor.bucket.policy.judging import for_reaper, for_terraform
from chalicelib.core.doctor.bucket.policy.mending import Requests
from chalicelib.core.doctor.bucket.policy.patterns import contains, overlap, tokens
from chalicelib.core.doctor.bucket.policy.requests import of_roles, of_terraform
from chalicelib.core.doctor.bucket.policy.statements import policy_of
from chalicelib.core.doctor.bucket.policy.transport import plain_http
from chalicelib.core.doctor.bucket.roles import callers
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.finding import Colour, Finding
from tests.aws.doctor.bucket.bench import a_reaper
from tests.core.doctor.bucket.pasting import option

ARN = "arn:aws:s3:::acme-tfstate"
WHOLE = [ARN, f"{ARN}/*"]
LOCKS = f"{ARN}/*.tflock"
RED, YELLOW, GREEN = Colour.RED, Colour.YELLOW, Colour.GREEN
RELEASER = "arn:aws:iam::123456789012:role/tflock-reaper-prod-ReleaseLockRole-1A2B"
PUTTER = "arn:aws:iam::123456789012:role/tflock-reaper-prod-AnswerClickRole-1A2B"


def deny(action: Any = "s3:DeleteObject", resource: Any = f"{ARN}/*", **more: Any) -> dict[str, Any]:
    return {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": action, "Resource": resource} | more


def when(operator: str, key: str, *values: Any) -> dict[str, Any]:
    return {"Condition": {operator: {key: list(values)}}}


def requests(bucket: StateBucket, *, versioned: bool = True) -> Requests:
    roles = callers(a_reaper(), "123456789012")
    return Requests(
        tuple(of_terraform(bucket, versioned=versioned)), tuple(of_roles(bucket, roles, versioned=versioned))
    )


def both(
    *statements: Any, prefixes: tuple[str, ...] = (), versioned: bool = True, version: str | None = "2012-10-17"
) -> tuple[list[Finding], list[Finding]]:
    bucket = StateBucket("acme-tfstate", prefixes, "123456789012", "eu-central-1")
    listed = statements[0] if len(statements) == 1 else list(statements)  # S3 keeps a single statement as it was put
    document = {"Statement": listed} | ({"Version": version} if version else {})
    policy, asked = policy_of(json.dumps(document)), requests(bucket, versioned=versioned)
    return list(for_terraform(bucket, policy, asked)), list(for_reaper(bucket, policy, asked))


def terraform(*statements: Any, **more: Any) -> Colour:
    found, _ = both(*statements, **more)
    return min((one.colour for one in found), key=list(Colour).index)


def reaper(*statements: Any, **more: Any) -> Colour:
    _, found = both(*statements, **more)
    return min((one.colour for one in found), key=list(Colour).index)


DENIES_A_RUN = {
    "deletes without If-Match": deny(**when("Null", "s3:if-match", "true")),
    "the key of the condition in capitals": deny(**when("Null", "S3:If-Match", True)),
    "all deletes": deny(),
    "deletes of locks alone": deny(resource=LOCKS),
    "in a list": deny(["s3:PutBucketPolicy", "S3:deleteobject"], [f"{ARN}/x", LOCKS]),
    "a wildcard in the action": deny("s3:Del*Object"),
    "a question mark in the action": deny("s3:?eleteObject"),
    "everything": deny("*", "*"),
    "all but reading and putting": {
        **{key: value for key, value in deny().items() if key != "Action"},
        "NotAction": ["s3:GetObject", "s3:PutObject"],
    },
    "all but states": {
        **{key: value for key, value in deny().items() if key != "Resource"},
        "NotResource": [f"{ARN}/*.tfstate", ARN],
    },
    "one folder": deny(resource=f"{ARN}/prod/*"),
    "one lock": deny(resource=f"{ARN}/prod/network/terraform.tfstate.tflock"),
    "a question mark in the resource": deny(resource=f"{ARN}/?*.tfloc?"),
    "everybody as a list": deny(Principal={"AWS": ["*"]}),
    "all but a service": {
        **{key: value for key, value in deny().items() if key != "Principal"},
        "NotPrincipal": {"Service": "logging.s3.amazonaws.com"},
    },
    "puts without tags": deny("s3:PutObject", **when("Null", "s3:RequestObjectTag/owner", "true")),
    "puts without a storage class": deny(
        "s3:PutObject", **when("StringNotEquals", "s3:x-amz-storage-class", "STANDARD_IA")
    ),
    "puts that are conditional": deny("s3:PutObject", **when("StringEquals", "s3:if-none-match", "*", '"*"')),
    "puts without a retention": deny("s3:PutObject", **when("Null", "s3:object-lock-mode", "true")),
    "reads of objects without a tag": deny("s3:GetObject", **when("StringNotEquals", "s3:ExistingObjectTag/a", "b")),
    "if it is over HTTPS": deny(**when("Bool", "aws:SecureTransport", "true")),
    "if it is over HTTPS, as JSON's true": deny(**when("Bool", "aws:SecureTransport", True)),
    "TLS below 1.4": deny(**when("NumericLessThan", "s3:TlsVersion", "1.4")),
    "two conditions that both hold": deny(
        Condition={"Null": {"s3:if-match": "true", "s3:versionid": "true"}, "Bool": {"aws:SecureTransport": "true"}}
    ),
    "an absent key with IfExists": deny(**when("StringEqualsIfExists", "s3:x-amz-storage-class", "GLACIER")),
    "an absent key with ForAllValues": deny(**when("ForAllValues:StringEquals", "aws:TagKeys", "a")),
    "an escaped asterisk is an asterisk": deny(
        "s3:PutObject", **when("StringEquals", "s3:if-none-match", "${*}", '"${*}"')
    ),
}


@pytest.mark.parametrize("statement", DENIES_A_RUN.values(), ids=DENIES_A_RUN)
def test_what_certainly_denies_a_run_its_lock_is_red(statement: Any) -> None:
    assert terraform(statement) is RED


MAY_DENY_A_RUN = {
    "another endpoint": deny("s3:*", WHOLE, **when("StringNotEquals", "aws:SourceVpce", "vpce-1")),
    "other addresses": deny("s3:*", WHOLE, **when("NotIpAddress", "aws:SourceIp", "10.0.0.0/8")),
    "another organisation": deny("s3:*", WHOLE, **when("StringNotEquals", "aws:PrincipalOrgID", "o-1")),
    "other roles": deny("s3:*", WHOLE, **when("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::1:role/ci")),
    "one role": deny(Principal={"AWS": "arn:aws:iam::111122223333:role/ci"}),
    "an account": deny(Principal={"AWS": "111122223333"}),
    "all but one role": {
        **{key: value for key, value in deny().items() if key != "Principal"},
        "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:role/ci"},
    },
    "a canonical user": deny(Principal={"CanonicalUser": "79a59d"}),
    "an operator that nobody knows": deny(**when("StringSounds", "aws:SecureTransport", "true")),
    "a key that nobody knows": deny(**when("StringEquals", "aws:Novelty", "x")),
    "a date": deny(**when("DateGreaterThan", "aws:CurrentTime", "2030-01-01T00:00:00Z")),
    "a condition that is no object": deny(Condition=["x"]),
    "an operator without keys": deny(Condition={"Null": "s3:if-match"}),
    "puts without encryption": deny("s3:PutObject", **when("Null", "s3:x-amz-server-side-encryption", "true")),
    "puts without KMS": deny("s3:PutObject", **when("StringNotEquals", "s3:x-amz-server-side-encryption", "aws:kms")),
    "puts without an ACL": deny("s3:PutObject", **when("StringNotEquals", "s3:x-amz-acl", "bucket-owner-full-control")),
    "a variable in the resource": deny(resource=f"{ARN}/${{aws:username}}/*"),
    "a variable in a condition": deny(**when("StringNotEquals", "aws:PrincipalAccount", "${aws:ResourceAccount}")),
    "without MFA": deny(**when("BoolIfExists", "aws:MultiFactorAuthPresent", "false")),
    "nobody is named": {key: value for key, value in deny().items() if key != "Principal"},
}


@pytest.mark.parametrize("statement", MAY_DENY_A_RUN.values(), ids=MAY_DENY_A_RUN)
def test_what_may_deny_a_run_its_lock_is_yellow_and_says_so(statement: Any) -> None:
    [one], _ = both(statement)
    assert one.colour is YELLOW
    assert "may deny Terraform" in one.seen


LETS_A_RUN_PASS = {
    "an allow": deny(Effect="Allow"),
    "plain HTTP": deny("s3:*", WHOLE, **when("Bool", "aws:SecureTransport", "false")),
    "old TLS": deny("s3:*", WHOLE, **when("NumericLessThan", "s3:TlsVersion", 1.2)),
    "deletes of versions": deny("s3:DeleteObjectVersion"),
    "deletes of the bucket": deny("s3:DeleteBucket", ARN),
    "deletes by version, by a condition": deny(["s3:DeleteObject"], **when("Null", "s3:VersionId", "false")),
    "deletes of states alone": deny(resource=f"{ARN}/*.tfstate"),
    "another bucket": deny(resource="arn:aws:s3:::acme-tfstate-2/*.tflock"),
    "another case of the key": deny(resource=f"{ARN}/*.TFLOCK"),
    "all but locks": {
        **{key: value for key, value in deny().items() if key != "Resource"},
        "NotResource": [LOCKS],
    },
    "all but s3": {
        **{key: value for key, value in deny().items() if key != "Action"},
        "NotAction": ["S3:*"],
    },
    "a service": deny(Principal={"Service": "s3.amazonaws.com"}),
    "a deleted role": deny(Principal={"AWS": "AROAJQABLZS4A3QDU576Q"}),
    "puts without If-None-Match": deny("s3:PutObject", **when("Null", "s3:if-none-match", "true")),
    "puts with a public ACL grant": deny("s3:PutObject", **when("Null", "s3:x-amz-grant-read", "false")),
    "copies": deny("s3:PutObject", **when("StringLike", "s3:x-amz-copy-source", "*")),
    "requests signed the old way": deny("s3:*", WHOLE, **when("StringEquals", "s3:signatureversion", "AWS")),
    "one condition of two that does not hold": deny(
        Condition={"Null": {"s3:if-match": "false"}, "StringEquals": {"aws:Novelty": "x"}}
    ),
    "a positive test of an absent key": deny(**when("StringEquals", "s3:if-match", "*")),
    "an empty list of values": deny(**when("StringEquals", "aws:SecureTransport")),
}


@pytest.mark.parametrize("statement", LETS_A_RUN_PASS.values(), ids=LETS_A_RUN_PASS)
def test_what_does_not_meet_a_run_is_green(statement: Any) -> None:
    assert terraform(statement) is GREEN


def test_a_policy_without_the_version_of_variables_has_none() -> None:
    statement = deny(**when("StringNotEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}"))
    assert reaper(statement) is GREEN
    assert reaper(statement, version=None) is RED
    assert reaper(statement, version="2008-10-17") is RED


def test_a_deny_outside_of_where_locks_are_looked_for_does_not_count() -> None:
    assert terraform(deny(resource=f"{ARN}/logs/*"), prefixes=("prod/",)) is GREEN
    assert terraform(deny(resource=f"{ARN}/pro*"), prefixes=("prod/",)) is RED


def test_a_deny_for_a_role_of_the_reapers_own_does_not_meet_a_run() -> None:
    bucket, policy = StateBucket("acme-tfstate"), policy_of(json.dumps({"Statement": deny(Principal={"AWS": PUTTER})}))
    asked = Requests(tuple(of_terraform(bucket, versioned=True, ours=(PUTTER,))))
    assert [one.colour for one in for_terraform(bucket, policy, asked)] == [GREEN]


def test_a_deny_of_deleting_versions_denies_each_delete_where_objects_have_none() -> None:
    assert terraform(deny("s3:DeleteObjectVersion"), versioned=False) is RED
    assert reaper(deny("s3:DeleteObjectVersion"), versioned=False) is RED
    by_version = deny("s3:DeleteObjectVersion", **when("Null", "s3:VersionId", "false"))
    assert terraform(by_version, versioned=False) is GREEN


DENIES_THE_REAPER = {
    "its account": deny("s3:GetObject", Principal={"AWS": "arn:aws:iam::123456789012:root"}),
    "its role": deny(Principal={"AWS": RELEASER}),
    "its role by another path": deny(Principal={"AWS": RELEASER.replace("role/", "role/service/")}),
    "all but others": {
        **{key: value for key, value in deny().items() if key != "Principal"},
        "NotPrincipal": {"AWS": ["arn:aws:iam::123456789012:role/ci", "arn:aws:iam::123456789012:root"]},
    },
    "other roles": deny("s3:*", WHOLE, **when("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::123456789012:role/ci*")),
    "other accounts": deny("s3:*", WHOLE, **when("StringNotEquals", "aws:PrincipalAccount", "111122223333")),
    "listing": deny("s3:ListBucket", ARN),
    "deletes with If-Match": deny(**when("Null", "s3:if-match", "false")),
    "without MFA": deny(**when("BoolIfExists", "aws:MultiFactorAuthPresent", "false")),
}


@pytest.mark.parametrize("statement", DENIES_THE_REAPER.values(), ids=DENIES_THE_REAPER)
def test_what_certainly_denies_a_role_of_the_reaper_is_red(statement: Any) -> None:
    if "NotPrincipal" in statement:
        assert reaper(statement) is YELLOW
        statement["NotPrincipal"]["AWS"].pop()
    assert reaper(statement) is RED


MAY_DENY_THE_REAPER = {
    "another endpoint": deny("s3:*", WHOLE, **when("StringNotEquals", "aws:SourceVpce", "vpce-1")),
    "other addresses": deny("s3:*", WHOLE, **when("NotIpAddress", "aws:SourceIp", "10.0.0.0/8")),
    "another organisation": deny("s3:*", WHOLE, **when("StringNotEquals", "aws:PrincipalOrgID", "o-1")),
    "all but its role": {
        **{key: value for key, value in deny().items() if key != "Principal"},
        "NotPrincipal": {"AWS": RELEASER},
    },
    "a session of its role": deny(
        Principal={"AWS": RELEASER.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/any"}
    ),
    "IDs of users": deny("s3:*", WHOLE, **when("StringNotLike", "aws:userid", "AROAEXAMPLE:*")),
}


@pytest.mark.parametrize("statement", MAY_DENY_THE_REAPER.values(), ids=MAY_DENY_THE_REAPER)
def test_what_may_deny_a_role_of_the_reaper_is_yellow(statement: Any) -> None:
    _, found = both(statement)
    assert {one.colour for one in found} == {YELLOW}
    assert all("may deny the reaper's" in one.seen for one in found)


LETS_THE_REAPER_PASS = {
    "deletes without If-Match": deny(**when("Null", "s3:if-match", "true")),
    "another role": deny(Principal={"AWS": "arn:aws:iam::123456789012:role/ci"}),
    "another account": deny(Principal={"AWS": "111122223333"}),
    "its own roles are let in": deny(
        "s3:*", WHOLE, **when("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/tflock-reaper-*")
    ),
    "its own account by a variable": deny(**when("StringNotEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}")),
    "an ACL that it tries": deny(
        "s3:PutObject", **when("StringNotEquals", "s3:x-amz-acl", "bucket-owner-full-control")
    ),
    "the encryption that the lock itself had": deny(
        "s3:PutObject", **when("StringNotEquals", "s3:x-amz-server-side-encryption", "aws:kms")
    ),
    "puts without If-None-Match": deny("s3:PutObject", **when("Null", "s3:if-none-match", "true")),
    "requests through access points": deny("s3:*", WHOLE, **when("Null", "s3:DataAccessPointArn", "false")),
}


@pytest.mark.parametrize("statement", LETS_THE_REAPER_PASS.values(), ids=LETS_THE_REAPER_PASS)
def test_what_does_not_meet_a_role_of_the_reaper_is_green(statement: Any) -> None:
    assert reaper(statement) is GREEN


def test_a_finding_names_the_statement_what_it_denies_and_to_whom() -> None:
    [run], roles = both(deny(Sid="NoDeletes"))
    assert run.seen == "statement NoDeletes denies Terraform the delete of its lock"
    assert [one.seen for one in roles] == ["statement NoDeletes denies the reaper's release_lock to release a lock"]
    nameless = {key: value for key, value in deny().items() if key != "Sid"}
    assert both(nameless)[0][0].seen.startswith("the Deny of s3:DeleteObject denies")


KEPT = deny("s3:*", WHOLE, Sid="HttpsOnly", **when("Bool", "aws:SecureTransport", "false"))
NO_COMMAND = {"one folder", "a question mark in the resource", "a variable in the resource"}
TERRAFORMS = {**DENIES_A_RUN, **MAY_DENY_A_RUN}


@pytest.mark.parametrize("name", TERRAFORMS)
def test_a_runs_fix_written_as_a_whole_policy_lets_it_pass_and_keeps_the_other_statements(name: str) -> None:
    [one], _ = both(KEPT, TERRAFORMS[name])
    assert one.fix
    if name in NO_COMMAND and not one.fix.cli:
        assert "*.tfstate" in one.fix.do
        return
    mended = option(one.fix.cli, "policy")
    assert KEPT in mended["Statement"]
    assert mended["Version"] == "2012-10-17"
    assert terraform(*mended["Statement"]) is GREEN
    assert ".tflock" in one.fix.do


REAPERS = {**DENIES_THE_REAPER, **MAY_DENY_THE_REAPER}


@pytest.mark.parametrize("name", REAPERS)
def test_a_roles_fix_lets_it_pass_and_keeps_the_other_statements(name: str) -> None:
    _, found = both(KEPT, REAPERS[name])
    fix = found[0].fix
    assert fix
    mended = option(fix.cli, "policy")
    assert KEPT in mended["Statement"]
    assert reaper(*mended["Statement"]) is GREEN


def test_a_statement_for_the_whole_bucket_still_denies_all_but_locks() -> None:
    [one], _ = both(KEPT, deny(["s3:DeleteObject"], WHOLE))
    assert one.fix
    changed = option(one.fix.cli, "policy")["Statement"][1]
    assert changed["NotResource"] == [LOCKS]
    assert changed["Action"] == ["s3:DeleteObject"]
    [one], _ = both(KEPT, deny())
    assert one.fix
    assert option(one.fix.cli, "policy")["Statement"][1]["NotResource"] == [ARN, LOCKS]


def test_roles_are_added_to_those_that_a_statement_leaves_out_already() -> None:
    ci = "arn:aws:iam::123456789012:role/ci"
    _, found = both(KEPT, deny("s3:Put*", WHOLE, **when("ArnNotLike", "aws:principalarn", ci)))
    fix = found[0].fix
    assert fix
    mended = option(fix.cli, "policy")["Statement"][1]
    assert mended["Condition"] == {"ArnNotLike": {"aws:principalarn": [ci, PUTTER]}}


def test_a_policy_that_has_no_statement_left_is_deleted() -> None:
    [one], _ = both(deny(resource=LOCKS))
    assert one.fix
    assert one.fix.cli == "aws s3api delete-bucket-policy --bucket acme-tfstate"


def test_the_fix_of_what_is_broken_does_not_open_what_may_be_a_fence() -> None:
    fence = deny("s3:*", WHOLE, Sid="Fence", **when("StringNotEquals", "aws:SourceVpce", "vpce-1"))
    found, _ = both(fence, deny(resource=LOCKS))
    broken = next(one for one in found if one.colour is RED)
    assert broken.fix
    assert option(broken.fix.cli, "policy")["Statement"] == [fence]


def test_a_text_that_is_no_policy_is_no_green_finding() -> None:
    for text in ("[", "[]", '"x"', "null"):
        with pytest.raises(ValueError, match=r"."):
            policy_of(text)


# plain HTTP


def http(*statements: Any) -> Finding:
    bucket = StateBucket("acme-tfstate", (), "123456789012", "eu-central-1")
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return plain_http(bucket, policy_of(document), requests(bucket))


SECURE = when("Bool", "aws:SecureTransport", "false")
REFUSES = {
    "the usual": [KEPT],
    "two statements": [deny("s3:*", ARN, **SECURE), deny("s3:*", f"{ARN}/*", **SECURE)],
    "NotAction and NotResource": [
        {"Effect": "Deny", "Principal": {"AWS": "*"}, "NotAction": "sqs:*", "NotResource": "arn:aws:s3:::x", **SECURE}
    ],
    "with IfExists": [deny("*", "*", **when("BoolIfExists", "aws:securetransport", False))],
    "not equal": [deny("s3:*", WHOLE, **when("StringNotEquals", "aws:SecureTransport", "true"))],
}
DOES_NOT = {
    "nothing": [],
    "objects alone": [deny("s3:*", f"{ARN}/*", **SECURE)],
    "the bucket alone": [deny("s3:*", ARN, **SECURE)],
    "locks alone": [deny("s3:*", [ARN, LOCKS], **SECURE)],
    "reads alone": [deny(["s3:GetObject", "s3:ListBucket"], WHOLE, **SECURE)],
    "one principal alone": [deny("s3:*", WHOLE, Principal={"AWS": "123456789012"}, **SECURE)],
    "some addresses alone": [
        deny("s3:*", WHOLE, Condition={**SECURE["Condition"], "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})
    ],
    "what has no encryption alone": [
        deny("s3:*", WHOLE, Condition={**SECURE["Condition"], "Null": {"s3:x-amz-server-side-encryption": "true"}})
    ],
    "an allow over HTTPS": [deny("s3:*", WHOLE, Effect="Allow", **when("Bool", "aws:SecureTransport", "true"))],
    "HTTPS": [deny("s3:PutBucketAcl", WHOLE, **when("Bool", "aws:SecureTransport", "true"))],
}


@pytest.mark.parametrize("statements", REFUSES.values(), ids=REFUSES)
def test_a_policy_that_refuses_plain_http_for_the_bucket_and_all_objects_is_green(statements: Any) -> None:
    assert http(*statements).colour is GREEN


@pytest.mark.parametrize("statements", DOES_NOT.values(), ids=DOES_NOT)
def test_one_that_leaves_a_way_open_is_yellow_and_its_fix_closes_it(statements: Any) -> None:
    one = http(*statements)
    assert one.colour is YELLOW
    assert one.fix
    mended = option(one.fix.cli, "policy")["Statement"]
    assert mended[: len(statements)] == statements
    assert http(*mended).colour is GREEN


def test_the_added_statement_takes_no_name_that_is_taken() -> None:
    one = http(deny("s3:PutBucketAcl", ARN, Sid="RefusePlainHttp"))
    assert one.fix
    assert option(one.fix.cli, "policy")["Statement"][1]["Sid"] == "RefusePlainHttp2"


# patterns

SIMPLE = ["".join(some) for length in range(4) for some in itertools.product("a*?", repeat=length)]
TEXTS = ["".join(some) for length in range(5) for some in itertools.product("ab", repeat=length)]


def test_patterns_overlap_exactly_where_a_text_fits_both_and_contain_only_what_they_do() -> None:
    fitting = {one: {text for text in TEXTS if overlap(tokens(one), text)} for one in SIMPLE}
    for one, other in itertools.product(SIMPLE, SIMPLE):
        assert overlap(tokens(one), tokens(other)) is bool(fitting[one] & fitting[other]), (one, other)
        if contains(tokens(one), tokens(other)):
            assert fitting[other] <= fitting[one], (one, other)


def test_a_hostile_pattern_takes_no_time() -> None:
    assert not overlap(tokens("*a" * 2000 + "b"), tokens("*.tflock"))
    assert overlap(tokens("*" * 4000), tokens("*.tflock"))


def test_a_character_that_is_used_as_a_token_is_no_wildcard() -> None:
    assert not contains(tokens("\ue000"), tokens("x.tflock"))
