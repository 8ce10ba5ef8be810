"""What the stack has for the streams of lock tables: a mapping each, and nothing without one."""

import json
from typing import Any

from chalicelib.checked_rules import Config
from chalicelib.config.file import parse
from deploy.commands import ROOT
from deploy.streams import resources, streams_of, with_streams
from tests.config.test_file import LEAST
from tests.deploy.stack_files import Document, statements, template

MERGED = (ROOT / ".chalice" / "resources.yaml").read_text()


def stream_of(table: str) -> str:
    return f"arn:aws:dynamodb:eu-central-1:123456789012:table/{table}/stream/2026-11-21T03:18:57.000"


def a_config(*tables: str, without: tuple[str, ...] = ()) -> Config:
    with_stream = "".join(f'[[targets]]\ntable = "{table}"\nstream = "{stream_of(table)}"\n' for table in tables)
    return parse(LEAST + with_stream + "".join(f'[[targets]]\ntable = "{table}"\n' for table in without))


def added(config: Config) -> dict[str, Document]:
    before, after = (template(text)["Resources"] for text in (MERGED, with_streams(MERGED, config)))
    assert {name: after[name] for name in before} == before
    return {name: after[name] for name in after.keys() - before.keys()}


def of_type(config: Config, kind: str) -> list[dict[str, Any]]:
    return [one["Properties"] for one in added(config).values() if one["Type"] == kind]


def test_without_a_stream_nothing_is_added_and_nothing_costs() -> None:
    assert with_streams(MERGED, a_config(without=("locks",))) == MERGED
    assert added(a_config()) == {}


def test_each_stream_calls_the_function_from_its_oldest_record_on() -> None:
    mappings = of_type(a_config("locks", "old-locks", without=("other",)), "AWS::Lambda::EventSourceMapping")
    assert {mapping["EventSourceArn"] for mapping in mappings} == {stream_of("locks"), stream_of("old-locks")}
    for mapping in mappings:
        assert mapping["FunctionName"] == {"Ref": "TableChanged"}
        assert mapping["StartingPosition"] == "TRIM_HORIZON"


def test_a_batch_that_fails_is_tried_for_an_hour_in_halves_and_then_somebody_hears_of_it() -> None:
    config = a_config("locks")
    [mapping] = of_type(config, "AWS::Lambda::EventSourceMapping")
    assert (mapping["MaximumRecordAgeInSeconds"], mapping["BisectBatchOnFunctionError"]) == (3600, True)
    assert "MaximumRetryAttempts" not in mapping
    [(queue, _)] = [(name, one) for name, one in added(config).items() if one["Type"] == "AWS::SQS::Queue"]
    assert mapping["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": [queue, "Arn"]}}}
    watched = {
        alarm["MetricName"]: alarm["Dimensions"][0]["Value"] for alarm in of_type(config, "AWS::CloudWatch::Alarm")
    }
    assert watched == {
        "Errors": {"Ref": "TableChanged"},
        "ApproximateNumberOfMessagesVisible": {"Fn::GetAtt": [queue, "QueueName"]},
    }
    for alarm in of_type(config, "AWS::CloudWatch::Alarm"):
        assert alarm["AlarmActions"]["Fn::If"][0] == "HasAlarmTopic"
        assert len(alarm["AlarmDescription"]) > 40


def test_the_function_reads_these_streams_sends_to_two_queues_and_may_do_nothing_else() -> None:
    [policy] = of_type(a_config("locks", "old-locks"), "AWS::IAM::Policy")
    assert policy["Roles"] == [{"Ref": "TableChangedRole"}]
    read, leave = policy["PolicyDocument"]["Statement"]
    assert read["Resource"] == [stream_of("locks"), stream_of("old-locks")]
    assert read["Action"] == ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    assert (leave["Action"], leave["Resource"]) == (
        "sqs:SendMessage",
        {"Fn::GetAtt": ["TableStreamDeadLetterQueue", "Arn"]},
    )
    own = [one["Sid"] for one in statements("table_changed") if one["Effect"] == "Allow"]
    assert own == ["PassLockEventsOn", "WriteLog"]


def test_a_mapping_is_made_when_its_function_may_read_the_stream() -> None:
    for one in added(a_config("locks")).values():
        if one["Type"] == "AWS::Lambda::EventSourceMapping":
            assert one["DependsOn"] == ["TableStreamsPolicy"]


def test_a_table_s_new_stream_gets_a_mapping_of_its_own_and_the_order_of_the_file_changes_nothing() -> None:
    first, second = stream_of("locks"), stream_of("locks").replace("03:18", "04:19")
    only_one_has = resources([first]).keys() ^ resources([second]).keys()
    assert len(only_one_has) == len({*resources([first])} & only_one_has) + 1 == 2
    assert streams_of(a_config("b-locks", "a-locks")) == streams_of(a_config("a-locks", "b-locks"))


def test_the_template_stays_yaml_that_chalice_can_merge() -> None:
    text = with_streams(MERGED, a_config("locks"))
    assert all(json.loads(line.partition(": ")[2]) for line in text.splitlines() if line.startswith("  TableStream"))
    assert text.count("\nResources:\n") == 1
