"""What the end-to-end tests need of a machine: a reason to skip on a user's, a failure in CI."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

from demo.browser import find_browser
from demo.terraform import find_terraform
from deploy import runtime


def terraform() -> str:
    """The program; skips or fails without one."""
    return find_terraform() or _missing("no terraform or tofu on the PATH")


def browser() -> str:
    """The program; skips or fails without one."""
    return find_browser() or _missing("no Chromium or Chrome on the PATH")


def compiler_of_releases() -> Path:
    """The Python that compiles releases; skips or fails without it."""
    return runtime.find(runtime.COMPILER) or _missing(f"no Python {runtime.COMPILER}")


def signing() -> None:
    """Skip or fail without what signs and verifies a release."""
    for name in ("ssh-keygen", "sha256sum"):
        if not shutil.which(name):
            _missing(f"no {name} on the PATH")


def python_of_the_functions() -> Path:
    """A Python of the version that the functions run on; skips or fails without one."""
    return runtime.find() or _missing(f"no Python {runtime.VERSION}, which the functions run on")


_MIRRORS = ("/opt/*", "/usr/share/terraform/*", "/usr/local/share/terraform/*", "~/.terraform.d/*")
"""The folders in which Terraform itself looks for a mirror of providers, and where images keep one."""


def aws_provider() -> Path:
    """A mirror with Terraform's AWS provider. Skips without one: a download of 700 MB is nothing to ask for."""
    for pattern in _MIRRORS:
        root, _, name = pattern.rpartition("/")
        for mirror in sorted(Path(root).expanduser().glob(name)):
            if list(mirror.glob("registry.terraform.io/hashicorp/aws/*/*/terraform-provider-aws_*")):
                return mirror
    pytest.skip(f"no mirror with Terraform's AWS provider in {', '.join(_MIRRORS)}")


def _missing(what: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(f"{what}; in CI it has to be there")
    pytest.skip(what)
