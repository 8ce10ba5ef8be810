"""A deployed reaper, as its stack and its lock book tell of it."""

from chalicelib.checked_rules import Config
from chalicelib.config.file import load
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.reaper.running.functions import FUNCTIONS
from deploy.commands import ROOT

ACCOUNT, REGION, STAGE = "123456789012", "eu-central-1", "prod"
_URL = f"https://sqs.{REGION}.example/{ACCOUNT}/"
_ROLES = tuple("ApiHandler" if one == "APIHandler" else one for one in FUNCTIONS)
PARTS = Parts(
    stack=f"tflock-reaper-{STAGE}",
    stage=STAGE,
    account=ACCOUNT,
    region=REGION,
    partition="aws",
    outputs={
        "LogGroupName": f"/tflock-reaper/{STAGE}",
        "LockBookTable": "lock-book",
        "LockEventsQueueArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:tflock-events-{STAGE}",
        "LockEventsQueueUrl": f"{_URL}tflock-events-{STAGE}",
        "ReleaseQueueUrl": f"{_URL}tflock-releases-{STAGE}",
        "ClickQueueUrl": f"{_URL}tflock-clicks-{STAGE}",
        "SweepQueueUrl": f"{_URL}tflock-sweeps-{STAGE}",
        "SweepDeadLetterQueueUrl": f"{_URL}tflock-sweeps-dead-{STAGE}",
        "LockEventDeadLetterQueueUrl": f"{_URL}tflock-events-dead-{STAGE}",
        "ReleaseDeadLetterQueueUrl": f"{_URL}tflock-releases-dead-{STAGE}",
        "ClickDeadLetterQueueUrl": f"{_URL}tflock-clicks-dead-{STAGE}",
    },
    parameters={
        "Stage": STAGE,
        "SlackBotTokenParameter": f"/tflock-reaper/{STAGE}/slack-bot-token",
        "SlackSigningSecretParameter": f"/tflock-reaper/{STAGE}/slack-signing-secret",
        "LogRetentionDays": "365",
        "LockObjectArns": "arn:aws:s3:::acme-tfstate/*.tflock",
        "StateBucketArns": "arn:aws:s3:::acme-tfstate",
    },
    roles={name: f"prod-{name}Role-1" for name in _ROLES},
    functions={name: f"prod-{name}-1" for name in FUNCTIONS},
)
CONFIG: Config = load(ROOT / "reaper.example.toml")
