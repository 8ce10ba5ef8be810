"""Name what one installation (a stage) has in an AWS account."""

import re

APP = "tflock-reaper"
BOT_TOKEN = "slack-bot-token"  # noqa: S105 - the name of a parameter, not its value
SIGNING_SECRET = "slack-signing-secret"  # noqa: S105 - the name of a parameter, not its value
_STAGE = re.compile(r"[a-z][a-z0-9-]{0,19}")


def stage_problem(stage: str) -> str | None:
    """Return why a stage cannot have this name, or None; resources.yaml has the same pattern."""
    if _STAGE.fullmatch(stage):
        return None
    said = "at most 20 of a-z, 0-9 and -, a letter first"
    return f"STAGE={stage or '(empty)'}: expected a name for this installation, {said}, such as STAGE=prod"


def stack(stage: str) -> str:
    """Return the name of a stage's CloudFormation stack."""
    return f"{APP}-{stage}"


def queries_stack(stage: str) -> str:
    """Return the name of the CloudFormation stack that has a stage's saved queries."""
    return f"{stack(stage)}-queries"


def log_group(stage: str) -> str:
    """Return the name of a stage's log group, as resources.yaml has it."""
    return f"/{APP}/{stage}"


def secret_parameter(stage: str, secret: str) -> str:
    """Return the name of the SSM parameter that has one of the two secrets of a stage."""
    return f"/{APP}/{stage}/{secret}"
