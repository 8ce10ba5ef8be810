"""The functions in a VPC, and Slack through a proxy."""

from deploy.package.organisation.parts import (
    FUNCTION,
    NOTHING,
    Part,
    Template,
    add_list,
    add_parameter,
    allow,
    give,
    of_type,
    role_of,
    where_given,
)

_SUBNETS, _GROUPS, _PROXY, _DIRECTLY = "VpcSubnetIds", "VpcSecurityGroupIds", "HttpsProxy", "NoProxy"
_IS_IN_VPC = "HasVpc"
_INTERFACES = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
]
"""What Lambda needs of a role to put its functions into a VPC (lambda/latest/dg/configuration-vpc.html)."""


def apply(template: Template) -> None:
    """Put every function into the VPC, and tell it the proxy."""
    says = "Subnets that the functions run in, of two zones or more; empty: no VPC (docs/organisation-rules.md)."
    add_list(template, _SUBNETS, "^(subnet-[0-9a-f]{8,17})?$", says)
    template["Conditions"][_IS_IN_VPC] = {"Fn::Not": [{"Fn::Equals": [{"Fn::Join": ["", {"Ref": _SUBNETS}]}, ""]}]}
    says = "Security groups of the functions, where they run in subnets of yours."
    add_list(template, _GROUPS, "^(sg-[0-9a-f]{8,17})?$", says)
    template.setdefault("Rules", {})["VpcIsWhole"] = {"Assertions": [_both_or_neither()]}
    functions = of_type(template, FUNCTION).values()
    network = {"SubnetIds": {"Ref": _SUBNETS}, "SecurityGroupIds": {"Ref": _GROUPS}}
    for function in functions:
        function["Properties"]["VpcConfig"] = {"Fn::If": [_IS_IN_VPC, network, NOTHING]}
    give(template, "UseTheNetwork", map(role_of, functions), [_let_lambda(), _not_the_code()], _IS_IN_VPC)
    _proxy(template)


def _both_or_neither() -> Part:
    none_of = [{"Fn::EachMemberEquals": [{"Ref": name}, ""]} for name in (_SUBNETS, _GROUPS)]
    return {
        "Assert": {"Fn::Or": [{"Fn::And": none_of}, {"Fn::Not": [{"Fn::Or": none_of}]}]},
        "AssertDescription": f"Give both {_SUBNETS} and {_GROUPS}, or neither.",
    }


def _let_lambda() -> Part:
    return allow("MakeNetworkInterfaces", _INTERFACES, "*")


def _not_the_code() -> Part:
    """Return the statement by which only Lambda itself uses these rights, and never what runs in a function.

    Lambda sets this key on the calls of a function's code alone.
    """
    any_of_here = {"Fn::Sub": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:*"}
    return {
        "Sid": "OnlyLambdaItself",
        "Effect": "Deny",
        "Action": "ec2:*",  # more than AWS's own example, and shorter: a role's policies have 10,240 characters
        "Resource": "*",
        "Condition": {"ArnLike": {"lambda:SourceFunctionArn": any_of_here}},
    }


def _proxy(template: Template) -> None:
    says = "The proxy through which Slack is reached, like http://proxy.example.com:3128; empty for none."
    add_parameter(template, _PROXY, r"^(https?://[^\s,]+)?$", says)
    says = "What is reached without the proxy, in the form of NO_PROXY; empty for AWS's own host names."
    add_parameter(template, _DIRECTLY, r"^\S*$", says)
    aws = {"Fn::Sub": ".${AWS::URLSuffix},localhost,127.0.0.1"}
    directly = where_given(_DIRECTLY, {"Ref": _DIRECTLY}, aws)
    template["Globals"]["Function"]["Environment"]["Variables"] |= {
        "HTTPS_PROXY": where_given(_PROXY, {"Ref": _PROXY}),
        "NO_PROXY": {"Fn::If": [f"Has{_PROXY}", directly, NOTHING]},
    }
