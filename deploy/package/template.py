"""From Chalice's template to that of the stack, which every installation has; its choices are parameters."""

import json
from typing import Any

from deploy import runtime
from deploy.package import queue_policies, streams

Template = dict[str, Any]
_CODE = {"Bucket": {"Ref": "ArtifactsBucket"}, "Key": {"Ref": "CodeKey"}}


def stack_template(made_by_chalice: Template) -> Template:
    """Return the template of the stack."""
    template: Template = json.loads(json.dumps(made_by_chalice))
    for function in _functions(template).values():
        function["CodeUri"] = _CODE
        function["Runtime"] = f"python{runtime.VERSION}"
    template["Parameters"] |= streams.parameters()
    template["Conditions"] |= streams.conditions()
    template["Resources"] |= streams.resources()
    template["Resources"] = queue_policies.with_policies(template["Resources"])
    return template


def _functions(template: Template) -> dict[str, Template]:
    """Return the properties of each function, by its logical ID."""
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
