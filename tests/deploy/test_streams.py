"""What the stack has for the streams of lock tables: a mapping each, and nothing without one."""

import pytest

from chalicelib.checked_rules import Config
from chalicelib.config.file import ConfigError, parse
from chalicelib.stack.parameters import overrides
from chalicelib.stack.streams import PLACES, parameter
from chalicelib.stack.streams import parameters as places
from deploy.package.streams import conditions, parameters, resources
from tests.config.test_file import LEAST
from tests.deploy.stack_files import Document, statements

NAMES = [parameter(place) for place in range(1, PLACES + 1)]


def stream_of(table: str) -> str:
    return f"arn:aws:dynamodb:eu-central-1:123456789012:table/{table}/stream/2026-11-21T03:18:57.000"


def a_config(*tables: str, without: tuple[str, ...] = ()) -> Config:
    with_stream = "".join(f'[[targets]]\ntable = "{table}"\nstream = "{stream_of(table)}"\n' for table in tables)
    return parse(LEAST + with_stream + "".join(f'[[targets]]\ntable = "{table}"\n' for table in without))


def of_type(kind: str) -> list[Document]:
    return [one["Properties"] for one in resources().values() if one["Type"] == kind]


def test_without_a_stream_no_place_is_taken_and_everything_about_streams_has_a_condition() -> None:
    assert set(places(a_config(without=("locks",))).values()) == {""}
    assert all("Condition" in one for one in resources().values())
    assert {one["Condition"] for one in resources().values()} <= conditions().keys()


def test_every_place_has_a_parameter_that_may_be_empty_a_condition_and_a_mapping() -> None:
    assert list(parameters()) == list(places(a_config())) == NAMES
    assert all(one["Default"] == "" for one in parameters().values())
    mappings = {name: one for name, one in resources().items() if one["Type"] == "AWS::Lambda::EventSourceMapping"}
    assert {one["Properties"]["EventSourceArn"]["Ref"]: one["Condition"] for one in mappings.values()} == {
        name: f"Has{name}" for name in NAMES
    }
    for name in NAMES:
        assert conditions()[f"Has{name}"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]}


def test_each_stream_has_one_place_among_the_stack_s_parameters() -> None:
    values = overrides(a_config("locks", "old-locks", without=("other",)), "prod")
    assert sorted(values[name] for name in NAMES if values[name]) == [stream_of("locks"), stream_of("old-locks")]


def test_a_stream_stays_in_its_place_when_others_come_and_the_order_of_the_file_changes_nothing() -> None:
    few, many = places(a_config("locks", "old")), places(a_config("old", "new", "locks", "other"))
    assert few.items() - {(name, "") for name in NAMES} <= many.items()


def test_streams_for_which_there_is_no_place_are_refused_and_as_many_as_there_are_places_are_not() -> None:
    tables = [f"locks-{number}" for number in range(PLACES + 1)]
    assert sorted(places(a_config(*tables[:-1])).values()) == sorted(map(stream_of, tables[:-1]))
    with pytest.raises(ConfigError, match=f"{PLACES + 1} streams of lock tables, and a stack takes {PLACES}"):
        places(a_config(*tables))


def test_each_stream_calls_the_function_from_its_oldest_record_on() -> None:
    for mapping in of_type("AWS::Lambda::EventSourceMapping"):
        assert mapping["FunctionName"] == {"Ref": "TableChanged"}
        assert mapping["StartingPosition"] == "TRIM_HORIZON"


def test_a_batch_that_fails_is_tried_for_an_hour_in_halves_and_then_somebody_hears_of_it() -> None:
    [queue] = [name for name, one in resources().items() if one["Type"] == "AWS::SQS::Queue"]
    for mapping in of_type("AWS::Lambda::EventSourceMapping"):
        assert (mapping["MaximumRecordAgeInSeconds"], mapping["BisectBatchOnFunctionError"]) == (3600, True)
        assert "MaximumRetryAttempts" not in mapping
        assert mapping["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": [queue, "Arn"]}}}
    alarms = of_type("AWS::CloudWatch::Alarm")
    assert {alarm["MetricName"]: alarm["Dimensions"][0]["Value"] for alarm in alarms} == {
        "Errors": {"Ref": "TableChanged"},
        "ApproximateNumberOfMessagesVisible": {"Fn::GetAtt": [queue, "QueueName"]},
    }
    for alarm in alarms:
        assert alarm["AlarmActions"]["Fn::If"][0] == "HasAlarmTopic"
        assert len(alarm["AlarmDescription"]) > 40


def test_the_function_reads_these_streams_sends_to_two_queues_and_may_do_nothing_else() -> None:
    [policy] = of_type("AWS::IAM::Policy")
    assert policy["Roles"] == [{"Ref": "TableChangedRole"}]
    read, leave = policy["PolicyDocument"]["Statement"]
    assert read["Resource"] == [{"Fn::If": [f"Has{name}", {"Ref": name}, {"Ref": "AWS::NoValue"}]} for name in NAMES]
    assert read["Action"] == ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    assert (leave["Action"], leave["Resource"]) == (
        "sqs:SendMessage",
        {"Fn::GetAtt": ["TableStreamDeadLetterQueue", "Arn"]},
    )
    own = [one["Sid"] for one in statements("table_changed") if one["Effect"] == "Allow"]
    assert own == ["PassLockEventsOn", "WriteLog"]


def test_a_mapping_is_made_when_its_function_may_read_the_stream() -> None:
    for one in resources().values():
        if one["Type"] == "AWS::Lambda::EventSourceMapping":
            assert one["DependsOn"] == ["TableStreamsPolicy"]
