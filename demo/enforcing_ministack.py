"""MiniStack with IAM enforced: the process that ``LocalCloud`` starts.

``AUTH=true`` makes MiniStack judge every call of a Lambda function by its role, so the policies in ``.chalice`` are
tried and not merely written. Of the condition keys they use it lacks one, ``s3:if-match``, which is added here as AWS
defines it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-delete-enforce.html
"""

import os
import signal
import sys
import threading
from collections.abc import Mapping

from ministack import app  # type: ignore[import-untyped]
from ministack.core import iam_actions  # type: ignore[import-untyped]

_without_if_match = iam_actions.s3_service_context


def _with_if_match(
    action: str, query: Mapping[str, object] | None, path: str = "", headers: Mapping[str, str] | None = None
) -> dict[str, object]:
    context: dict[str, object] = _without_if_match(action, query, path, headers)
    if_match = (headers or {}).get("if-match")
    return context | {"s3:if-match": if_match} if if_match else context


def _end_with_parent() -> None:
    """Standard input ends when the starter does, even by SIGKILL; then this group has nobody left to stop it."""
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    iam_actions.s3_service_context = _with_if_match
    threading.Thread(target=_end_with_parent, daemon=True).start()
    app.main()
