"""Test what is said of a bucket's notifications: as HCL, and as lines of what changes."""

from chalicelib.core.notifications.difference import difference
from chalicelib.core.notifications.hcl import our_blocks, resource, terraforms
from chalicelib.core.notifications.merging import Wanted, connected
from tests.core.notifications.test_merging import OTHERS, QUEUE

HCL = f"""\
resource "aws_s3_bucket_notification" "acme_tfstate" {{
  bucket      = "acme-tfstate"
  eventbridge = true

  queue {{
    id        = "q"
    queue_arn = "arn:q"
    events    = ["s3:ObjectCreated:Put"]
  }}

  queue {{
    id            = "tflock-reaper"
    queue_arn     = "{QUEUE}"
    events        = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"]
    filter_prefix = "env%3A/"
    filter_suffix = ".tflock"
  }}

  topic {{
    id        = "t"
    topic_arn = "arn:t"
    events    = ["s3:ObjectCreated:*"]
  }}

  lambda_function {{
    id                  = "l"
    lambda_function_arn = "arn:l"
    events              = ["s3:ObjectRemoved:*"]
  }}
}}
"""


def test_the_resource_has_all_notifications_ours_last_of_their_kind() -> None:
    assert resource("acme-tfstate", connected(OTHERS, Wanted(QUEUE, ("env:/",)))) == HCL


def test_our_blocks_are_those_of_the_resource() -> None:
    after = connected(OTHERS, Wanted(QUEUE, ("a/", "b/")))
    first, second = our_blocks(after).rstrip("\n").split("\n\n")
    assert first in resource("acme-tfstate", after)
    assert second in resource("acme-tfstate", after)


def test_foreign_text_in_hcl_is_text_and_no_template() -> None:
    told = {"QueueConfigurations": [{"Id": '"${file("x")}%{if}\\\n', "QueueArn": "arn:q", "Events": []}]}
    assert r'id        = "\"$${file(\"x\")}%%{if}\\\n"' in resource("acme-tfstate", told)


def test_a_bucket_whose_name_no_resource_can_have_gets_another() -> None:
    assert resource("1.acme-tfstate", {}).startswith('resource "aws_s3_bucket_notification" "bucket_1_acme_tfstate" {')


def test_terraform_is_known_by_the_ids_that_its_provider_makes_up() -> None:
    made_up = "tf-s3-topic-20261126004436000000000001"
    assert terraforms(connected(OTHERS, Wanted(QUEUE))) == ""
    assert terraforms(OTHERS | {"TopicConfigurations": [{"Id": made_up, "TopicArn": "t", "Events": []}]}) == made_up


def test_a_difference_has_what_stays_then_what_goes_and_what_comes() -> None:
    before = connected(OTHERS, Wanted(QUEUE, ("a/",)))
    told = difference(before, connected(OTHERS, Wanted(QUEUE, ("b/",))))
    assert [(line.mark, line.kind, line.keys) for line in told] == [
        (" ", "eventbridge", "*"),
        (" ", "queue", "*"),
        (" ", "topic", "*"),
        (" ", "lambda", "*"),
        ("-", "queue", "a/*.tflock"),
        ("+", "queue", "b/*.tflock"),
    ]
    assert difference(before, before) == [line for line in difference(before, before) if line.mark == " "]
