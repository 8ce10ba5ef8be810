"""Try what the roles of a deployed stack's functions may do."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from demo.local_cloud import LocalCloud
from deploy.package.build import build

# Stands in for a function's code and tells what the function's role lets it do.
PROBE = """
import boto3
from botocore.exceptions import ClientError

def probe(asked, _context):
    answers, session = [], {}
    if asked["enter"]:
        try:
            given = boto3.client("sts").assume_role(**asked["enter"])["Credentials"]
        except ClientError as error:
            return [error.response["Error"]["Code"]]
        names = {"aws_access_key_id": "AccessKeyId", "aws_secret_access_key": "SecretAccessKey"}
        names["aws_session_token"] = "SessionToken"
        session = {name: given[theirs] for name, theirs in names.items()}
    for service, name, arguments in asked["calls"]:
        try:
            getattr(boto3.client(service, **session), name)(**arguments)
            answers.append("ok")
        except ClientError as error:
            answers.append(error.response["Error"]["Code"])
    return answers
"""


class Stack:
    """A deployed stack whose functions can be made to try things."""

    def __init__(self, cloud: LocalCloud, outputs: dict[str, str], stage: str = "test") -> None:
        self.cloud = cloud
        self.outputs = outputs
        self._stage = stage

    def attempt(
        self, function: str, *calls: tuple[str, str, dict[str, Any]], enter: Mapping[str, str] | None = None
    ) -> list[str]:
        """Return what AWS answers to calls made with the role of a function.

        ``enter`` has the arguments of AssumeRole: then the calls are made in that session, and one answer says why
        there is none.
        """
        role = self.role(function)
        client = self.cloud.client("lambda")
        # A function sees nothing of this environment, so the probe goes into the package, which has boto3.
        code = io.BytesIO(build(self.cloud.target).code.read_bytes())
        with zipfile.ZipFile(code, "a") as archive:
            archive.writestr("probe.py", PROBE)
        name = f"probe-{self._stage}-{function}"
        names = {f["FunctionName"] for f in client.list_functions()["Functions"]}
        if name not in names:
            settings = {"Runtime": "python3.11", "Handler": "probe.probe", "Timeout": 30}
            client.create_function(FunctionName=name, Role=role, Code={"ZipFile": code.getvalue()}, **settings)
        answer = client.invoke(FunctionName=name, Payload=json.dumps({"enter": enter, "calls": calls}).encode())
        answers: list[str] = json.loads(answer["Payload"].read())
        return answers

    def role(self, function: str) -> str:
        """Return the ARN of a function's role."""
        functions = self.cloud.client("lambda").list_functions()["Functions"]
        name = f"tflock-reaper-{self._stage}-{function}-"
        (role,) = [f["Role"] for f in functions if f["FunctionName"].startswith(name)]
        return str(role)
