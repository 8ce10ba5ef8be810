"""From Chalice's template to that of the stack, which every installation has; its choices are parameters."""

import json
from typing import Any

from chalicelib import checked_rules
from deploy import runtime
from deploy.package import queue_policies, stamp, streams
from deploy.package.organisation import boundary, concurrency, keys, network, tracing

Template = dict[str, Any]
_API, _API_HANDLER = "APIHandler", "chalicelib.entries.slack.app"
"""The function behind the API. Chalice calls its handler ``app.app``, and would have it import all other functions."""
_CODE = {"Bucket": {"Ref": "ArtifactsBucket"}, "Key": {"Ref": "CodeKey"}}
# Last, so that they are laid over all that the stack has.
_ORGANISATIONS_RULES = (boundary.apply, network.apply, keys.apply, concurrency.apply, tracing.apply)


def stack_template(made_by_chalice: Template) -> Template:
    """Return the template of the stack."""
    template: Template = json.loads(json.dumps(made_by_chalice))
    for function in _functions(template).values():
        function["CodeUri"] = _CODE
        # Chalice's, which calls every stage "dev"; the stack's are passed on to each function.
        function.pop("Tags", None)
        function["Runtime"] = f"python{runtime.VERSION}"
    _functions(template)[_API]["Handler"] = _API_HANDLER
    template["Parameters"] |= streams.parameters() | _rules_format()
    template["Conditions"] |= streams.conditions()
    template["Resources"] |= streams.resources()
    template["Resources"] = queue_policies.with_policies(template["Resources"])
    template["Outputs"] |= stamp.outputs()
    for rule in _ORGANISATIONS_RULES:
        rule(template)
    return _without_aliases(template)


def _without_aliases(template: Template) -> Template:
    """Return it with each part a thing of its own: YAML writes one that is there twice as an alias.

    CloudFormation takes none (AWSCloudFormation/latest/UserGuide/template-formats.html).
    """
    parts: Template = json.loads(json.dumps(template))
    return parts


def _rules_format() -> Template:
    """Return the parameter that ends a deployment of rules and code that do not fit, before anything is made."""
    says = "The format of the rules layer, which this code reads. From `make deploy` or the check of reaper.toml."
    fails = (
        f"this version of tflock-reaper reads rules of format {checked_rules.FORMAT}; have the same version check "
        "reaper.toml, and give the parameters and the rules layer that come of that"
    )
    allowed = [str(checked_rules.FORMAT)]
    return {
        "RulesFormat": {
            "Type": "String",
            "AllowedValues": allowed,
            "Description": says,
            "ConstraintDescription": fails,
        }
    }


def _functions(template: Template) -> dict[str, Template]:
    """Return the properties of each function, by its logical ID."""
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
