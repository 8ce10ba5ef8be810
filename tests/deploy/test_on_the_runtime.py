"""The decisions and the configuration, tested on the Python that the functions run on.

All other tests run on the Python of this machine, in CI on the oldest that is supported. The rest of the functions runs
on their own Python on the local cloud.
"""

import hashlib
import os
import re
import subprocess
from pathlib import Path

import pytest

from deploy.commands import ROOT, run
from tests import needs

pytestmark = pytest.mark.thorough

ROOMS = ("core", "config")
NEEDED = (
    *("pytest", "iniconfig", "packaging", "pluggy", "pygments", "pytest-xdist", "execnet"),
    *("hypothesis", "sortedcontainers", "greenlet", "pyyaml"),
)
"""What tests need beside ``requirements.txt``."""
LEFT_OUT = (
    "--ignore=tests/core/doctor/bucket/test_keys.py",
    "--ignore=tests/core/doctor/bucket/test_policy.py",
    "--ignore=tests/core/doctor/reaper/roles/test_judging.py",
    "--deselect=tests/config/test_checked_rules.py::"
    "test_a_function_starts_and_reads_its_rules_without_the_reader_of_reaper_toml",
)
"""These need moto, MiniStack, Chalice or jsonschema."""
_PINNED = re.compile(r"^([a-z0-9][\w.-]*)==.*\n(?:    .*\n)*", re.MULTILINE)


def test_the_functions_own_python_passes_the_tests_that_need_little() -> None:
    tests = [*(f"tests/{room}" for room in ROOMS), *LEFT_OUT]
    only = ("-m", "not thorough and not local_cloud", "-q", "-p", "no:cacheprovider", "-n", "2")
    done = subprocess.run(  # noqa: S603
        [python_with_the_tests_needs(), "-m", "pytest", *only, *tests],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PYTHON"))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.findall(r"(\d+) passed", done.stdout)[0]) > 2500


def python_with_the_tests_needs() -> Path:
    """The runtime's Python in an environment of its own, which is made once for what is pinned."""
    python = needs.python_of_the_functions()
    text = (ROOT / "requirements.txt").read_text() + pinned_for_tests()
    digest = hashlib.sha256(f"{python}\n{text}".encode()).hexdigest()[:16]
    venv = ROOT / "build" / "runtime-tests" / digest
    if not (ready := venv / "ready").exists():
        run(python, "-m", "venv", "--clear", str(venv))
        (wanted := venv / "requirements.txt").write_text(text)
        taken = ("--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps", "--only-binary", ":all:")
        run(venv / "bin" / "python", "-m", "pip", "install", *taken, "--requirement", str(wanted), has_children=True)
        ready.touch()
    return venv / "bin" / "python"


def pinned_for_tests() -> str:
    """The parts of ``requirements-dev.txt`` that these tests need, with their hashes."""
    pinned = {found[1]: found[0] for found in _PINNED.finditer((ROOT / "requirements-dev.txt").read_text())}
    return "\n" + "".join(pinned[name] for name in NEEDED)
