"""MiniStack with IAM enforced: the process that ``LocalCloud`` starts.

``AUTH=true`` makes MiniStack judge every call of a Lambda function by its role, so the policies in ``.chalice`` are
put to the test. This module adds what MiniStack lacks, as AWS defines it.

Three condition keys with the values of the request, ``s3:if-match``, ``s3:if-none-match`` and ``s3:VersionId``:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-delete-enforce.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html

An explicit deny of ``s3:DeleteObjectVersion`` refuses the delete of an unversioned object too. AWS documents this for
bucket policies, and nothing for a role's policies, so here it holds for both:
https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html

A right to send, to delete or to keep hidden a message of SQS, which is that for batches of them too:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html

The identity in S3's notifications, and event buses of other regions and accounts: ``demo.ministack_events``.
What is known of a session that enters another account: ``demo.ministack_sessions``. Conditions of templates:
``demo.ministack_conditions``. How a function's process starts: ``demo.ministack_starts``,
and ends when the function is updated: ``demo.ministack_updates``.

Policies that refuse plain HTTP: everything on this machine is asked by plain HTTP, and counts as asked by HTTPS.

How many batches of a queue are worked on at once, where a stack's parameter says so: CloudFormation makes a number of
it, MiniStack leaves it a text.

And it sends the head of an answer together with its body. MiniStack's server sends two packets; when the second one
comes late, on a busy machine, Terraform's client of DynamoDB drops the connection and sends its request again. One
``terraform plan`` in two hundred then met the lock that it had taken itself by its first request.
"""

import os
import signal
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import h11
from hypercorn.events import RawData
from hypercorn.protocol.h11 import H11Protocol
from ministack import app  # type: ignore[import-untyped]
from ministack.core import iam_actions, iam_evaluator  # type: ignore[import-untyped]
from ministack.services import lambda_svc, s3  # type: ignore[import-untyped]

from demo import ministack_conditions, ministack_events, ministack_sessions, ministack_starts, ministack_updates

_HEADERS = {"s3:DeleteObject": ("if-match",), "s3:PutObject": ("if-match", "if-none-match")}
"""The condition keys, each named after its header; other actions do not have them."""

_without_conditions = iam_actions.s3_service_context
_by_the_action_alone = iam_evaluator.evaluate
_pin_request_origin = app.pin_request_origin
_at_once = lambda_svc._sqs_esm_concurrency  # noqa: SLF001


def _with_conditions(
    action: str, query: Mapping[str, object] | None, path: str = "", headers: Mapping[str, str] | None = None
) -> dict[str, object]:
    context: dict[str, object] = _without_conditions(action, query, path, headers)
    sent = headers or {}
    # MiniStack looks up condition keys in lower case. A batch delete names its versions in its body.
    version = {"s3:versionid": _version(query) or "named in the body"} if action == "s3:DeleteObjectVersion" else {}
    return context | version | {f"s3:{name}": sent[name] for name in _HEADERS.get(action, ()) if sent.get(name)}


def _version(query: Mapping[str, object] | None) -> str:
    found = (query or {}).get("versionId") or ""
    return str(found[0] if isinstance(found, list) else found)


def _as_aws_judges(request: Any, policies: Any, *limits: Any) -> Any:
    if request.action.startswith("sqs:"):
        request = replace(request, action=request.action.removesuffix("Batch"))
    bucket = request.resource_arn.removeprefix("arn:aws:s3:::").partition("/")[0]
    if request.action == "s3:DeleteObject" and s3._bucket_versioning.get(bucket) != "Enabled":  # noqa: SLF001
        of_a_version = _by_the_action_alone(replace(request, action="s3:DeleteObjectVersion"), policies, *limits)
        if of_a_version.decision == "Deny":
            return of_a_version
    return _by_the_action_alone(request, policies, *limits)


def _as_by_https(source_ip: str, _secure: bool) -> None:  # noqa: FBT001  MiniStack's signature
    _pin_request_origin(source_ip, True)  # noqa: FBT003


def _as_a_number(*mapping: Any) -> int:
    return int(_at_once(*mapping))


async def _in_one_packet(connection: H11Protocol, event: Any) -> None:
    try:
        data = connection.connection.send(event)
    except h11.LocalProtocolError:  # as in the method that this stands in for
        if connection.connection.their_state != h11.ERROR:
            raise
        return
    if isinstance(event, h11.Response):
        vars(connection)["head"] = data
    else:
        await connection.send(RawData(data=vars(connection).pop("head", b"") + data))


def _end_with_parent() -> None:
    """End this process group when its starter ends, even by SIGKILL: standard input ends with the starter."""
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    iam_actions.s3_service_context = _with_conditions
    iam_evaluator.evaluate = _as_aws_judges
    app.pin_request_origin = _as_by_https
    lambda_svc._sqs_esm_concurrency = _as_a_number  # noqa: SLF001
    ministack_events.teach()
    ministack_sessions.teach()
    ministack_conditions.teach()
    ministack_starts.teach(Path(tempfile.gettempdir()) / "packages", os.environ["FUNCTIONS_PYTHON"])
    ministack_updates.teach()
    H11Protocol._send_h11_event = _in_one_packet  # type: ignore[assignment, method-assign]  # noqa: SLF001
    threading.Thread(target=_end_with_parent, daemon=True).start()
    app.main()
