"""Where the deployed rules and the file at hand differ is told in the words of the file."""

import pytest

from chalicelib.config.file import parse
from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.reaper.rules import judge_rules
from deploy.commands import ROOT
from tests.aws.doctor.reaper.deployed import PARTS

EXAMPLE = (ROOT / "reaper.example.toml").read_text()
DEPLOYED = parse(EXAMPLE)


def test_the_same_rules_are_green() -> None:
    assert [one.colour for one in judge_rules("reaper", DEPLOYED, parse(EXAMPLE), PARTS)] == [Colour.GREEN]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('plan = "45m"', 'plan = "50m"', "plan 45 min"),
        ('app_id = "A0123ABCD"', 'app_id = "A0OTHER00"', "slack app_id: deployed A0123ABCD, in the file A0OTHER00"),
        ('releasers = ["U0123ABCD"]', 'releasers = ["*"]', "route all other states releasers: deployed U0123ABCD"),
        ('channel = "C0PAYMENTS"', 'channel = "C0OTHERS"', "channel: deployed C0PAYMENTS, in the file C0OTHERS"),
        (
            '[[targets]]\nbucket = "acme-tfstate"\n',
            '[[targets]]\nbucket = "acme-tfstate"\n\n[[targets]]\nbucket = "acme-new"\n',
            "bucket acme-new: deployed nothing",
        ),
        ('"network/", "env:/prod/"', '"network/"', "prefixes: deployed network/ env:/prod/, in the file network/"),
        ("[slack]", '[slack]\nundo = "5m"', "slack undo: deployed 10 min, in the file 5 min"),
    ],
)
def test_what_differs_is_named_with_both_values(before: str, after: str, said: str) -> None:
    assert before in EXAMPLE
    [one] = judge_rules("reaper", DEPLOYED, parse(EXAMPLE.replace(before, after, 1)), PARTS)
    assert one.colour is Colour.YELLOW
    assert any(said in line for line in one.details), one.details
    assert one.fix


def test_without_a_file_at_hand_or_rules_that_are_known_nothing_is_said() -> None:
    assert judge_rules("reaper", DEPLOYED, None, PARTS) == []
    assert judge_rules("reaper", None, DEPLOYED, PARTS) == []


def test_what_target_rules_found_is_in_no_file_and_no_difference() -> None:
    discover = '\n[[discover]]\nbuckets = ["found-*"]\n'
    at_hand = parse(EXAMPLE + discover)
    found = '\n[[targets]]\nbucket = "found-one"\n'
    assert [one.colour for one in judge_rules("reaper", parse(EXAMPLE + discover + found), at_hand, PARTS)] == [
        Colour.GREEN
    ]
