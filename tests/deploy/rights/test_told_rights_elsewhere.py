"""Judge the roles of the templates beside the stack, in every partition: none may more than its row says."""

from collections.abc import Mapping
from typing import NamedTuple

import pytest

from deploy.commands import ROOT
from tests.deploy.rights.asked_of_iam import SESSIONS, Allowed, allowed, row_of
from tests.deploy.rights.judged_stack import EACH_PARTITION, statements_of
from tests.deploy.rights.told_rights import ANYTHING, ETAG, Row, resources_of
from tests.deploy.stack_files import template
from tests.deploy.worked_out import Where, WorkedOut

pytestmark = pytest.mark.thorough

MEMBER = ("tflock-reaper-member",)


class Beside(NamedTuple):
    """A template with everything on, and what its roles may."""

    name: str
    given: Mapping[str, str]
    rows: tuple[Row, ...]
    sessions: tuple[str, ...] = ("",)


def _of_session(errand: str, **keys: str) -> dict[str, str]:
    return {"aws:userid": f"*:{errand}-*", **{name.replace("__", ":").replace("_", "-"): v for name, v in keys.items()}}


_ITEMS = ("dynamodb:GetItem", "dynamodb:Scan")
_READ = ("s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:GetObjectLegalHold")
_SETTINGS = (
    "s3:GetAccountPublicAccessBlock",
    "s3:GetBucket*",
    "s3:Get*Configuration",
    "s3:ListBucket*",
    "dynamodb:Describe*",
    "cloudtrail:*Trail*",
    "cloudtrail:GetEventSelectors",
    "cloudwatch:GetMetricData",
    "events:Describe*",
    "events:List*",
    "iam:GetAccountAuthorizationDetails",
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "sns:Get*Attributes",
    "sns:ListSubscriptionsByTopic",
)
MEMBER_ROLE = Beside(
    "member-role.yaml",
    {
        "ReaperAccountId": "999999999999",
        "ReaperStage": "prod",
        "ExternalId": "acme-locks",
        "StateBucketArns": "arn:{partition}:s3:::acme-tfstate",
        "LockObjectArns": "arn:{partition}:s3:::acme-tfstate/*.tflock",
        "LockTableArns": "arn:{partition}:dynamodb:{region}:{account}:table/terraform-locks",
        "DecryptKeyArns": "arn:{partition}:kms:{region}:{account}:key/1",
        "Doctor": "yes",
        "CountDebris": "yes",
        "PutBack": "yes",
    },
    (
        Row("find", MEMBER, ("s3:ListAllMyBuckets", "dynamodb:ListTables", "tag:GetResources"), ANYTHING),
        Row("list", MEMBER, ("s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketVersioning"), ("bucket",)),
        Row("read locks", MEMBER, _READ, ("lock",)),
        Row("read items", MEMBER, _ITEMS, ("table",)),
        Row("settings", MEMBER, _SETTINGS, ANYTHING, _of_session("examine")),
        Row("release", MEMBER, ("s3:DeleteObject",), ("lock",), _of_session("release", s3__if_match=ETAG)),
        Row("release items", MEMBER, ("dynamodb:DeleteItem",), ("table",), _of_session("release")),
        Row("put back", MEMBER, ("s3:PutObject",), ("lock",), _of_session("restore", s3__if_none_match="[*]")),
        Row("its tags", MEMBER, ("s3:PutObjectTagging",), ("lock",), _of_session("restore")),
        Row("its ACL", MEMBER, ("s3:PutObjectAcl",), ("lock",), _of_session("restore", s3__x_amz_acl="private")),
        Row("put items back", MEMBER, ("dynamodb:PutItem",), ("table",), _of_session("restore")),
        Row("decrypt", MEMBER, ("kms:Decrypt",), ("key",), {"kms:viaservice": "s3.*"}),
        Row("decrypt items", MEMBER, ("kms:Decrypt",), ("key",), {"kms:viaservice": "dynamodb.*"}),
        Row("encrypt", MEMBER, ("kms:GenerateDataKey",), ("key",), _of_session("restore", kms__viaservice="s3.*")),
    ),
    SESSIONS,
)
BESIDE = {
    one.name: one
    for one in (
        MEMBER_ROLE,
        Beside(
            "events-from-elsewhere.yaml",
            {
                "Way": "eventbridge",
                "ReaperAccountId": "999999999999",
                "ReaperQueueArn": "arn:{partition}:sqs:{region}:999999999999:tflock-events-prod",
                "ReaperBusArn": "arn:{partition}:events:{region}:999999999999:event-bus/tflock-reaper-prod",
            },
            (Row("send on", ("Rule",), ("events:PutEvents",), ("bus of the reaper",)),),
        ),
        Beside(
            "journal-to-s3.yaml",
            {"Stage": "prod", "BucketKmsKeyArn": "arn:{partition}:kms:{region}:{account}:key/1"},
            (
                Row(
                    "deliver",
                    ("Delivery",),
                    ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"),
                    ("bucket of the journal",),
                ),
                Row(
                    "deliver lines",
                    ("Delivery",),
                    ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"),
                    ("state in the journal's bucket",),
                ),
                Row(
                    "encrypt",
                    ("Delivery",),
                    ("kms:Decrypt", "kms:GenerateDataKey"),
                    ("key",),
                    {"kms:viaservice": "s3.*"},
                ),
                Row("hand over", ("Subscription",), ("firehose:PutRecord", "firehose:PutRecordBatch"), ("delivery",)),
            ),
        ),
        Beside(
            "check-rules.yaml",
            {"Stage": "prod", "ArtifactsBucket": "artifacts", "CodeKey": "code.zip"},
            (
                Row(
                    "write its log",
                    ("CheckRules",),
                    ("logs:CreateLogStream", "logs:PutLogEvents"),
                    ("log of the check",),
                ),
            ),
        ),
    )
}


