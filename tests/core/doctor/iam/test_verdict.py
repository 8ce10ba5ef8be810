"""Requests are judged as IAM judges them; what cannot be known from a policy is never taken for an answer."""

from typing import Any

import pytest

from chalicelib.core.doctor.iam.statements import statements_of
from chalicelib.core.doctor.iam.verdict import Request, Standing, verdict

LOCK = "arn:aws:s3:::acme-tfstate/a.tfstate.tflock"
DELETE = Request("s3:DeleteObject", LOCK, {"s3:if-match": ('"etag"',), "s3:versionid": (), "s3:tags": ("a", "b")})
ALLOW: dict[str, Any] = {"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::acme-tfstate/*"}
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def judged(*statements: dict[str, Any]) -> Standing:
    return verdict(statements_of("p", {"Version": "2012-10-17", "Statement": list(statements)}), DELETE).standing


def on_condition(effect: str, **conditions: Any) -> dict[str, Any]:
    return ALLOW | {"Effect": effect, "Condition": {name.replace("__", ":"): keys for name, keys in conditions.items()}}


@pytest.mark.parametrize(
    ("standing", "statements"),
    [
        (Standing.NOT_ALLOWED, []),
        (Standing.ALLOWED, [ALLOW]),
        (Standing.ALLOWED, [ALLOW | {"Action": ["s3:Get*", "S3:deleteobjec?"]}]),
        (Standing.NOT_ALLOWED, [ALLOW | {"Action": "s3:DeleteObjectVersion"}]),
        (Standing.NOT_ALLOWED, [ALLOW | {"Resource": "arn:aws:s3:::acme-tfstate"}]),
        (Standing.NOT_ALLOWED, [ALLOW | {"Resource": "arn:aws:s3:::ACME-tfstate/*"}]),
        (Standing.ALLOWED, [ALLOW | {"Resource": ["x", "arn:*:s3:::acme-?fstate/*.tflock"]}]),
        (Standing.DENIED, [ALLOW, ALLOW | {"Effect": "Deny"}]),
        (Standing.DENIED, [ALL, {"Effect": "Deny", "NotAction": "s3:Get*", "Resource": "*"}]),
        (Standing.ALLOWED, [ALL, {"Effect": "Deny", "NotAction": "s3:Delete*", "Resource": "*"}]),
        (Standing.ALLOWED, [ALL, {"Effect": "Deny", "Action": "*", "NotResource": "*.tflock"}]),
        (Standing.DENIED, [ALL, {"Effect": "Deny", "Action": "*", "NotResource": "*.tfstate"}]),
        (Standing.UNSURE, [ALLOW | {"Resource": "arn:aws:s3:::${aws:PrincipalTag/bucket}/*"}]),
        (Standing.UNSURE, [ALL, ALLOW | {"Effect": "Deny", "Resource": "arn:aws:s3:::${aws:username}/*"}]),
        (Standing.ALLOWED, [on_condition("Allow", Null={"s3:If-Match": "false"})]),
        (Standing.ALLOWED, [on_condition("Allow", Null={"s3:VersionId": True})]),
        (Standing.NOT_ALLOWED, [on_condition("Allow", Null={"s3:if-match": "true"})]),
        (Standing.ALLOWED, [ALL, on_condition("Deny", StringEquals={"s3:if-match": ["*", '"*"']})]),
        (Standing.ALLOWED, [ALL, on_condition("Deny", StringEquals={"s3:versionid": "x"})]),
        (Standing.DENIED, [ALL, on_condition("Deny", StringNotEquals={"s3:versionid": "x"})]),
        (Standing.DENIED, [ALL, on_condition("Deny", StringEqualsIfExists={"s3:versionid": "x"})]),
        (Standing.DENIED, [ALL, on_condition("Deny", StringNotLike={"s3:if-match": "*tag"})]),
        (Standing.ALLOWED, [ALL, on_condition("Deny", ForAnyValue__StringEquals={"s3:tags": "c"})]),
        (Standing.DENIED, [ALL, on_condition("Deny", ForAnyValue__StringEquals={"s3:tags": "b"})]),
        (Standing.ALLOWED, [ALL, on_condition("Deny", ForAllValues__StringEquals={"s3:tags": "b"})]),
        (Standing.DENIED, [ALL, on_condition("Deny", ForAllValues__StringEquals={"s3:versionid": "b"})]),
        (Standing.ALLOWED, [ALL, on_condition("Deny", ForAnyValue__StringNotEquals={"s3:versionid": "b"})]),
        (Standing.UNSURE, [ALL, on_condition("Deny", StringEquals={"aws:SourceVpce": "vpce-1"})]),
        (Standing.UNSURE, [ALL, on_condition("Deny", IpAddress={"s3:if-match": "10.0.0.0/8"})]),
        (Standing.UNSURE, [ALL, on_condition("Deny", StringEquals={"s3:if-match": "${aws:userid}"})]),
        (Standing.UNSURE, [on_condition("Allow", StringEquals={"aws:PrincipalOrgID": "o-1"})]),
        (Standing.ALLOWED, [ALLOW, on_condition("Allow", StringEquals={"aws:PrincipalOrgID": "o-1"})]),
        (
            Standing.ALLOWED,
            [ALL, on_condition("Deny", StringEquals={"aws:SourceVpce": "v"}, Null={"s3:if-match": "true"})],
        ),
    ],
)
def test_a_request_is_judged_as_iam_judges_it(standing: Standing, statements: list[dict[str, Any]]) -> None:
    assert judged(*statements) is standing


def test_a_policy_may_be_text_and_its_statement_one_and_no_list() -> None:
    [one] = statements_of("p", '{"Statement": {"Sid": "A", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}}')
    assert (one.called, one.allows) == ("statement A of policy p", False)
    assert not statements_of("p", {"Statement": None})
