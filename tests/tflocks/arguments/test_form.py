import click
import pytest

from tflocks.arguments.form import form


def test_standard_output_has_one_form() -> None:
    assert [form(as_json=one, as_csv=other) for one, other in ((True, False), (False, True), (False, False))] == [
        "json",
        "csv",
        "",
    ]
    with pytest.raises(click.UsageError, match="either --json or --csv"):
        form(as_json=True, as_csv=True)
