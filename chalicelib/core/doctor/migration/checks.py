"""The checks of the migration."""

from chalicelib.core.doctor.check import Check

_READ = ("dynamodb:DescribeTable", "dynamodb:Scan")
_KNOW = (
    "cloudwatch:GetMetricData",
    "logs:StartQuery",
    "logs:GetQueryResults",
    "lambda:ListEventSourceMappings",
    "s3:ListBucket",
    "s3:ListBucketVersions",
)
PHASE = Check(
    id="migration.phase",
    title="Way from the table to S3 locks",
    why="Deleting the table too early stops runs; runs that lock only in it and runs that lock only in S3 collide.",
    rights=(*_READ, *_KNOW),
)
DIGESTS = Check(
    id="migration.digests",
    title="Digests of states that are gone",
    why="Whoever decides over the table has to know which of its states still exist.",
    rights=(*_READ, *_KNOW),
)
FORGOTTEN = Check(
    id="migration.forgotten",
    title="Forgotten table",
    why="A table that nobody locks in costs money, and a run that still locks there is not seen by the others.",
    rights=(*_READ, "cloudwatch:GetMetricData", "dynamodb:DescribeContinuousBackups"),
)
CLIENTS = Check(
    id="migration.clients",
    title="Old clients",
    why="Terraform and OpenTofu before 1.10 do not know use_lockfile, so they stop at the new backend.",
    rights=(*_READ, "logs:StartQuery", "logs:GetQueryResults"),
)
GRANTS = Check(
    id="migration.grants",
    title="Rights on the table",
    why="A run that may still write to the table after the migration can lock there, unseen by all others.",
    rights=(*_READ, *_KNOW, "iam:GetAccountAuthorizationDetails"),
)
CHECKS: tuple[Check, ...] = (PHASE, DIGESTS, FORGOTTEN, CLIENTS, GRANTS)
