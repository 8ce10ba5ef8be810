import io

import pytest

from tflocks.output.asking import confirmed


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("y\n", True), ("Yes\n", True), ("\n", False), ("", False), ("n\n", False), ("yep\n", False)],
)
def test_only_a_yes_is_a_yes(typed: str, answer: bool, capsys: pytest.CaptureFixture[str]) -> None:
    assert confirmed("Release this lock?", io.StringIO(typed)) is answer
    assert capsys.readouterr().err == "Release this lock? [y/N] "
