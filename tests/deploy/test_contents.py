"""What is in the zip of botocore: less to read, and the same services."""

import io
import re
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session

from deploy.package.contents.services import SERVICES, lean, without_prose
from deploy.package.contents.unneeded import needed

INSTALLED = Path(botocore.__file__).parent / "data"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ONCE = Config(retries={"total_max_attempts": 1})
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
    loader = Loader([str(data)], include_default_search_paths=False)
    loader.BUILTIN_DATA_PATH = str(data)  # or botocore takes the list of endpoints for somebody's own
    session.register_component("data_loader", loader)
    session.set_credentials("testing", "testing")
    return session


@pytest.fixture(scope="module")
def sessions(leaned: Path) -> tuple[Session, Session]:
    return a_session(INSTALLED), a_session(leaned)


def given(shape: Any) -> Any:
    """The least that a call may give for a shape."""
    if shape is None or shape.type_name == "structure":
        required = shape.required_members if shape else ()
        return {name: given(shape.members[name]) for name in required}
    least = max(int(shape.metadata.get("min", 3)), 3)
    values: dict[str, Any] = {
        "string": (getattr(shape, "enum", None) or ["x" * least])[0],
        "list": [given(shape.member)] if shape.type_name == "list" else None,
        "map": {},
        "boolean": True,
        "blob": b"x",
        "timestamp": 0,
    }
    return values.get(shape.type_name, least)


def requests_of(client: Any) -> dict[str, Any]:
    """What each operation of a service sends, but for times, signatures and what is made up anew for each call."""
    sent: list[Any] = []

    def hear(request: Any, **_: Any) -> AWSResponse:
        headers = {name: value for name, value in request.headers.items() if name in {"X-Amz-Target", "Content-Type"}}
        body = request.body.read() if hasattr(request.body, "read") else request.body
        sent.append((request.method, request.url.split("?X-Amz")[0], headers, _UUID.sub("a UUID", str(body))))
        return AWSResponse(request.url, 200, HTTPHeaders(), io.BytesIO(b""))

    client.meta.events.register("before-send", hear)
    requests = {}
    for method, operation in client.meta.method_to_api_mapping.items():
        shape = client.meta.service_model.operation_model(operation).input_shape
        sent.clear()
        try:
            getattr(client, method)(**given(shape))
        except Exception as error:  # noqa: BLE001  of whatever the empty answer is read as: alike for both
            sent.append(type(error).__name__)
        requests[operation] = [*sent]
    return requests


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_every_call_sends_what_the_whole_description_says(service: str, sessions: tuple[Session, Session]) -> None:
    whole, ours = [
        requests_of(session.create_client(service, region_name=REGIONS[0], config=ONCE)) for session in sessions
    ]
    assert ours == whole
    assert sum(isinstance(sent[0], tuple) for sent in ours.values() if sent) > len(ours) / 2


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
    assert without_prose(shape) == {"documentation": "", "members": {"documentation": {"shape": "Text"}}}


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
