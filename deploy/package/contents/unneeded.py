"""The parts of packages that nothing of the application imports or reads."""

import re
from collections.abc import Iterable

_UNNEEDED = re.compile(
    r"boto3/(examples/|data/(?!dynamodb/))"
    r"|slack/"  # slack_sdk's name until 2020
    r"|slack_sdk/(audit_logs|oauth|rtm|rtm_v2|scim|socket_mode)/"
    r"|slack_sdk/.*(async_|aiohttp)"
    r"|aws_lambda_powertools/event_handler/"
    r"|aws_lambda_powertools/utilities/"
    r"(data_masking|feature_flags|idempotency|kafka|parameters|parser|streaming|validation)/"
)


def needed(names: Iterable[str]) -> list[str]:
    """Return the names of the files that are needed."""
    return [name for name in names if not _UNNEEDED.match(name)]
