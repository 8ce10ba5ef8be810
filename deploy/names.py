"""The names one installation (a stage) goes by in an AWS account."""

import re

APP = "tflock-reaper"
BOT_TOKEN = "slack-bot-token"  # noqa: S105 - the name of a parameter, not its value
SIGNING_SECRET = "slack-signing-secret"  # noqa: S105 - the name of a parameter, not its value
_STAGE = re.compile(r"[a-z][a-z0-9-]{0,19}")


def stage_problem(stage: str) -> str | None:
    """Why a stage cannot be called so, or nothing; resources.yaml has the same pattern."""
    if _STAGE.fullmatch(stage):
        return None
    return f"STAGE={stage or '(empty)'}: expected a lower-case name for this installation, such as STAGE=prod"


def stack(stage: str) -> str:
    """The CloudFormation stack of a stage."""
    return f"{APP}-{stage}"


def queries_stack(stage: str) -> str:
    """The CloudFormation stack of a stage's saved queries."""
    return f"{stack(stage)}-queries"


def log_group(stage: str) -> str:
    """The log group of a stage, as resources.yaml names it."""
    return f"/{APP}/{stage}"


def secret_parameter(stage: str, secret: str) -> str:
    """The SSM parameter that holds one of the two secrets of a stage."""
    return f"/{APP}/{stage}/{secret}"
