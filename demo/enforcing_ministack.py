"""MiniStack with IAM enforced: the process that ``LocalCloud`` starts.

``AUTH=true`` makes MiniStack judge every call of a Lambda function by its role, so the policies in ``.chalice`` are
tried and not merely written. Of the condition keys they use it lacks two, ``s3:if-match`` and ``s3:if-none-match``,
which are added here as AWS defines them:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-delete-enforce.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
"""

import os
import signal
import sys
import threading
from collections.abc import Mapping

from ministack import app  # type: ignore[import-untyped]
from ministack.core import iam_actions  # type: ignore[import-untyped]

_HEADERS = {"s3:DeleteObject": ("if-match",), "s3:PutObject": ("if-match", "if-none-match")}
"""A condition key is named after its header, and other actions do not have it."""

_without_conditions = iam_actions.s3_service_context


def _with_conditions(
    action: str, query: Mapping[str, object] | None, path: str = "", headers: Mapping[str, str] | None = None
) -> dict[str, object]:
    context: dict[str, object] = _without_conditions(action, query, path, headers)
    sent = headers or {}
    return context | {f"s3:{name}": sent[name] for name in _HEADERS.get(action, ()) if sent.get(name)}


def _end_with_parent() -> None:
    """Standard input ends when the starter does, even by SIGKILL; then this group has nobody left to stop it."""
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    iam_actions.s3_service_context = _with_conditions
    threading.Thread(target=_end_with_parent, daemon=True).start()
    app.main()
