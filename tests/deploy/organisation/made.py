"""Make of the stack's template what CloudFormation makes of it: transformed, and decided for given parameters."""

from typing import Any

from tests.deploy.stack_files import Document

_NOTHING = {"Ref": "AWS::NoValue"}


def made(template: Document, **values: str) -> Document:
    """Return the resources that there are with these values of parameters, and with the defaults of all others."""
    stack = _Stack(template, values)
    resources = template["Resources"].items()
    there = {name: one for name, one in resources if "Condition" not in one or stack.holds(one["Condition"])}
    return {name: stack.decided(one) for name, one in there.items()}


def properties(resources: Document, kind: str) -> dict[str, Document]:
    """Return the properties of the resources of a type, by their logical IDs."""
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}


class _Stack:
    """A template and the values of its parameters."""

    def __init__(self, template: Document, values: dict[str, str]) -> None:
        defaults = {name: str(one.get("Default", f"<{name}>")) for name, one in template["Parameters"].items()}
        assert values.keys() <= defaults.keys()
        self._values = defaults | values
        self._conditions = template["Conditions"]

    def holds(self, name: str) -> bool:
        return self._is_true(self._conditions[name])

    def _is_true(self, part: Any) -> bool:
        ((function, given),) = part.items()
        if function == "Condition":
            return self.holds(given)
        if function == "Fn::Equals":
            first, second = map(self._text, given)
            return first == second
        all_of = [self._is_true(one) for one in given]
        return {"Fn::Not": not all_of[0], "Fn::And": all(all_of), "Fn::Or": any(all_of)}[str(function)]

    def _text(self, part: Any) -> str:
        if not isinstance(part, dict):
            return str(part)
        return self._values[part["Ref"]] if "Ref" in part else self._values[part["Fn::Join"][1]["Ref"]]

    def decided(self, part: Any) -> Any:
        """Return a part with its Fn::If decided, without what is AWS::NoValue, and with the values of parameters."""
        if isinstance(part, dict) and "Fn::If" in part:
            condition, first, second = part["Fn::If"]
            return self.decided(first if self.holds(condition) else second)
        if isinstance(part, dict) and part.get("Ref") in self._values:
            return self._values[part["Ref"]]
        if isinstance(part, dict):
            inside = {name: self.decided(one) for name, one in part.items()}
            return {name: one for name, one in inside.items() if one != _NOTHING}
        if isinstance(part, list):
            return [one for one in map(self.decided, part) if one != _NOTHING]
        return part
