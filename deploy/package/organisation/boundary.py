"""A permissions boundary on every role of the stack."""

from deploy.package.organisation.parts import ROLE, Template, add_parameter, of_type, where_given

_NAME = "PermissionsBoundaryArn"
_PATTERN = "^(arn:[a-z0-9-]+:iam::([0-9]{12}|aws):policy/.+)?$"


def apply(template: Template) -> None:
    """Put the boundary on every role. What a function may do is what its policies and the boundary allow both."""
    add_parameter(template, _NAME, _PATTERN, "The managed policy that bounds every role of this stack; empty for none.")
    for role in of_type(template, ROLE).values():
        role["Properties"]["PermissionsBoundary"] = where_given(_NAME, {"Ref": _NAME})
