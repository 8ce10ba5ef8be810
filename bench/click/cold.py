"""What the first event of each function costs, from the start of its process: CPU, as ``bench.click.first`` takes it.

In one run, by turns: ours, ours before issue 14 (no bytecode, and each function imports all), and a Slack app of
bolt-python on Chalice. Each number is the best of all rounds, because whatever else the machine does only adds to it.
"""

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.click.code import Code, bolt, ours, ours_at
from bench.click.events import FIRSTS, First
from bench.click.first import Cost, first
from bench.click.stack import Stack, running
from deploy import runtime
from deploy.package.build import build
from deploy.package.target import of_lambda

BEFORE = "b342304"
"""The last commit whose package had no bytecode."""
_OURS, _BEFORE, _BOLT, _BOLT_PYC = "tflock-reaper", f"before ({BEFORE})", "bolt-python", "bolt-python, .pyc"


def main(rounds: int) -> None:
    """Measure all and print a table."""
    python = runtime.find()
    if python is None:
        print(f"no Python {runtime.VERSION} on this machine, so no first click is measured")
        return
    with TemporaryDirectory() as name, running(Path(name)) as stack:
        codes = _codes(stack, Path(name))
        print(f"Milliseconds of CPU until the first event was handled (until the function was ready), best of {rounds}")
        print(_row("", *codes))
        print(_row(*["---"] * (1 + len(codes))))
        for one in FIRSTS:
            costs = _best(python, one, codes, stack, rounds)
            print(_row(one.name, *[_shown(costs.get(which)) for which in codes]), flush=True)
    print(f"the code zip has {build(of_lambda()).code.stat().st_size / 1e6:.1f} MB")


def _codes(stack: Stack, folder: Path) -> dict[str, Code]:
    target, toml = of_lambda(), stack.configuration
    _make_function(stack, "bolt")
    return {
        _OURS: ours(target, toml, folder / "ours"),
        _BEFORE: ours_at(BEFORE, target, toml, folder / "before"),
        _BOLT: bolt(target, folder / "bolt", with_bytecode=False),
        _BOLT_PYC: bolt(target, folder / "bolt-pyc", with_bytecode=True),
    }


def _make_function(stack: Stack, name: str) -> None:
    """Make the function that bolt-python's lazy listener invokes: the app's own, a second time."""
    role = stack.cloud.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("later.py", "def run(event, context):\n    return None\n")
    stack.cloud.client("lambda").create_function(
        FunctionName=name, Runtime="python3.13", Role=role, Handler="later.run", Code={"ZipFile": code.getvalue()}
    )


def _best(python: Path, one: First, codes: dict[str, Code], stack: Stack, rounds: int) -> dict[str, Cost]:
    measured = {which: code for which, code in codes.items() if one.of_bolt or "bolt" not in which}
    by_turns = [
        {which: first(python, code, one.handler(code), one.event(stack), stack) for which, code in measured.items()}
        for _ in range(rounds)
    ]
    return {which: min((costs[which] for costs in by_turns), key=lambda cost: cost.answer) for which in measured}


def _shown(cost: Cost | None) -> str:
    return f"{cost.answer:.0f} ({cost.start:.0f})" if cost else ""


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
