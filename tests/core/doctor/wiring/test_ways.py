"""In which ways a bucket tells the reaper, what is missing, and what stands in the way."""

from typing import Any

import pytest

from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.wiring.events import ALL
from chalicelib.core.doctor.wiring.fixes import document
from chalicelib.core.doctor.wiring.notification import notification, shadow, terraform, twice
from chalicelib.core.doctor.wiring.ways import body_of
from chalicelib.core.notifications.merging import Notifications
from tests.core.doctor.wiring.cases import (
    BUS,
    HOME,
    MEMBER,
    QUEUE,
    hears,
    some_case,
    some_parts,
    some_rule,
    some_topic,
    to,
)

OTHER, DEV = f"arn:aws:sqs:eu-west-1:{HOME}:images", f"arn:aws:sqs:eu-west-1:{HOME}:tflock-events-dev"
TOPIC = f"arn:aws:sns:eu-west-1:{HOME}:state-events"
FUNCTION = f"arn:aws:lambda:eu-west-1:{HOME}:function:images"


@pytest.mark.parametrize(
    ("notifications", "colour", "seen"),
    [
        (to(QUEUE), Colour.GREEN, "S3's own notification"),
        (to(QUEUE, "of-terraform", suffix=""), Colour.GREEN, ""),
        (to(QUEUE, suffix="lock"), Colour.GREEN, ""),
        (to(QUEUE, events=["s3:ObjectCreated:Put", "s3:ObjectRemoved:*"]), Colour.YELLOW, "s3:LifecycleExpiration:*"),
        (to(QUEUE, events=["s3:ObjectCreated:*", "s3:ObjectRemoved:Delete"]), Colour.RED, "DeleteMarkerCreated"),
        (to(QUEUE, events=["s3:ObjectRestore:*"]), Colour.RED, "does not tell the reaper"),
        (to(QUEUE, prefix="prod/"), Colour.RED, "does not tell of every lock"),
        (to(QUEUE, suffix="prod.tfstate.tflock"), Colour.RED, "does not tell of every lock"),
        (to(QUEUE, suffix=".tfstate"), Colour.RED, "does not tell the reaper"),
        (to(DEV), Colour.RED, DEV),
        ({}, Colour.RED, "does not tell the reaper"),
        ({"EventBridgeConfiguration": {}}, Colour.RED, "no rule sends all of them to the reaper"),
    ],
)
def test_what_a_bucket_does_not_tell_is_named(notifications: Notifications, colour: Colour, seen: str) -> None:
    case = some_case(notifications)
    found = notification(case, hears(case))
    assert (found.colour, seen in found.seen) == (colour, True), found
    assert (found.fix is None) == (colour is Colour.GREEN)


def test_a_target_of_two_folders_is_told_by_two_notifications_and_an_encoded_prefix_is_read() -> None:
    first, second = to(QUEUE, prefix="env%3A/a+b/"), to(QUEUE, "tflock-reaper-2", prefix="net/")
    both = {"QueueConfigurations": [*first["QueueConfigurations"], *second["QueueConfigurations"]]}
    case = some_case(both, prefixes=("env:/a b/", "net/core/"))
    assert notification(case, hears(case)).colour is Colour.GREEN
    half = some_case(first, prefixes=("env:/a b/", "net/core/"))
    found = notification(half, hears(half))
    assert "under net/core/" in found.seen
    assert found.fix
    assert found.fix.cli == (
        f"tflocks connect acme-tfstate --prefix 'env:/a b/' --prefix net/core/ --queue {QUEUE} --region eu-west-1"
    )


def test_the_notification_of_another_stage_for_another_folder_stays() -> None:
    case = some_case(to(DEV, prefix="dev/"), prefixes=("prod/",))
    after = document(case, QUEUE)["QueueConfigurations"]
    assert [(one["Id"], one["QueueArn"]) for one in after] == [("tflock-reaper", DEV), ("tflock-reaper-2", QUEUE)]


def test_everything_that_the_bucket_tells_others_stays_when_it_is_made_to_tell_the_reaper() -> None:
    images = to(FUNCTION, "images", prefix="images/", suffix=".png")
    case = some_case({**to(DEV), **images, "EventBridgeConfiguration": {}})
    after = document(case, QUEUE)
    assert after["LambdaFunctionConfigurations"] == images["LambdaFunctionConfigurations"]
    assert after["EventBridgeConfiguration"] == {}
    assert [one["QueueArn"] for one in after["QueueConfigurations"]] == [QUEUE]


def test_a_fix_that_takes_the_locks_from_another_stage_says_so() -> None:
    case = some_case(to(DEV))
    fix = notification(case, hears(case)).fix
    assert fix
    assert f"{DEV} then hears no more of these locks" in fix.do


