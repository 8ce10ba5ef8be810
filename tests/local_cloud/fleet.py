"""A fleet on the local cloud: the stack's account, one that is named, a unit of the organisation, two regions in each.

Every account but ``denied`` has the member role, made from the template that operators use.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.core.notifications.merging import Wanted
from demo import identities
from demo.deployed import STAGE, DeployedReaper
from demo.local_cloud import ACCOUNT, LocalCloud
from demo.lock_table import LockTable
from demo.terraform import LOCK_TABLE
from demo.waiting import wait_for
from deploy.commands import ROOT
from tests.journal_schema import Line
from tests.local_cloud.hanging_s3 import HangingS3
from tests.local_cloud.steps import change_variables, function_named
from tflocks.live.connecting import Bucket, connect

US, EU = "us-east-1", "eu-west-1"
REGIONS = (US, EU)
ROLE, EXTERNAL_ID = "tflock-reaper-member", "fleet-7f3a91c2"
NAMED, DENIED = "111111111111", "222222222222"
SPARE = "spare-"
"""How the names of those buckets begin that a rule of the stack's own account finds."""
TOPIC, EVENTBRIDGE = "topic", "eventbridge"
_TRUSTED = {"ReaperAccountId": ACCOUNT, "ReaperStage": STAGE, "ExternalId": EXTERNAL_ID, "RoleName": ROLE}


def _create_stack(cloud: LocalCloud, root: Mapping[str, str], template: str, given: Mapping[str, str]) -> None:
    """A stack of one of the templates in ``deploy``."""
    cloud.client("cloudformation", root).create_stack(
        StackName=template,
        TemplateBody=(ROOT / "deploy" / f"{template}.yaml").read_text(),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
    )


@dataclass(frozen=True)
class Member:
    """An account with a bucket in each region, and a lock table in Europe."""

    cloud: LocalCloud
    id: str

    def root(self, region: str = US) -> dict[str, str]:
        return self.cloud.root_of(self.id, region)

    def bucket(self, region: str) -> str:
        return f"acme-{self.id}-{region}-tfstate"

    @property
    def table(self) -> LockTable:
        return LockTable(self.cloud, LOCK_TABLE, self.root(EU))

    def furnish(self) -> None:
        for region in REGIONS:
            s3 = self.cloud.client("s3", self.root(region))
            where = {} if region == US else {"CreateBucketConfiguration": {"LocationConstraint": region}}
            s3.create_bucket(Bucket=self.bucket(region), **where)
            versioning = {"Status": "Enabled"}
            s3.put_bucket_versioning(Bucket=self.bucket(region), VersioningConfiguration=versioning)
        self.table.create()

    def let_the_reaper_in(self) -> None:
        tables = f"arn:aws:dynamodb:*:{self.id}:table/{LOCK_TABLE}"
        _create_stack(self.cloud, self.root(), "member-role", _TRUSTED | {"LockTableArns": tables})

    def ci(self, region: str, run: str) -> dict[str, str]:
        """A session of a CI's role in this account; a CI's session has a name that no other run has."""
        return identities.session(self.cloud, f"arn:aws:iam::{self.id}:role/ci", run, self.root(region))

    def tell(self, region: str, outputs: Mapping[str, str], way: str = "") -> None:
        """Have the bucket of a region tell the reaper's queue of its locks: itself, or from another region."""
        destination = outputs["LockEventsQueueArn"]
        if way:
            destination = self._way(region, outputs, way)
        s3, name = self.cloud.client("s3", self.root(region)), self.bucket(region)
        if way == EVENTBRIDGE:
            everything: Any = {"EventBridgeConfiguration": {}}
            s3.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration=everything)
        else:
            connect(Bucket(s3, name), Wanted(destination))

    def _way(self, region: str, outputs: Mapping[str, str], way: str) -> str:
        """The way from a region to the reaper's, made from the template that operators use; the topic's ARN."""
        queue, bus = outputs["LockEventsQueueArn"], outputs["LockEventBusArn"]
        given = {"Way": way, "ReaperStage": STAGE, "ReaperAccountId": ACCOUNT}
        _create_stack(
            self.cloud,
            self.root(region),
            "events-from-elsewhere",
            given | {"ReaperQueueArn": queue, "ReaperBusArn": bus},
        )
        topic = f"arn:aws:sns:{region}:{self.id}:tflock-reaper-{STAGE}"
        if way == TOPIC:
            # On AWS the reaper's account does this, which the topic's policy lets it by sns:Endpoint: unknown here.
            sns = self.cloud.client("sns", self.root(region))
            sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
        return topic


