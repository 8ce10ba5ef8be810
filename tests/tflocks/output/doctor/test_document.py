"""The doctor's report for programs."""

import json
from datetime import UTC, datetime

from tests.tflocks.output.doctor.findings import BUCKET, a_report, broken, unknown, well
from tests.tflocks.story import EVIL
from tflocks.output.doctor.document import document

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)


def test_the_document_has_every_finding_with_all_that_is_known_of_it() -> None:
    told = json.loads(document(a_report(broken(data={"status": "Suspended"}), well(), unknown()), NOW))
    assert (told["schema"], told["generated_at"]) == (1, "2026-11-26T03:00:00.000Z")
    assert told["counts"] == {"red": 1, "yellow": 0, "grey": 1, "green": 1}
    best, grey, red = told["findings"]
    assert (best["colour"], best["fix"], best["right"]) == ("green", None, None)
    assert (grey["colour"], grey["right"]) == ("grey", "cloudformation:DescribeStacks")
    assert (red["subject"], red["check"], red["data"]) == (BUCKET, "reach.subject", {"status": "Suspended"})
    assert red["fix"]["cli"].startswith("aws s3api put-bucket-policy")
    assert red["why"].endswith(".")


def test_the_document_is_ascii_whatever_others_wrote() -> None:
    assert document(a_report(broken(subject=EVIL + "\x7f\udcff")), NOW).replace("\n", "").isprintable()
    assert document(a_report(broken(subject=EVIL)), NOW).isascii()