@pytest.mark.parametrize("arn", [OTHER, TOPIC, FUNCTION])
@pytest.mark.parametrize("suffix", ["", ".tflock", "prod.tfstate.tflock"])
def test_somebody_else_s_notification_of_the_locks_keeps_ours_out_and_eventbridge_goes_around_it(
    arn: str, suffix: str
) -> None:
    case = some_case(to(arn, "theirs", suffix=suffix))
    found = shadow(case, hears(case, some_topic(TOPIC, subscription=None)))
    assert (found.colour, "theirs" in found.seen) == (Colour.RED, True)
    assert found.fix
    assert "put-rule" in found.fix.cli
    assert "EventBridgeConfiguration" in found.fix.cli
    assert arn in found.fix.cli, "theirs has to stay"


def test_somebody_else_s_notification_of_other_keys_or_events_is_in_nobody_s_way() -> None:
    for theirs in (to(OTHER, "x", suffix=".png"), to(OTHER, "x", events=["s3:ObjectRestore:*"])):
        case = some_case(theirs)
        assert shadow(case, hears(case)).colour is Colour.GREEN


def test_a_rule_that_waits_for_eventbridge_is_not_made_again() -> None:
    case = some_case(to(OTHER, "theirs"))
    fix = shadow(case, hears(case, rules=(some_rule(),))).fix
    assert fix
    assert "put-rule" not in fix.cli


def test_a_topic_that_the_queue_has_subscribed_to_is_a_way_and_no_obstacle() -> None:
    case = some_case(to(TOPIC, "theirs"))
    found = hears(case, some_topic(TOPIC))
    assert notification(case, found).colour is Colour.GREEN
    assert shadow(case, found).colour is Colour.GREEN


def test_a_pattern_that_cannot_be_judged_is_neither_green_nor_red() -> None:
    case = some_case({"EventBridgeConfiguration": {}})
    rule = some_rule(pattern={"source": ["aws.s3"], "detail": {"object": {"size": [{"numeric": ["<", 9999]}]}}})
    assert notification(case, hears(case, rules=(rule,))).colour is Colour.GREY


def test_a_rule_that_names_other_buckets_is_made_to_name_this_one_too() -> None:
    names = {"source": ["aws.s3"], "detail": {"bucket": {"name": ["acme-tfstate"]}, "object": {"key": ["a.tflock"]}}}
    case = some_case({"EventBridgeConfiguration": {}})
    found = hears(case, rules=(some_rule(pattern=names | {"detail-type": ["Object Created"]}),))
    assert found.ways == ()
    by_type = some_rule(pattern={"source": ["aws.s3"], "detail-type": ["Object Created"]})
    fix = notification(case, hears(case, rules=(by_type,))).fix
    assert fix
    assert '"detail-type":["Object Created","Object Deleted"]' in fix.cli


@pytest.mark.parametrize(
    ("names", "mended"),
    [
        (None, '"name":[{"anything-but":["acme-tfstate"]}]'),
        (["acme-tfstate", "acme-other"], '"name":["acme-other"]'),
        (["acme-tfstate"], "aws events disable-rule"),
    ],
)
def test_a_bucket_that_tells_twice_is_left_out_of_the_rule_and_every_other_stays(
    names: list[str] | None, mended: str
) -> None:
    detail = LOCKED if names is None else LOCKED | {"bucket": {"name": names}}
    case = some_case({"EventBridgeConfiguration": {}, **to(QUEUE)})
    found = twice(case, hears(case, rules=(some_rule(pattern={"source": ["aws.s3"], "detail": detail}),)))
    assert found.colour is Colour.YELLOW
    assert found.fix
    assert mended in found.fix.cli


@pytest.mark.parametrize("name", [{"prefix": "acme-"}, {"wildcard": "*-tfstate"}, {"anything-but": ["x"]}, {"odd": 1}])
def test_a_rule_that_cannot_leave_one_bucket_out_gets_no_command_that_changes_nothing(name: Any) -> None:
    detail = LOCKED | {"bucket": {"name": [name, "acme-tfstate"]}}
    case = some_case({"EventBridgeConfiguration": {}, **to(QUEUE)})
    found = twice(case, hears(case, rules=(some_rule(pattern={"source": ["aws.s3"], "detail": detail}),)))
    assert found.fix
    assert (found.colour, found.fix.cli) == (Colour.YELLOW, "")
    assert "leave this bucket out" in found.fix.do


LOCKED = {"object": {"key": [{"suffix": ".tflock"}]}}