@dataclass(frozen=True)
class Organisation:
    """The organisation that the stack's account manages, with one unit."""

    cloud: LocalCloud
    root: str
    unit: str

    @classmethod
    def of(cls, cloud: LocalCloud) -> "Organisation":
        organizations = cloud.client("organizations")
        root = organizations.list_roots()["Roots"][0]["Id"]
        unit = organizations.create_organizational_unit(ParentId=root, Name="teams")["OrganizationalUnit"]["Id"]
        return cls(cloud, root, unit)

    def open_account(self, name: str) -> str:
        """A new account, not in the unit yet."""
        organizations = self.cloud.client("organizations")
        made = organizations.create_account(Email=f"{name}@acme.example", AccountName=name)
        return str(made["CreateAccountStatus"]["AccountId"])

    def join(self, account: str) -> None:
        self.cloud.client("organizations").move_account(
            AccountId=account, SourceParentId=self.root, DestinationParentId=self.unit
        )

    def close(self, account: str) -> None:
        self.cloud.client("organizations").close_account(AccountId=account)


@dataclass
class Fleet:
    """The deployed reaper and the accounts that it looks after."""

    reaper: DeployedReaper
    organisation: Organisation
    hanging: HangingS3
    members: dict[str, Member] = field(default_factory=dict)

    @property
    def cloud(self) -> LocalCloud:
        return self.reaper.cloud

    def add(self, name: str, account: str) -> Member:
        """An account with its buckets, its table and a CI role."""
        member = self.members[name] = Member(self.cloud, account)
        member.furnish()
        identities.role(self.cloud, "ci", member.root())
        return member

    def deploy(self) -> None:
        """Deploy the reaper; have every bucket tell it of its locks, those in Europe in three ways."""
        others = [member.id for member in self.members.values() if member.id != ACCOUNT]
        self.reaper.deploy(self.toml(), EventAccounts=",".join(sorted(others)))
        outputs = self.reaper.outputs
        through = {"AWS_ENDPOINT_URL_S3": self.hanging.url}
        change_variables(self.cloud, function_named(self.cloud, "SweepTarget"), through)
        for name, way in {"home": TOPIC, "named": TOPIC, "payments": EVENTBRIDGE}.items():
            self.members[name].tell(US, outputs)
            self.members[name].tell(EU, outputs, way)

    def sweep_at_once(self, targets: int) -> None:
        """Sweep so many targets at once, as ``SweepsAtOnce`` does."""
        functions = self.cloud.client("lambda")
        name = function_named(self.cloud, "SweepTarget")
        [mapping] = functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        at_once = {"MaximumConcurrency": targets}
        functions.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig=at_once)

    def night(self) -> Line:
        """A night from its begin to its summary."""
        before = len(self.all_nights())
        self.reaper.sweep()
        wait_for("every target has answered", lambda: self._is_over(before), 120)
        return self.all_nights()[-1]

    def all_nights(self) -> list[Line]:
        """The summaries of all nights so far, as the journal has them."""
        return [line for line in self.reaper.journal() if line["event"] == "night_finished"]

    def found(self, rule: str) -> Line:
        """What a target rule found last."""
        told = [line for line in self.reaper.journal() if line["event"] == "targets_found" and rule in line["target"]]
        return told[-1]

    def _is_over(self, before: int) -> bool:
        self.reaper.watch()
        return len(self.all_nights()) > before

    def lock_body(self, member: Member, region: str, key: str) -> bytes | None:
        return self.reaper.lock_body(member.bucket(region), key, member.root(region))

    def toml(self) -> str:
        home, named = self.members["home"], self.members["named"]
        ours = "".join(_targets(member) for member in (home, named))
        denied = _target(f'bucket = "{self.members["denied"].bucket(US)}"', DENIED, US)
        return f"{_ACCOUNTS}{ours}{denied}{_RULES % {'unit': self.organisation.unit}}"


_ACCOUNTS = f"""
[accounts]
role = "{ROLE}"
external_id = "{EXTERNAL_ID}"
"""
_RULES = f"""
[[discover]]
buckets = ["acme-*-tfstate"]
units = ["%(unit)s"]

[[discover]]
tables = ["{LOCK_TABLE}"]
units = ["%(unit)s"]
regions = ["{EU}"]

[[discover]]
buckets = ["{SPARE}*"]
"""


def _targets(member: Member) -> str:
    buckets = (_target(f'bucket = "{member.bucket(region)}"', member.id, region) for region in REGIONS)
    return "".join((*buckets, _target(f'table = "{LOCK_TABLE}"', member.id, EU)))


def _target(container: str, account: str, region: str) -> str:
    where = {"region": region if region != US else "", "account": account if account != ACCOUNT else ""}
    keys = "".join(f'{key} = "{value}"\n' for key, value in where.items() if value)
    return f"\n[[targets]]\n{container}\n{keys}"


def furnished(reaper: DeployedReaper, hanging: HangingS3) -> Fleet:
    """The fleet, before the reaper is deployed."""
    fleet = Fleet(reaper, Organisation.of(reaper.cloud), hanging)
    fleet.add("home", ACCOUNT)
    fleet.add("named", NAMED).let_the_reaper_in()
    fleet.add("denied", DENIED)
    found = fleet.add("payments", fleet.organisation.open_account("payments"))
    found.let_the_reaper_in()
    fleet.organisation.join(found.id)
    return fleet
