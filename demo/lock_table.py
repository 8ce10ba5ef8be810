"""Make and look into a lock table on the local cloud, as runs with ``dynamodb_table`` use it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from demo.local_cloud import LocalCloud
from demo.terraform import LOCK_TABLE

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

Item = Mapping[str, Any]
"""An item as DynamoDB's API writes it: each value with its type."""
_DIGEST = "-md5"


class LockTable:
    """The lock table of a local cloud. Terraform keeps lock items and digest items in it."""

    def __init__(self, cloud: LocalCloud, name: str = LOCK_TABLE, identity: Mapping[str, str] | None = None) -> None:
        self.name = name
        self._cloud = cloud
        self._identity = identity  # without one it is in the stack's account and region

    def create(self) -> str:
        """Create the table, as Terraform's documentation asks for it, with a stream; return the stream's ARN."""
        made = self._client().create_table(
            TableName=self.name,
            KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        return made["TableDescription"]["LatestStreamArn"]

    def lock(self, state_path: str) -> Item | None:
        """Return the item under a lock's key; None if there is none."""
        return self._client().get_item(TableName=self.name, Key=_key(state_path), ConsistentRead=True).get("Item")

    def digest(self, state_path: str) -> Item | None:
        """Return the digest item of a state; None if there is none."""
        return self.lock(state_path + _DIGEST)

    def put(self, state_path: str, attributes: Item) -> bool:
        """Put an item as Terraform takes a lock, only if there is none; return whether it was put."""
        try:
            self._client().put_item(
                TableName=self.name,
                Item=_key(state_path) | dict(attributes),
                ConditionExpression="attribute_not_exists(LockID)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def delete(self, state_path: str) -> None:
        """Delete a lock's item as its holder does: whatever is there."""
        self._client().delete_item(TableName=self.name, Key=_key(state_path))

    def _client(self) -> "DynamoDBClient":
        client: DynamoDBClient = self._cloud.client("dynamodb", self._identity)
        return client


def _key(state_path: str) -> dict[str, Any]:
    return {"LockID": {"S": state_path}}
