"""Run a function's first event in a new process, as Lambda starts one, and say what CPU it took."""

import json
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from bench.click.code import Code
from bench.click.stack import Stack

# -I and -S: nothing but the code, as in Lambda. -B: the code is not a function's to change.
_ALONE = ("-I", "-S", "-B")
_ONE_EVENT = """
import importlib, io, json, os, sys, time
given = json.load(sys.stdin)
sys.path[:0] = given["path"]
class Context:
    function_name = "bolt"
    def get_remaining_time_in_millis(self): return 60_000
out, sys.stdout = sys.stdout, io.StringIO()
before = time.process_time()
module, _, function = given["handler"].rpartition(".")
run = getattr(importlib.import_module(module), function)
started = time.process_time()
answer = run(given["event"], Context())
ended = time.process_time()
print(json.dumps([before, started, ended, len(sys.modules), answer]), file=out)
"""


class Cost(NamedTuple):
    """Milliseconds of CPU (user and system) since the process began."""

    python: float
    """Python itself."""
    start: float
    """Until the function could take an event: Lambda's init phase."""
    answer: float
    """Until the first event was handled."""
    modules: int


def first(python: Path, code: Code, handler: str, event: dict[str, Any], stack: Stack) -> Cost:
    """Run one function's first event.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    given = {"path": list(map(str, code.path)), "handler": handler, "event": event}
    rules = {"RULES_FILE": str(code.rules)} if code.rules else {}
    command = [str(python), *_ALONE, "-c", _ONE_EVENT]
    environment = stack.environment | rules
    run = subprocess.run(command, input=json.dumps(given), env=environment, capture_output=True, text=True)  # noqa: S603, PLW1510
    if run.returncode:
        raise RuntimeError(f"{handler}: {run.stderr[-3000:]}")
    before, started, ended, modules, answer = json.loads(run.stdout.splitlines()[-1])
    if answer and answer.get("statusCode", 200) != 200:  # noqa: PLR2004
        raise RuntimeError(f"{handler}: {answer}\n{run.stderr[-3000:]}")
    return Cost(1000 * before, 1000 * started, 1000 * ended, modules)
