"""How many of each function run at once: reserved for it, and no more."""

from deploy.package.organisation.parts import FUNCTION, Part, Template, add_parameter, of_type, where_given

_FROM_ONE, _FROM_TWO = "^([1-9][0-9]{0,3})?$", "^([2-9]|[1-9][0-9]{1,2}|1000)?$"
"""Never 0, which stops a function without a word; a queue's limit is from 2 to 1,000 (Lambda, ScalingConfig)."""


def apply(template: Template) -> None:
    """Reserve for each function what it is given.

    Where a function takes from a queue, Lambda takes no more messages at once than are reserved: a message for which no
    function is free comes back, and after some times is a dead letter (lambda/latest/dg/services-sqs-scaling.html).
    """
    for name, function in of_type(template, FUNCTION).items():
        parameter, queues = f"{name}Concurrency", _queues(function)
        says = (
            f"How many of {name} run at once, out of the account's limit and kept free for it; empty for no such limit."
        )
        add_parameter(template, parameter, _FROM_TWO if queues else _FROM_ONE, says)
        function["Properties"]["ReservedConcurrentExecutions"] = where_given(parameter, {"Ref": parameter})
        for queue in queues:
            scaling = queue["ScalingConfig"]
            scaling["MaximumConcurrency"] = where_given(parameter, {"Ref": parameter}, scaling["MaximumConcurrency"])


def _queues(function: Template) -> list[Part]:
    """Return the properties of the queues that a function takes from."""
    events = function["Properties"].get("Events", {}).values()
    return [event["Properties"] for event in events if event["Type"] == "SQS"]
