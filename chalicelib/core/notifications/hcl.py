"""Write a bucket's notifications as Terraform's ``aws_s3_bucket_notification``, which owns all of a bucket's.

registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_notification
"""

import json
import re

from chalicelib.core.notifications.merging import Notifications, entries, is_ours, rules

_BLOCKS = {
    "QueueConfigurations": ("queue", "queue_arn"),
    "TopicConfigurations": ("topic", "topic_arn"),
    "LambdaFunctionConfigurations": ("lambda_function", "lambda_function_arn"),
}
_TERRAFORMS_ID = re.compile(r"tf-s3-(queue|topic|lambda)-")
"""The beginning of an Id that the provider makes up for a block without ``id``."""
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9_]")


def terraforms(notifications: Notifications) -> str:
    """Return an Id by which a bucket's notifications look managed by Terraform; "": none does."""
    ids = (str(entry.get("Id", "")) for _, entry, _ in entries(notifications))
    return next((one for one in ids if _TERRAFORMS_ID.match(one)), "")


def resource(bucket: str, notifications: Notifications) -> str:
    """Return the whole resource of a bucket."""
    head = [f"  bucket = {_text(bucket)}"]
    head += ["  eventbridge = true"] if "EventBridgeConfiguration" in notifications else []
    width = max(len(line.partition(" = ")[0]) for line in head)
    aligned = [f"{name:{width}} = {value}" for name, _, value in (line.partition(" = ") for line in head)]
    body = "\n\n".join(["\n".join(aligned), *(_block(name, entry, arn) for name, entry, arn in entries(notifications))])
    return f'resource "aws_s3_bucket_notification" "{_name(bucket)}" {{\n{body}\n}}\n'


def our_blocks(notifications: Notifications) -> str:
    """Return only our blocks of the resource."""
    blocks = [_block(name, entry, arn) for name, entry, arn in entries(notifications) if is_ours(entry)]
    return "\n\n".join(blocks) + "\n"


def _block(listed: str, entry: Notifications, arn: str) -> str:
    kind, name = _BLOCKS[listed]
    values = {"id": entry.get("Id"), name: arn, "events": entry["Events"]}
    values |= {f"filter_{side}": value for side, value in sorted(rules(entry))}
    told = {key: value for key, value in values.items() if value}
    width = max(map(len, told))
    lines = [f"    {key:{width}} = {_value(value)}" for key, value in told.items()]
    return "\n".join([f"  {kind} {{", *lines, "  }"])


def _value(value: str | list[str]) -> str:
    return _text(value) if isinstance(value, str) else f"[{', '.join(map(_text, value))}]"


def _text(value: str) -> str:
    """Return a quoted text in which nothing is a template. HCL has JSON's escapes, but no surrogates."""
    quoted = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return quoted.replace("${", "$${").replace("%{", "%%{")


def _name(bucket: str) -> str:
    name = _NOT_IN_A_NAME.sub("_", bucket.lower())
    return name if name[0].isalpha() else f"bucket_{name}"
