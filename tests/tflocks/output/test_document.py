import json

from chalicelib.core.audit.window import Window
from tests.tflocks.story import a_hold, at
from tflocks.holds.history import History, SourceStatus
from tflocks.output.document import document
from tflocks.output.rows import hold_row


def test_the_document_is_one_json_object_in_ascii_that_names_its_sources() -> None:
    hold = a_hold(0, 10, who="\x1b]0;x\x07\x9b31m\x7f\u202eé")
    found = History(holds=[hold], journal=SourceStatus(read=False, problem="denied"), notes=("versions: none \x1b",))
    text = document({"holds": [hold_row(hold, at(60))]}, found, Window(at(-60), at(60)))
    assert text.replace("\n", "").isprintable()
    assert text.isascii()
    told = json.loads(text)
    assert (told["schema"], told["generated_at"]) == (1, "2026-11-21T13:00:00.000Z")
    assert told["sources"]["journal"] == {"asked": True, "read": False, "problem": "denied"}
    assert told["holds"][0]["who"] == hold.who
    assert told["notes"] == ["versions: none \x1b", *found.gaps]
    assert len(told["notes"]) == 2
