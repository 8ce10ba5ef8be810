"""Put the shared reaper back as it was, whatever a fault, or the mending of it, left of its surroundings."""

import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.core.doctor.parts import Parts
from tests.faults import Ground

_OF_A_MAPPING = (
    *("BatchSize", "MaximumBatchingWindowInSeconds", "FunctionResponseTypes", "FilterCriteria", "ScalingConfig"),
    *("MaximumRetryAttempts", "MaximumRecordAgeInSeconds", "BisectBatchOnFunctionError", "DestinationConfig"),
)
_SECRETS = ("SlackBotTokenParameter", "SlackSigningSecretParameter")
Mappings = dict[tuple[str, str], dict[str, Any]]


class AsItWas:
    """What there is around a healthy bucket, table and reaper. ``restore`` makes it so again."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._parts: Parts = ground.parts
        self.mappings = self.mappings_now()
        self._rules, self._roles = self._rules_now(), self._roles_now()
        self._topics = set(self._topics_now())
        self._bucket_policy = self._bucket_policy_now()
        self._notification, self._policy = self._notification_now(), self._policy_now()
        self._secrets = {name: self._secret_now(name) for name in map(self._parts.parameters.__getitem__, _SECRETS)}

    def restore(self, *, roles: bool) -> None:
        """Make it so again; ``roles``: the roles too, which takes longer."""
        if roles:
            self._restore_roles()
        self._restore_rules()
        sns = self._ground.client("sns")
        for topic in set(self._topics_now()) - self._topics:
            sns.delete_topic(TopicArn=topic)
        self._restore_mappings()
        self._restore_what_the_bucket_tells()
        self._restore_secrets()

    def mappings_now(self) -> Mappings:
        """Each mapping of the stack's functions, by function and source."""
        functions = self._ground.client("lambda")
        return {
            (function, one["EventSourceArn"]): one
            for function in self._parts.functions.values()
            for one in functions.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
        }

    def unlike(self) -> list[str]:
        """How mappings that were made again differ from those that the stack had made."""
        now = self.mappings_now()
        return [
            f"{key}: is {_settings(now[key])}, was {_settings(before)}"
            for key, before in self.mappings.items()
            if key in now and _settings(now[key]) != _settings(before)
        ]

    def _restore_mappings(self) -> None:
        functions, now = self._ground.client("lambda"), self.mappings_now()
        for key, mapping in now.items():
            if key not in self.mappings or _settings(mapping) != _settings(self.mappings[key]):
                functions.delete_event_source_mapping(UUID=mapping["UUID"])
            elif mapping["State"] != "Enabled":
                functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
        for key in self.mappings.keys() - self.mappings_now().keys():
            map_like(self._ground, self.mappings[key], *key)

    def _restore_rules(self) -> None:
        events, now = self._ground.client("events"), self._rules_now()
        for name in now.keys() - self._rules.keys():
            events.remove_targets(Rule=name, Ids=[target["Id"] for target in now[name][1]] or ["none"])
            events.delete_rule(Name=name)
        for name in self._rules.keys() - now.keys():
            rule, targets = self._rules[name]
            kept = ("Name", "ScheduleExpression", "EventPattern", "State", "Description")
            events.put_rule(**{key: rule[key] for key in kept if rule.get(key)})
            events.put_targets(Rule=name, Targets=targets)

    def _restore_roles(self) -> None:
        iam, now = self._ground.client("iam"), self._roles_now()
        for role, policies in self._roles.items():
            for name in now[role].keys() - policies.keys():
                iam.delete_role_policy(RoleName=role, PolicyName=name)
            for name, document in policies.items():
                if now[role].get(name) != document:
                    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))

    def _restore_what_the_bucket_tells(self) -> None:
        sqs, s3 = self._ground.client("sqs"), self._ground.client("s3")
        if self._policy_now() != self._policy:
            url = self._parts.outputs["LockEventsQueueUrl"]
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": self._policy})
        if self._bucket_policy_now() != self._bucket_policy:
            s3.put_bucket_policy(Bucket=self._ground.bucket, Policy=self._bucket_policy)
        if self._notification_now() != self._notification:
            s3.put_bucket_notification_configuration(
                Bucket=self._ground.bucket, NotificationConfiguration=self._notification
            )

    def _restore_secrets(self) -> None:
        ssm = self._ground.client("ssm")
        for name, value in self._secrets.items():
            if self._secret_now(name) != value:
                ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)

    def _rules_now(self) -> dict[str, tuple[dict[str, Any], list[dict[str, Any]]]]:
        events = self._ground.client("events")
        return {
            one["Name"]: (one, events.list_targets_by_rule(Rule=one["Name"])["Targets"])
            for one in events.list_rules()["Rules"]
        }

    def _roles_now(self) -> dict[str, dict[str, Any]]:
        iam = self._ground.client("iam")
        return {
            role: {
                name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
                for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
            }
            for role in self._parts.roles.values()
        }

    def _topics_now(self) -> Iterator[str]:
        return (one["TopicArn"] for one in self._ground.client("sns").list_topics()["Topics"])

    def _notification_now(self) -> Any:
        told = self._ground.client("s3").get_bucket_notification_configuration(Bucket=self._ground.bucket)
        return {name: value for name, value in told.items() if name != "ResponseMetadata"}

    def _bucket_policy_now(self) -> str:
        s3 = self._ground.client("s3")
        try:
            return str(s3.get_bucket_policy(Bucket=self._ground.bucket)["Policy"])
        except ClientError:
            return ""

    def _policy_now(self) -> str:
        url = self._parts.outputs["LockEventsQueueUrl"]
        told = self._ground.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
        return str(told.get("Attributes", {}).get("Policy", ""))

    def _secret_now(self, name: str) -> str:
        ssm = self._ground.client("ssm")
        try:
            return str(ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
        except ssm.exceptions.ParameterNotFound:
            return ""


def map_like(ground: Ground, mapping: dict[str, Any], function: str, source: str) -> None:
    """Have Lambda call a function from a source, as another mapping does."""
    begin = {"StartingPosition": "LATEST"} if ":dynamodb:" in source else {}
    ground.client("lambda").create_event_source_mapping(
        FunctionName=function, EventSourceArn=source, **_settings(mapping), **begin
    )


def _settings(mapping: dict[str, Any]) -> dict[str, Any]:
    return {name: mapping[name] for name in _OF_A_MAPPING if mapping.get(name)}
