"""What is in the zip of botocore: less to read, and the same services."""

from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.session import Session

from deploy.package.contents.services import SERVICES, lean, without_prose
from deploy.package.contents.unneeded import needed

INSTALLED = Path(botocore.__file__).parent / "data"
REGIONS = ("eu-central-1", "us-gov-west-1", "cn-north-1", "eusc-de-east-1")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """What would be in the zip of the installed botocore."""
    own = (path for path in INSTALLED.rglob("*.json*") if path.parent.parent.name in SERVICES | {"ec2", "botocore"})
    everything = {f"botocore/data/{path.relative_to(INSTALLED).as_posix()}": path.read_bytes() for path in own}
    tops = {f"botocore/data/{path.name}": path.read_bytes() for path in INSTALLED.glob("*.json")}
    return lean(everything | tops | {"botocore/client.py": b""})


@pytest.fixture(scope="module")
def leaned(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the descriptions that a function reads."""
    folder = tmp_path_factory.mktemp("data")
    for name, content in files.items():
        path = folder / Path(name).relative_to("botocore/data" if "data" in name else "botocore")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def a_session(data: Path) -> Session:
    session = Session()
    session.register_component("data_loader", Loader([str(data)], include_default_search_paths=False))
    session.set_credentials("testing", "testing")
    return session


@pytest.fixture(scope="module")
def sessions(leaned: Path) -> tuple[Session, Session]:
    return a_session(INSTALLED), a_session(leaned)


def as_called(model: ServiceModel) -> Any:
    """All that a call is made of: operations with what they take and answer, and every shape with its members."""
    operations = {name: model.operation_model(name) for name in model.operation_names}
    shapes = {name: model.shape_for(name) for name in model.shape_names}
    return (
        {name: (one.http, one.input_shape and one.input_shape.name) for name, one in operations.items()},
        {name: (shape.type_name, shape.metadata, set(getattr(shape, "members", ()))) for name, shape in shapes.items()},
        model.metadata,
    )


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_service_is_called_as_the_whole_description_says(service: str, sessions: tuple[Session, Session]) -> None:
    whole, ours = [session.get_service_model(service) for session in sessions]
    assert as_called(ours) == as_called(whole)


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("service", sorted(SERVICES - {"organizations"}))
def test_a_service_is_where_it_was(service: str, region: str, sessions: tuple[Session, Session]) -> None:
    whole, ours = [session.create_client(service, region_name=region) for session in sessions]
    assert ours.meta.endpoint_url == whole.meta.endpoint_url
    assert ours.meta.method_to_api_mapping == whole.meta.method_to_api_mapping
    assert ours.waiter_names == whole.waiter_names


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_service_is_in_the_same_regions(service: str, sessions: tuple[Session, Session]) -> None:
    for partition in ("aws", "aws-us-gov", "aws-cn", "aws-eusc"):
        whole, ours = [session.get_available_regions(service, partition) for session in sessions]
        assert ours == whole


def test_nothing_is_described_that_is_not_called(files: dict[str, bytes]) -> None:
    folders = {name.split("/")[2] for name in files if name.count("/") > 2}
    assert folders == SERVICES
    assert "botocore/client.py" in files


def test_only_the_newest_version_of_a_service_is_described(files: dict[str, bytes]) -> None:
    assert len({name.rsplit("/", 1)[0] for name in files if name.count("/") > 2}) == len(SERVICES)


def test_a_member_that_is_called_documentation_stays() -> None:
    shape = {"documentation": "<p>What it is.</p>", "members": {"documentation": {"shape": "Text"}}}
    assert without_prose(shape) == {"members": {"documentation": {"shape": "Text"}}}


def test_what_nothing_imports_is_left_out() -> None:
    assert needed(
        [
            "boto3/data/dynamodb/2012-08-10/resources-1.json",
            "boto3/data/ec2/2016-11-15/resources-1.json",
            "slack_sdk/web/client.py",
            "slack_sdk/web/async_client.py",
            "slack_sdk/socket_mode/__init__.py",
            "aws_lambda_powertools/utilities/batch/base.py",
            "aws_lambda_powertools/utilities/kafka/__init__.py",
            "slack_sdk-3.47.0.dist-info/METADATA",
        ]
    ) == [
        "boto3/data/dynamodb/2012-08-10/resources-1.json",
        "slack_sdk/web/client.py",
        "aws_lambda_powertools/utilities/batch/base.py",
        "slack_sdk-3.47.0.dist-info/METADATA",
    ]
