"""Make AWS identities on the local cloud, each as the environment of a program that runs as that identity."""

import json
from collections.abc import Mapping

from demo.local_cloud import LocalCloud

_VERSION = "2012-10-17"
_STATES = {
    "Version": _VERSION,
    "Statement": {"Effect": "Allow", "Action": ["s3:*", "dynamodb:*"], "Resource": "*"},
}
_TRUST = {
    "Version": _VERSION,
    "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}},
}


Identity = Mapping[str, str]
"""The environment of a program that runs as it. Below, ``root`` is that of an account other than the stack's."""


def user(cloud: LocalCloud, name: str) -> dict[str, str]:
    """Create an IAM user who may do everything with S3 and DynamoDB."""
    iam = cloud.client("iam")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="states", PolicyDocument=json.dumps(_STATES))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    own = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    return cloud.environment | own


def role(cloud: LocalCloud, name: str, root: Identity | None = None) -> str:
    """Create a role that anybody may assume and that may do everything with S3 and DynamoDB; return its ARN."""
    iam = cloud.client("iam", root)
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(_TRUST))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="states", PolicyDocument=json.dumps(_STATES))
    return str(made["Arn"])


def session(cloud: LocalCloud, role_arn: str, name: str, root: Identity | None = None) -> dict[str, str]:
    """Begin a session of a role, such as a CI run has, or a person who signed in by single sign-on."""
    given = cloud.client("sts", root).assume_role(RoleArn=role_arn, RoleSessionName=name)["Credentials"]
    return dict(root or cloud.environment) | {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }
