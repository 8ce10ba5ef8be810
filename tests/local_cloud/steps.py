"""What the end-to-end tests do and look at, again and again."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.slack.words.parts.buttons import RELEASE_ACTION
from demo.deployed import ALICE, DeployedReaper
from demo.local_cloud import LocalCloud, LocalCloudError
from demo.slack_standin import Message, User
from demo.waiting import wait_for
from tests.builders import sample
from tests.journal_schema import Line
from tests.local_cloud.conftest import VERSIONED, channel_of

APPLY, PLAN = sample("s3-apply-default"), sample("s3-plan-default")


def written_now(key: str, body: bytes = PLAN, bucket: str = VERSIONED) -> bytes:
    """A body as Terraform would write it at this key now: at another place or time it is a copy."""
    created = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return json.dumps(json.loads(body) | {"Created": created, "Path": f"{bucket}/{key}"}).encode()


def take(reaper: DeployedReaper, key: str, body: bytes = APPLY, bucket: str = VERSIONED) -> None:
    """A lock that the reaper has heard of."""
    reaper.put_lock(bucket, key, body)
    wait_for(f"the book has the lock of {key}", lambda: page_of(reaper, key, bucket))


def alerted(reaper: DeployedReaper, key: str, body: bytes = APPLY, bucket: str = VERSIONED) -> Message:
    """The alert that the sweep posts about a new lock."""
    reaper.put_lock(bucket, key, body)
    return reaper.alert_of(bucket, key)


def let_go(reaper: DeployedReaper, *keys: str) -> None:
    """By their holders, so that these locks have no part in other tests."""
    for key in keys:
        reaper.delete_lock(VERSIONED, key)


def click(
    reaper: DeployedReaper,
    message: Message,
    user: User = ALICE,
    action: str = RELEASE_ACTION,
    option: str | None = None,
) -> None:
    """A click that is answered at once, without a page."""
    assert reaper.slack.click(user.id, message.channel, message.ts, action, option=option) == 200


def gone(reaper: DeployedReaper, key: str, bucket: str = VERSIONED) -> None:
    wait_for(f"{key} is released", lambda: reaper.lock_body(bucket, key) is None)


def says(reaper: DeployedReaper, message: Message, *texts: str) -> Message:
    """The message as it is once it says all this."""

    def look() -> list[Message]:
        return [one for one in here(reaper, message) if all(text in content(one) for text in texts)]

    return wait_for(f"the message says {texts}", look)[0]


def here(reaper: DeployedReaper, message: Message) -> list[Message]:
    return [one for one in reaper.slack.messages(message.channel) if one.ts == message.ts]


def content(message: Message) -> str:
    return message.text + json.dumps(message.blocks, ensure_ascii=False)


def actions_of(reaper: DeployedReaper, message: Message) -> list[str]:
    [now] = here(reaper, message)
    return [element["action_id"] for element, _ in now.actions]


def told_alone(reaper: DeployedReaper, user: User, *texts: str) -> None:
    """One of the user's private messages says all this."""

    def look() -> bool:
        return any(all(text in one.text for text in texts) for one in reaper.slack.ephemerals(user.id))

    wait_for(f"{user.name} is told {texts}", look)


def posts(reaper: DeployedReaper, topic: str, key: str) -> list[Message]:
    """All messages and replies of a topic's channel that are about a state key."""
    return [one for one in reaper.slack.messages(channel_of(topic)) if f"/{key}" in one.text]


def failing_watch(reaper: DeployedReaper) -> None:
    """A watch that could not do all of its work, and so is an error that Lambda counts."""
    with pytest.raises(LocalCloudError, match="WatchIncompleteError"):
        reaper.watch()


def page_of(reaper: DeployedReaper, key: str, bucket: str = VERSIONED) -> dict[str, Any] | None:
    """The latest page of the lock book about a state."""
    found = reaper.cloud.client("dynamodb").query(
        TableName=reaper.outputs["LockBookTable"],
        KeyConditionExpression="StatePath = :path",
        ExpressionAttributeValues={":path": {"S": f"{bucket}/{key}"}},
    )["Items"]
    return max(found, key=lambda item: item["LockIdentity"]["S"], default=None)


def let_pass(reaper: DeployedReaper, key: str, attribute: str, time: timedelta) -> None:
    """Write a time on a page of the lock book as if it had been so much earlier: nobody has to wait."""
    page = page_of(reaper, key)
    assert page
    earlier = datetime.fromisoformat(page[attribute]["S"]) - time
    reaper.cloud.client("dynamodb").update_item(
        TableName=reaper.outputs["LockBookTable"],
        Key={name: page[name] for name in ("StatePath", "LockIdentity")},
        UpdateExpression="SET #at = :earlier",
        ExpressionAttributeNames={"#at": attribute},
        ExpressionAttributeValues={":earlier": {"S": earlier.isoformat()}},
    )


def releases(reaper: DeployedReaper, key: str, bucket: str = VERSIONED) -> list[Line]:
    """The journal's lines of the releases of a state."""
    path = f"{bucket}/{key}"
    return [one for one in reaper.journal() if one["event"] == "lock_released" and one["state_path"] == path]


def tell_as_s3(reaper: DeployedReaper, event: str, bucket: str, key: str, principal: str) -> None:
    """The notification that S3 sends, for a bucket that sends none."""
    record = {
        "eventName": event,
        "eventTime": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "userIdentity": {"principalId": principal},
        "requestParameters": {"sourceIPAddress": "192.0.2.1"},
        "s3": {"bucket": {"name": bucket}, "object": {"key": f"{key}.tflock"}},
    }
    body = json.dumps({"Records": [record]})
    reaper.cloud.client("sqs").send_message(QueueUrl=reaper.outputs["LockEventsQueueUrl"], MessageBody=body)


def send(url: str | None, body: bytes, headers: dict[str, str]) -> int:
    """A request as Slack sends it, or somebody who is not Slack: the app's status."""
    request = urllib.request.Request(str(url), body, headers)  # noqa: S310  ours, on this machine
    request.add_header("Content-Type", "application/x-www-form-urlencoded")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def function_named(cloud: LocalCloud, name: str) -> str:
    """The full name of a deployed function."""
    names = [one["FunctionName"] for one in cloud.client("lambda").list_functions()["Functions"]]
    [found] = [one for one in names if name in one]
    return str(found)


def change_variables(cloud: LocalCloud, function: str, changed: Mapping[str, str]) -> dict[str, str]:
    """Change variables of a function; what they were before."""
    functions = cloud.client("lambda")
    before: dict[str, str] = functions.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    functions.update_function_configuration(FunctionName=function, Environment={"Variables": {**before, **changed}})
    return before


def waiting(reaper: DeployedReaper, queue: str = "ReleaseQueueUrl") -> int:
    """How many messages of a queue are not dealt with yet; of clicks on Release unless another one is named."""
    names = [f"ApproximateNumberOfMessages{which}" for which in ("", "NotVisible", "Delayed")]
    url = reaper.outputs[queue]
    counted = reaper.cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(counted[name]) for name in names)
