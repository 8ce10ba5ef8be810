"""The part of the composition root that the function behind the API needs: whom it believes, and what it reads.

Environment variables, set by ``.chalice/resources.yaml``, beside those of ``wiring_rules``:
SLACK_SIGNING_SECRET_PARAMETER.
"""

from functools import cache

from chalicelib.aws.book.group_book import DynamoGroupBook
from chalicelib.aws.book.lock_list import DynamoLockList
from chalicelib.slack.installation import Installation
from chalicelib.wiring_rules import SECRET_SECONDS, config, metrics, orders, rules, secret, table

__all__ = ["metrics", "orders", "rules"]

_FRESH_SECRET_SECONDS = 60


def signing_secret(fresh: bool) -> str:  # noqa: FBT001  the type is slack.requests.SigningSecret
    """Return Slack's signing secret, read from SSM at most five minutes ago; if ``fresh``, at most one minute ago.

    Even a fresh one is not read each time, because whoever sends wrong signatures would decide how often SSM is asked.
    """
    return secret("SLACK_SIGNING_SECRET_PARAMETER", _FRESH_SECRET_SECONDS if fresh else SECRET_SECONDS)


@cache
def installation() -> Installation:
    """Return where the Slack app is installed."""
    team, enterprise = config().rules.team, config().rules.enterprise
    return Installation(app=config().slack_app, team=team, enterprise=enterprise, api_url=config().slack_api)


@cache
def lock_list() -> DynamoLockList:
    """Return the held locks, for ``/tflocks``."""
    return DynamoLockList(table())


@cache
def group_book() -> DynamoGroupBook:
    """Return the members of user groups as the last watch found them."""
    return DynamoGroupBook(table())