def _stack(one: Beside, partition: str) -> WorkedOut:
    where = Where(partition)
    names = {"partition": partition, "region": where.region, "account": where.account}
    document = template((ROOT / "deploy" / one.name).read_text())
    return WorkedOut(document, where, {name: value.format(**names) for name, value in one.given.items()})


def _allowed(one: Beside, partition: str) -> list[Allowed]:
    stack = _stack(one, partition)
    where = stack.where
    there = resources_of(where, where.arn("dynamodb", "table/tflock-reaper-prod-LockBook-1ABCDEFGHIJKL"))
    bus = "event-bus/tflock-reaper-prod"
    there |= {
        "bus of the reaper": where.arn("events", bus).replace(where.account, "999999999999"),
        "bus elsewhere": where.arn("events", bus),
        "log of the check": where.arn("logs", "log-group:/tflock-reaper/prod/check-rules:log-stream:x"),
    }
    if one.name.startswith("journal"):
        there |= {
            "bucket of the journal": stack.arn("Bucket"),
            "state in the journal's bucket": f"{stack.arn('Bucket')}/journal/x",
            "delivery": stack.arn("Delivery"),
        }
    return list(allowed(statements_of(stack), there, where, one.sessions))


@pytest.mark.parametrize("partition", EACH_PARTITION)
@pytest.mark.parametrize("name", BESIDE)
def test_no_role_beside_the_stack_may_more_than_its_rows(name: str, partition: str) -> None:
    one = BESIDE[name]
    found = _allowed(one, partition)
    assert [request for request in found if row_of(request, one.rows) is None] == []
    used = {row.sentence for request in found if (row := row_of(request, one.rows))}
    assert used == {row.sentence for row in one.rows}


def test_every_template_with_a_role_is_judged() -> None:
    with_roles = {path.name for path in (ROOT / "deploy").glob("*.yaml") if "AWS::IAM::Role" in path.read_text()}
    assert with_roles == set(BESIDE)
