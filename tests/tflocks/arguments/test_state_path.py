import pytest

from tflocks.arguments.state_path import StatePathError, split


@pytest.mark.parametrize(
    "text",
    ["acme-tfstate/prod/x.tfstate", "s3://acme-tfstate/prod/x.tfstate", "S3://acme-tfstate/prod/x.tfstate.tflock"],
)
def test_a_state_is_understood_as_people_write_it(text: str) -> None:
    assert split(text) == ("acme-tfstate", "prod/x.tfstate")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("acme-tfstate", "no state key after the bucket"),
        ("acme-tfstate/.tflock", "no state key"),
        ("https://acme-tfstate.s3.amazonaws.com/x", "https:// is not S3"),
        ("arn:aws:s3:::acme/x", "not the name of a bucket"),
        ("UPPER/x", "not the name of a bucket"),
        ("acme/" + "é" * 600, "1024 bytes"),
        ("", "not the name of a bucket"),
    ],
)
def test_what_names_no_state_is_told_what_is_expected(text: str, said: str) -> None:
    with pytest.raises(StatePathError, match=said):
        split(text)


def test_only_what_stands_before_all_is_a_scheme() -> None:
    assert split("acme-tfstate/a://b") == ("acme-tfstate", "a://b")
    assert split("s3://acme-tfstate/https://x") == ("acme-tfstate", "https://x")
