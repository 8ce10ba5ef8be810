"""The checks of whether there is something to look at."""

from chalicelib.core.doctor.check import Check

SUBJECT = Check(
    id="reach.subject",
    title="Existence",
    why="What is not there, or in another account than your credentials, is neither swept nor checked.",
    rights=("s3:ListBucket", "dynamodb:DescribeTable"),
)
STACK = Check(
    id="reach.stack",
    title="The reaper's stack",
    why="The stack says which queues, functions and roles are the reaper's.",
    rights=("cloudformation:DescribeStacks", "cloudformation:ListStackResources"),
)
RULES = Check(
    id="reach.rules",
    title="The rules that run",
    why="The rules say which buckets and tables the reaper sweeps, and whom it tells where.",
    rights=("dynamodb:GetItem",),
)
CHECKS = (SUBJECT, STACK, RULES)
