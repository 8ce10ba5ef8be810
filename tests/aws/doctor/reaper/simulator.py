"""IAM's simulator by hand: moto has none. Its answers have the form of botocore's model (SimulatePrincipalPolicy)."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.faults.denied import DeniedClient


class Simulator(DeniedClient):
    """An IAM of which only the simulator may be asked: no policy can be read."""

    def __init__(self, answers: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.answers = answers or {}
        """What it says of some actions, beside or instead of what it says of all: that a request is allowed."""
        self.asked: list[dict[str, Any]] = []

    def get_paginator(self, name: str) -> Any:
        return self if name == "simulate_principal_policy" else super().get_paginator(name)

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        self.asked.append(asked)
        for action in asked["ActionNames"]:  # a listing page for each
            told = {"EvalActionName": action, "EvalDecision": "allowed", "EvalResourceName": asked["ResourceArns"][0]}
            yield {"EvaluationResults": [{**told, **self.answers.get(action, {})}]}
