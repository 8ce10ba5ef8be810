"""A fleet on the local cloud: the stack's account, one that is named, a unit of the organisation, two regions in each.

Every account but ``denied`` has the member role, made from the template that operators use.
"""

from dataclasses import dataclass, field

from demo import identities
from demo.deployed import DeployedReaper
from demo.local_cloud import ACCOUNT, LocalCloud
from demo.lock_table import LockTable
from demo.terraform import LOCK_TABLE
from deploy.commands import ROOT
from tests.local_cloud.hanging_s3 import HangingS3

US, EU = "us-east-1", "eu-west-1"
REGIONS = (US, EU)
ROLE, EXTERNAL_ID = "tflock-reaper-member", "fleet-7f3a91c2"
NAMED, DENIED = "111111111111", "222222222222"
SPARE = "spare-"
"""How the names of those buckets begin that a rule of the stack's own account finds."""
_TEMPLATE = ROOT / "deploy" / "member-role.yaml"
_TRUSTED = {"ReaperAccountId": ACCOUNT, "ReaperStage": "demo", "ExternalId": EXTERNAL_ID, "RoleName": ROLE}


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
        given = _TRUSTED | {"LockTableArns": f"arn:aws:dynamodb:*:{self.id}:table/{LOCK_TABLE}"}
        self.cloud.client("cloudformation", self.root()).create_stack(
            StackName="tflock-reaper-member",
            TemplateBody=_TEMPLATE.read_text(),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
        )

    def ci(self, region: str, run: str = "ci-run-7") -> dict[str, str]:
        """A session of a CI's role in this account."""
        root = self.root(region)
        arn = f"arn:aws:iam::{self.id}:role/ci"
        return identities.session(self.cloud, arn, run, root)


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
