"""Judge replication rules that copy locks."""

from collections.abc import Mapping
from typing import Any

from chalicelib.core.doctor.bucket.checks import REPLICATION
from chalicelib.core.doctor.bucket.rules.lifecycle import blocks, filter_block
from chalicelib.core.doctor.bucket.rules.scope import called, is_on, scope_of
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.finding import Finding, Fix
from chalicelib.core.doctor.pasted import hcl
from chalicelib.core.doctor.pasted.shell import aws

_DELETES = "DeleteMarkerReplication"
Rule = Mapping[str, Any]


def replication(bucket: StateBucket, answer: Mapping[str, Any]) -> Finding:
    """Judge the answer of GetBucketReplication; an empty one means that nothing is replicated."""
    configured = answer.get("ReplicationConfiguration", {})
    copying = [rule for rule in configured.get("Rules", ()) if is_on(rule) and scope_of(rule).meets(bucket)]
    staying = [rule for rule in copying if not _copies_deletes(rule)]
    if staying:
        told = "; ".join(f"{called(rule)} copies locks to {_destination(rule)}" for rule in staying)
        seen = f"{told}, and not their deletion: each copy stays for ever and blocks the copy of its state"
        return bucket.yellow(REPLICATION, seen, _fix(bucket, configured, staying))
    if copying:
        where = ", ".join(sorted({_destination(rule) for rule in copying}))
        return bucket.green(REPLICATION, f"locks are copied to {where}, and deleted there when they are released")
    return bucket.green(REPLICATION, "no replication rule copies locks")


def _copies_deletes(rule: Rule) -> bool:
    """Return whether delete markers are copied. Rules without ``Filter`` are S3's first version, which does it."""
    return "Filter" not in rule or (rule.get(_DELETES) or {}).get("Status") == "Enabled"


def _destination(rule: Rule) -> str:
    return str((rule.get("Destination") or {}).get("Bucket", "?")).rpartition(":")[2]


def _fix(bucket: StateBucket, configured: Mapping[str, Any], staying: list[Rule]) -> Fix:
    rules = [
        {**rule, _DELETES: {"Status": "Enabled"}} if rule in staying else rule for rule in configured.get("Rules", ())
    ]
    names = " and ".join(called(rule) for rule in staying)
    return Fix(
        do=f"Have {names} replicate delete markers too. Then remove the locks that are left over at the destination, "
        "each only after its run has ended: `tflocks list` shows them.",
        cli=aws(
            "s3api",
            "put-bucket-replication",
            bucket=bucket.name,
            replication_configuration={**configured, "Rules": rules},
        ),
        hcl=_hcl(bucket, configured, rules),
    )


def _hcl(bucket: StateBucket, configured: Mapping[str, Any], rules: list[Rule]) -> str:
    told = [
        {key: value for key, value in blocks(rule).items() if key != "filter"}
        | ({"filter": filter_block(rule["Filter"])} if "Filter" in rule else {})
        for rule in rules
    ]
    body = {"bucket": bucket.name, "role": configured.get("Role"), "rule": told}
    return hcl.resource("aws_s3_bucket_replication_configuration", bucket.name, body)
