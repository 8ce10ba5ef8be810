"""An account with a lock table, its bucket, IAM and CloudWatch (moto), and a deployed reaper with a journal.

It is looked at some weeks after it was made, so that there is time for a migration.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.aws.doctor.migration.asking import Asking
from chalicelib.aws.doctor.migration.looks import table_migration
from chalicelib.aws.doctor.reach import Reach
from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.doctor.finding import Finding
from chalicelib.core.doctor.parts import Parts
from chalicelib.jobs.doctor.examine import examine
from chalicelib.ports.doctor import Examination
from demo.terraform import Locking
from tests.aws_fixtures import REGION, client_in, create_bucket, create_lock_table, moto_clients
from tests.core.doctor.migration import story
from tests.faults import Ground
from tests.tflocks.fake_logs import FakeLogs

ACCOUNT, BUCKET, TABLE = story.ACCOUNT, "acme-tfstate", story.TABLE
PARTS = Parts(
    stack="tflock-reaper-prod",
    stage="prod",
    account=ACCOUNT,
    region=REGION,
    partition="aws",
    outputs={"LogGroupName": "/tflock-reaper/prod"},
    parameters={},
    roles={"ReleaseLock": "reaper-release"},
    functions={"TableChanged": "reaper-table-changed"},
)


@dataclass
class Mappings:
    """Lambda's event source mappings of a function."""

    since: datetime
    state: str = "Enabled"
    result: str = "OK"

    def list_event_source_mappings(self, **asked: str) -> dict[str, Any]:
        assert asked["FunctionName"] == PARTS.functions["TableChanged"]
        one = {"EventSourceArn": asked["EventSourceArn"], "State": self.state, "LastModified": self.since}
        one["LastProcessingResult"] = self.result
        return {"EventSourceMappings": [one]}


@dataclass
class Cloud:
    """What is there, and the doctor's looks at it ``days`` later."""

    made: datetime = field(default_factory=lambda: datetime.now(UTC))
    days: float = 60
    parts: Parts | None = PARTS
    logs: FakeLogs = field(default_factory=FakeLogs)
    clients: dict[str, Any] = field(default_factory=dict)
    """Clients in the place of moto's."""

    def __post_init__(self) -> None:
        self.clients |= {"logs": self.logs, "lambda": Mappings(self.made)}
        self.sweep_nightly()

    @property
    def now(self) -> datetime:
        return self.made + timedelta(days=self.days)

    @property
    def ground(self) -> Ground:
        return Ground(lambda service: client_in("", service), BUCKET, TABLE, PARTS)

    def client(self, service: str, region: str = "") -> Any:
        return self.clients.get(service) or client_in("", service, region or REGION)

    def sweep_nightly(self, until: float = 0, **fields: str) -> None:
        """Journal a sweep of the table for each night since it was made, until some days ago."""
        told: dict[str, Any] = {"target": TABLE, "lock_account": ACCOUNT, "lock_region": REGION} | fields
        nights = (self.made + timedelta(days=night, hours=1) for night in range(int(self.days - until) + 1))
        kind = LineKind.SWEEP_FINISHED
        swept = (JournalLine(event=kind, time=at, event_id=f"{at}", **told) for at in nights if at < self.now)
        self.logs.events = [one for one in self.logs.events if one.event is not kind] + list(swept)

    def run(self, path: str, days: float, locking: Locking, **fields: Any) -> None:
        """Journal a run some days ago; one that locks in the table is counted by CloudWatch too."""
        moved = self.now - story.NOW
        for told in story.run(path, days, locking, **fields):
            line = told.line
            times = {"time": line.time + moved, "acquired_at": line.acquired_at and line.acquired_at + moved}
            self.logs.events.append(JournalLine(**{**_fields(line), **times}))
        if locking.in_table:
            self.count("Write", days)

    def count(self, what: str, days: float) -> None:
        """Have CloudWatch count something on a day."""
        dimensions = [{"Name": "TableName", "Value": TABLE}]
        number: Any = {"MetricName": f"Consumed{what}CapacityUnits", "Dimensions": dimensions, "Value": 1.0}
        number["Timestamp"] = self.now - timedelta(days=days)
        client_in("", "cloudwatch").put_metric_data(Namespace="AWS/DynamoDB", MetricData=[number])

    def state(self, key: str, *, digest: bool = True) -> str:
        """Put a state, and its digest; return its path."""
        path = f"{BUCKET}/{key}"
        client_in("", "s3").put_object(Bucket=BUCKET, Key=key, Body=b"{}")
        if digest:
            item = {"LockID": {"S": f"{path}-md5"}, "Digest": {"S": "0" * 32}}
            client_in("", "dynamodb").put_item(TableName=TABLE, Item=item)
        return path

    def found(self, **asking: Any) -> dict[str, Finding]:
        """Return what the doctor finds, by check."""
        reach = Reach(self.client, ACCOUNT, REGION)
        asks = Asking(TABLE, REGION, reach, self.parts, self.now, **asking)
        findings = examine([Examination(f"table {TABLE}", table_migration(asks))], lambda _: True, lambda _: None)
        return {one.check.partition(".")[2]: one for one in findings}


def _fields(line: JournalLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in line.__struct_fields__}


@contextmanager
def cloud(**fields: Any) -> Iterator[Cloud]:
    """A cloud with a lock table that nobody used yet."""
    with moto_clients("dynamodb", "s3") as (tables, buckets):
        create_lock_table(tables, TABLE)
        streamed = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        tables.update_table(TableName=TABLE, StreamSpecification=streamed)
        create_bucket(buckets, BUCKET, versioned=True)
        yield Cloud(**fields)
