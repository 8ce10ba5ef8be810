"""Judge whether AWS's services may use the key of the queue of lock events; pure.

SQS takes any key without a look, and a service that may not use it drops its events and says so to nobody
(AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html).
"""

from collections.abc import Iterator

from chalicelib.core.doctor.finding import Fix
from chalicelib.core.doctor.iam.statements import listed
from chalicelib.core.doctor.iam.verdict import Request, Standing
from chalicelib.core.doctor.pasted.shell import aws, compact
from chalicelib.core.doctor.wiring.admission.fault import Fault
from chalicelib.core.doctor.wiring.case import Document, QueueKey
from chalicelib.core.doctor.wiring.senders import lets_in

_USES = ("kms:GenerateDataKey", "kms:Decrypt")
_SID = "ServicesSendLockEvents"


def key_lets_in(key: QueueKey, service: str, called: str) -> Iterator[Fault]:
    """Yield why a service that may send to the queue may not encrypt what it sends."""
    if key.policy is None:
        yield Fault(f"whether the policy of {key.arn}, the queue's key, lets {called} use it cannot be read")
        return
    standings = {lets_in(key.policy, service, Request(use, key.arn, {})) for use in _USES}
    if Standing.DENIED in standings:
        do = f"Take the statement that denies {service} out of the policy of {key.arn}."
        yield Fault(f"the policy of {key.arn}, the queue's key, denies {called} to use it", Fix(do=do))
    elif Standing.NOT_ALLOWED in standings:
        seen = f"the policy of {key.arn}, the queue's key, does not let {called} use it: what it sends is lost"
        yield Fault(seen, _let(key.arn, key.policy, service))
    elif Standing.UNSURE in standings:
        yield Fault(f"whether the policy of {key.arn}, the queue's key, lets {called} use it cannot be judged")


def _let(arn: str, policy: Document, service: str) -> Fix:
    others = [one for one in listed(policy.get("Statement")) if one.get("Sid") != f"{_SID}{_name(service)}"]
    statement = {
        "Sid": f"{_SID}{_name(service)}",
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": list(_USES),
        "Resource": "*",
    }
    whole = {"Version": "2012-10-17", **policy, "Statement": [*others, statement]}
    region = arn.split(":")[3]
    return Fix(
        do=f"Let {service} use the key; the rest of its policy stays.",
        cli=aws("kms", "put-key-policy", region=region, key_id=arn, policy_name="default", policy=compact(whole)),
    )


def _name(service: str) -> str:
    return service.partition(".")[0].title()
