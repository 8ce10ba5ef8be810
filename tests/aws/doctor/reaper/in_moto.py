"""A healthy deployed reaper in moto, as far as the doctor looks at it."""

import io
import json
import zipfile
from typing import Any

import msgspec

from chalicelib.aws.doctor.reach import Reach
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.reaper.keeping import EXPIRES
from tests.aws.doctor.reaper.deployed import PARTS, REGION, STAGE
from tests.aws_fixtures import client_in, create_lock_book
from tests.core.doctor.reaper.roles.stack_roles import ROLES
from tests.deploy.rights import iam_judge
from tests.deploy.stack_files import alarms
from tests.faults import Ground
from tests.faults.reaper import SIGNING, TOKEN, heal

BUCKET, TABLE = "acme-tfstate", "terraform-locks"
_TAKES = {
    "SweepTarget": "SweepQueueUrl",
    "RecordLockEvent": "LockEventsQueueUrl",
    "ReleaseLock": "ReleaseQueueUrl",
    "AnswerClick": "ClickQueueUrl",
}
_SCHEDULES = {"NightlySweep": "cron(0 3 * * ? *)", "WatchLocks": "rate(15 minutes)"}
_LAMBDA = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


def deploy() -> Ground:
    """Make everything that the stack has. Call it within ``mock_aws``."""
    parts = _with_queues(PARTS)
    _make_roles(parts)
    _make_functions(parts)
    _make_schedules(parts)
    _make_alarms()
    _keep(parts)
    ground = Ground(lambda service: client_in("", service), BUCKET, TABLE, parts)
    heal(ground)
    return ground


def keep() -> Ground:
    """Make only what is kept: secrets, buckets, the journal's log group and the lock book."""
    _keep(PARTS)
    return Ground(lambda service: client_in("", service), BUCKET, TABLE, PARTS)


def with_roles() -> Ground:
    """Make only the roles."""
    _make_roles(PARTS)
    return Ground(lambda service: client_in("", service), BUCKET, TABLE, PARTS)


def reach_of(parts: Parts) -> Reach:
    """A reach with all rights."""
    return Reach(lambda service, region: client_in("", service, region or REGION), parts.account, parts.region)


def _with_queues(parts: Parts) -> Parts:
    sqs = client_in("", "sqs")
    urls = {
        output: sqs.create_queue(QueueName=url.rpartition("/")[2])["QueueUrl"]
        for output, url in parts.outputs.items()
        if output.endswith("QueueUrl")
    }
    return msgspec.structs.replace(parts, outputs=parts.outputs | urls)


def _make_roles(parts: Parts) -> None:
    """Give each role the policies of the stack's files; the ARNs in them are those of this reaper."""
    iam, trust = client_in("", "iam"), json.dumps({"Version": "2012-10-17", "Statement": [_LAMBDA]})
    for role in ROLES:
        name = parts.roles[role.function]
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
        for policy, document in role.inline.items():
            whole = {"Version": "2012-10-17", "Statement": document["Statement"]}
            iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=_here(json.dumps(whole), parts))


def _here(document: str, parts: Parts) -> str:
    """Put the ARNs of this reaper into a policy that has the names of its template's resources."""
    book = f"arn:aws:dynamodb:{parts.region}:{parts.account}:table/{parts.outputs['LockBookTable']}"
    queue = f"arn:aws:sqs:{parts.region}:{parts.account}:tflock"
    log = f"arn:aws:logs:{parts.region}:{parts.account}:log-group:{parts.outputs['LogGroupName']}:*"
    places = {
        "LockBook": book,
        "SweepQueue": f"{queue}-sweeps-{STAGE}",
        "LockEventQueue": f"{queue}-events-{STAGE}",
        "ReleaseQueue": f"{queue}-releases-{STAGE}",
        "ClickQueue": f"{queue}-clicks-{STAGE}",
        "LogGroup": log,
    }
    for name, arn in places.items():
        document = document.replace(iam_judge.place(name), arn)
    document = document.replace("DebrisBucketArns", iam_judge.BUCKET)
    document = document.replace(iam_judge.BUCKET, f"{iam_judge.BUCKET}*")  # the legacy one too
    return document.replace(iam_judge.ACCOUNT, parts.account)


def _make_functions(parts: Parts) -> None:
    functions, code = client_in("", "lambda"), io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", "")
    for called, name in parts.functions.items():
        role = parts.role_arn("ApiHandler" if called == "APIHandler" else called)
        settings: dict[str, Any] = {"Runtime": "python3.13", "Handler": "app.app", "Role": role}
        functions.create_function(FunctionName=name, Code={"ZipFile": code.getvalue()}, **settings)
    for called, output in _TAKES.items():
        arn = f"arn:aws:sqs:{parts.region}:{parts.account}:{parts.outputs[output].rpartition('/')[2]}"
        functions.create_event_source_mapping(FunctionName=parts.functions[called], EventSourceArn=arn)


def _make_schedules(parts: Parts) -> None:
    events = client_in("", "events")
    for called, expression in _SCHEDULES.items():
        name = parts.functions[called]
        events.put_rule(Name=f"{name}-rule", ScheduleExpression=expression, State="ENABLED")
        arn = f"arn:aws:lambda:{parts.region}:{parts.account}:function:{name}"
        events.put_targets(Rule=f"{name}-rule", Targets=[{"Id": "1", "Arn": arn}])


def _make_alarms() -> None:
    cloudwatch = client_in("", "cloudwatch")
    for properties in alarms().values():
        name = properties["AlarmName"]["Fn::Sub"].replace("${Stage}", STAGE)
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            AlarmDescription=properties["AlarmDescription"],
            MetricName=properties["MetricName"],
            Namespace=properties["Namespace"],
            Statistic=properties["Statistic"],
            Period=properties["Period"],
            EvaluationPeriods=properties["EvaluationPeriods"],
            Threshold=1,
            ComparisonOperator=properties["ComparisonOperator"],
        )


def _keep(parts: Parts) -> None:
    ssm, logs, s3 = client_in("", "ssm"), client_in("", "logs"), client_in("", "s3")
    for parameter, value in (("SlackBotTokenParameter", TOKEN), ("SlackSigningSecretParameter", SIGNING)):
        ssm.put_parameter(Name=parts.parameters[parameter], Value=value, Type="SecureString")
    logs.create_log_group(logGroupName=parts.outputs["LogGroupName"])
    logs.put_retention_policy(logGroupName=parts.outputs["LogGroupName"], retentionInDays=365)
    for bucket in (BUCKET, "acme-tfstate-legacy"):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    _make_book(parts.outputs["LockBookTable"])


def _make_book(table: str) -> None:
    dynamodb = client_in("", "dynamodb")
    create_lock_book(dynamodb, table)
    wanted = {"Enabled": True, "AttributeName": EXPIRES}
    dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=wanted)