def test_a_bucket_in_another_region_is_told_by_a_topic_there_and_in_another_account_the_reaper_s_subscribes() -> None:
    case = some_case({}, region="us-east-1", account=MEMBER)
    fix = notification(case, hears(case)).fix
    assert fix
    deploy, subscribe, put = fix.cli.splitlines()
    assert deploy.startswith("aws cloudformation deploy --region us-east-1 --stack-name tflock-reaper-prod-topic ")
    assert f"ReaperQueueArn={QUEUE}" in deploy
    assert f"--topic-arn arn:aws:sns:us-east-1:{MEMBER}:tflock-reaper-prod" in subscribe
    assert "TopicConfigurations" in put
    assert "module" in fix.hcl


def test_beside_somebody_else_s_notification_a_bucket_elsewhere_is_told_by_a_rule_to_the_bus() -> None:
    case = some_case(to(OTHER.replace("eu-west-1", "us-east-1"), "theirs"), region="us-east-1")
    fix = shadow(case, hears(case)).fix
    assert fix
    assert "Way=eventbridge" in fix.cli
    assert f"ReaperBusArn={BUS}" in fix.cli


@pytest.mark.parametrize(
    ("ours", "colour"),
    [
        ("tflock-reaper", Colour.YELLOW),
        ("anything", Colour.YELLOW),
        ("tflock-reaper-in-terraform", Colour.GREEN),
        ("tf-s3-queue-2026", Colour.GREEN),
    ],
)
def test_ours_beside_terraform_s_is_about_to_go_unless_its_id_says_that_it_is_in_the_configuration(
    ours: str, colour: Colour
) -> None:
    theirs = to(OTHER, "tf-s3-queue-2025", suffix=".png")["QueueConfigurations"]
    case = some_case({"QueueConfigurations": [*theirs, *to(QUEUE, ours)["QueueConfigurations"]]})
    found = terraform(case)
    assert found.colour is colour
    if found.fix:
        assert f'queue_arn     = "{OTHER}"' in found.fix.hcl
        assert '"tflock-reaper-in-terraform"' in found.fix.hcl


def test_a_bucket_that_terraform_took_the_notification_from_gets_the_whole_resource() -> None:
    case = some_case(to(OTHER, "tf-s3-queue-2025", suffix=".png"))
    fix = notification(case, hears(case)).fix
    assert fix
    assert "Terraform manages this bucket's notifications (Id tf-s3-queue-2025)" in fix.do
    assert fix.hcl.count("queue {") == 2


def test_no_arn_of_another_partition_is_made_up() -> None:
    parts = some_parts("aws-cn")
    case = some_case({}, parts=parts, region="cn-north-1")
    fix = notification(case, hears(case)).fix
    assert fix
    assert "arn:aws:" not in fix.cli + fix.hcl


def test_each_event_has_its_form_in_eventbridge() -> None:
    bodies = [body_of(some_case(), "a.tflock", event) for event in ALL]
    assert (
        len({(one["detail-type"], one["detail"]["reason"], one["detail"].get("deletion-type")) for one in bodies}) == 8
    )


def test_a_rule_for_delete_markers_only_does_not_tell_of_deletes_for_good() -> None:
    detail = LOCKED | {"deletion-type": [{"exists": False}, "Delete Marker Created"]}
    case = some_case({"EventBridgeConfiguration": {}})
    found = notification(case, hears(case, rules=(some_rule(pattern={"source": ["aws.s3"], "detail": detail}),)))
    assert (found.colour, "s3:ObjectRemoved:Delete" in found.seen) == (Colour.RED, True)


@pytest.mark.parametrize(
    ("theirs", "filtered"),
    [
        (to(TOPIC, "theirs", events=["s3:ObjectCreated:Put", "s3:ObjectRestore:*"], suffix=""), []),
        (to(TOPIC, "theirs", prefix="prod/", suffix="lock"), [{"Name": "suffix", "Value": "lock"}]),
        (to(TOPIC, "theirs", suffix="a.tflock"), []),
    ],
)
def test_somebody_else_s_topic_that_the_queue_hears_is_told_more_and_nothing_less(
    theirs: Notifications, filtered: list[dict[str, str]]
) -> None:
    case = some_case(theirs)
    [entry] = document(case, TOPIC)["TopicConfigurations"]
    before = theirs["TopicConfigurations"][0]["Events"]
    assert {one for one in before if one.startswith("s3:ObjectRestore")} <= set(entry["Events"])
    assert (entry["Id"], entry["Filter"]["Key"]["FilterRules"]) == ("theirs", filtered)
    again = some_case({"TopicConfigurations": [entry]})
    assert notification(again, hears(again, some_topic(TOPIC))).colour is Colour.GREEN
