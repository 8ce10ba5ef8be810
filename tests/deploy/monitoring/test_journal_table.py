"""Compare what docs/operating.md says of the journal in S3 with the journal."""

import re

import msgspec

from chalicelib.core.audit.line import JournalLine
from deploy.commands import ROOT
from deploy.package.streams import resources
from tests.deploy.monitoring.written_metrics import emitted
from tests.deploy.stack_files import alarms, template

OPERATING = (ROOT / "docs" / "operating.md").read_text()


def athena_type(field: msgspec.structs.FieldInfo) -> str:
    words = str(field.type)
    if field.type is bool:
        return "boolean"
    return "int" if "int" in words else "double" if "float" in words else "string"


def test_the_athena_table_has_every_field_of_a_line_by_its_name_and_type() -> None:
    [columns] = re.findall(r"CREATE EXTERNAL TABLE tflock_journal \((.*?)\n\)", OPERATING, re.DOTALL)
    told = dict(column.split() for column in columns.replace("`", "").split(","))
    assert told == {field.name: athena_type(field) for field in msgspec.structs.fields(JournalLine)}


def test_firehose_writes_where_the_table_looks() -> None:
    stack = template((ROOT / "deploy" / "journal-to-s3.yaml").read_text())
    delivery = stack["Resources"]["Delivery"]["Properties"]["ExtendedS3DestinationConfiguration"]
    assert delivery["Prefix"] == "journal/!{timestamp:yyyy/MM/dd}/"
    assert "'projection.day.format' = 'yyyy/MM/dd'" in OPERATING
    assert "'storage.location.template' = 's3://BUCKET/journal/${day}/'" in OPERATING


def test_every_metric_and_every_alarm_is_told_of() -> None:
    section = OPERATING.partition("## Metrics")[2].partition("\n## ")[0]
    assert {name for _, name, _ in emitted()} <= set(re.findall(r"`(\w+)`", section))
    told = set(re.findall(r"`…-([a-z-]+)`", OPERATING))
    of_streams = [one["Properties"] for one in resources().values() if "AlarmName" in one["Properties"]]
    assert told == {
        alarm["AlarmName"]["Fn::Sub"].removeprefix("tflock-reaper-${Stage}-")
        for alarm in (*alarms().values(), *of_streams)
    }


def test_what_is_paid_each_month_is_counted_from_what_there_is() -> None:
    metrics, watched = len(emitted()), len(alarms())
    assert f"{metrics} metrics at $0.30 + {watched} alarms at $0.10" in OPERATING
    assert f"**${metrics * 0.3 + watched * 0.1 + 3:.2f} at most**" in OPERATING
    assert f"at most ${(metrics - 10) * 0.3 + (watched - 10) * 0.1:.2f}." in OPERATING
