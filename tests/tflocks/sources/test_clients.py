import pytest

from tflocks.sources.clients import Clients


@pytest.mark.parametrize(
    ("option", "environment", "region"),
    [
        ("eu-north-1", {"AWS_REGION": "eu-west-1"}, "eu-north-1"),
        (None, {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-1"),
        (None, {"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-2"),
    ],
)
def test_the_region_is_the_option_s_or_that_of_the_environment_as_in_the_aws_cli(
    option: str | None, environment: dict[str, str], region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (environment | {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    clients = Clients(None, option)
    assert (clients.logs.meta.region_name, clients.s3.meta.region_name) == (region, region)
