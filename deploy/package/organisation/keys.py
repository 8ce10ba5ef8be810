"""Customer managed KMS keys: of the queues, of the lock book, of the functions' environment.

Nobody gets a right to a key who does not use what it encrypts: what a function uses is read from its role's policies.
"""

from collections.abc import Iterator

from chalicelib.core.partitions import through
from deploy.package.organisation.parts import (
    FUNCTION,
    KEY_ARN,
    QUEUE,
    ROLE,
    TABLE,
    Part,
    Template,
    add_parameter,
    allow,
    give,
    of_type,
    role_of,
    where_given,
)

_OF_QUEUES, _OF_TABLE, _OF_ENVIRONMENT = "QueueKmsKeyArn", "TableKmsKeyArn", "EnvironmentKmsKeyArn"
_SAYS = {
    _OF_QUEUES: "KMS key of the queues; S3, SNS and EventBridge must be let use it (docs/organisation-rules.md).",
    _OF_TABLE: "KMS key of the lock book's table; empty for DynamoDB's own.",
    _OF_ENVIRONMENT: "KMS key of the functions' environment variables, which hold no secret; empty for Lambda's own.",
}


def apply(template: Template) -> None:
    """Encrypt with these keys, and give the roles what that asks of them."""
    for name, says in _SAYS.items():
        add_parameter(template, name, KEY_ARN, says)
    _queues(template)
    _tables(template)
    _environment(template)


def _queues(template: Template) -> None:
    for queue in of_type(template, QUEUE).values():
        queue["Properties"]["KmsMasterKeyId"] = where_given(_OF_QUEUES, {"Ref": _OF_QUEUES})
        # SQS takes one kind of encryption and no other beside it.
        queue["Properties"]["SqsManagedSseEnabled"] = where_given(_OF_QUEUES, value=False, otherwise=True)
    senders = _allowed(template, "sqs:SendMessage")
    receivers = _allowed(template, "sqs:ReceiveMessage") - senders
    rights = {"SendUnderTheKey": (senders, ["kms:Decrypt", "kms:GenerateDataKey"])}
    rights |= {"ReceiveUnderTheKey": (receivers, ["kms:Decrypt"])} if receivers else {}
    for name, (roles, actions) in rights.items():
        give(template, name, roles, [_use(actions, _OF_QUEUES, "sqs")], f"Has{_OF_QUEUES}")


def _tables(template: Template) -> None:
    for table in of_type(template, TABLE).values():
        with_key = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": {"Ref": _OF_TABLE}}
        table["Properties"]["SSESpecification"] = where_given(_OF_TABLE, with_key)
    users = {role for table in of_type(template, TABLE) for role in _users_of(template, table)}
    give(template, "UseTheTablesKey", users, [_use(["kms:Decrypt"], _OF_TABLE, "dynamodb")], f"Has{_OF_TABLE}")


def _environment(template: Template) -> None:
    functions = of_type(template, FUNCTION).values()
    for function in functions:
        function["Properties"]["KmsKeyArn"] = where_given(_OF_ENVIRONMENT, {"Ref": _OF_ENVIRONMENT})
    read = _use(["kms:Decrypt"], _OF_ENVIRONMENT, "lambda")
    give(template, "ReadTheEnvironment", map(role_of, functions), [read], f"Has{_OF_ENVIRONMENT}")


def _use(actions: list[str], key: str, service: str) -> Part:
    """Return the right to use a key by way of one service of this region, and never by asking KMS itself."""
    way = {"Fn::Sub": through(service, "${AWS::Region}")}
    return allow("UseTheKey", actions, {"Ref": key}, {"StringLike": {"kms:ViaService": way}})


def _allowed(template: Template, action: str) -> set[str]:
    """Return the roles that may do this."""
    return {role for role, statement in _statements(template) if action in _listed(statement["Action"])}


def _users_of(template: Template, table: str) -> set[str]:
    """Return the roles that may do anything to a table of the stack."""
    return {role for role, statement in _statements(template) if _names(statement["Resource"], table)}


def _names(resource: Part, table: str) -> bool:
    return any(one in ({"Fn::GetAtt": [table, "Arn"]}, {"Fn::Sub": f"${{{table}.Arn}}"}) for one in _listed(resource))


def _statements(template: Template) -> Iterator[tuple[str, Part]]:
    """Return what the functions' own policies always allow, each with the role that has it."""
    for role, one in of_type(template, ROLE).items():
        own = (policy for policy in one["Properties"].get("Policies", []) if "PolicyDocument" in policy)
        for policy in own:
            yield from ((role, part) for part in policy["PolicyDocument"]["Statement"] if part["Effect"] == "Allow")


def _listed(value: Part) -> list[Part]:
    return value if isinstance(value, list) else [value]
