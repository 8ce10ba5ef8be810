"""Write a bucket's lifecycle configuration. S3 replaces the whole of it, so all rules are written each time."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.pasted import hcl
from chalicelib.core.doctor.pasted.shell import aws

Rule = Mapping[str, Any]
_LEAST = "TransitionDefaultMinimumObjectSize"
_ONE_OF_SEVERAL = {"Transitions": "transition", "NoncurrentVersionTransitions": "noncurrent_version_transition"}


def command(bucket: StateBucket, answer: Mapping[str, Any], rules: Sequence[Rule]) -> str:
    """Return the command that replaces the rules of GetBucketLifecycleConfiguration's answer."""
    if not rules:
        return aws("s3api", "delete-bucket-lifecycle", bucket=bucket.name)
    return aws(
        "s3api",
        "put-bucket-lifecycle-configuration",
        bucket=bucket.name,
        transition_default_minimum_object_size=answer.get(_LEAST),
        lifecycle_configuration={"Rules": list(rules)},
    )


def resource(bucket: StateBucket, answer: Mapping[str, Any], rules: Sequence[Rule]) -> str:
    """Return the whole resource of Terraform; without any rule, nothing, because it cannot be empty."""
    if not rules:
        return ""
    body = {
        "bucket": bucket.name,
        hcl.snake(_LEAST): answer.get(_LEAST),
        "rule": [_block(rule) for rule in rules],
    }
    return hcl.resource("aws_s3_bucket_lifecycle_configuration", bucket.name, body)


def _block(rule: Rule) -> dict[str, Any]:
    """Return a rule as a block: the provider has AWS's names, in the singular where there are several."""
    named = {_ONE_OF_SEVERAL.get(key, hcl.snake(key)): value for key, value in rule.items() if key != "Filter"}
    chosen = rule.get("Filter")
    return {key: blocks(value) for key, value in named.items()} | (
        {} if chosen is None else {"filter": filter_block(chosen)}
    )


def filter_block(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule's filter as a block. Several tags are a map there, and one tag is a block."""
    if "And" not in chosen:
        return {hcl.snake(key): blocks(value) for key, value in chosen.items()}
    tags = chosen["And"].get("Tags") or ()
    both = {hcl.snake(key): value for key, value in chosen["And"].items() if key != "Tags"}
    return {"and": both | ({"tags": hcl.Map({one["Key"]: one["Value"] for one in tags})} if tags else {})}


def blocks(value: Any) -> Any:
    """Return a structure of AWS's API with the provider's names."""
    if isinstance(value, Mapping):
        return {hcl.snake(key): blocks(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [blocks(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
