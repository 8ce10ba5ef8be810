"""Test that all that ships may, and that its licences go with it."""

from email import message_from_string
from importlib.metadata import distribution
from pathlib import Path

import pytest

from deploy.package.chalice_app import words_about_chalice
from deploy.supply.licences import notices, packages, refusal
from deploy.supply.pinned import SHIPPED, read

HEAD = "Metadata-Version: 2.4\nName: some\nVersion: 1.0\n"


def installed() -> dict[str, bytes]:
    """The dist-info of all that ships, as the code zip has it."""
    return words_about_chalice() | {
        str(file): file.read_binary()
        for one in read(SHIPPED)
        for file in distribution(one.name).files or []
        if ".dist-info/" in str(file) and Path(str(file.locate())).is_file()
    }


def test_every_package_that_ships_has_a_licence_that_allows_it() -> None:
    told = packages(installed())
    assert {one["Name"].lower() for one in told} >= {"boto3", "msgspec", "chalice"}
    assert len(told) == len(read(SHIPPED)) + 1
    assert [problem for one in told if (problem := refusal(one))] == []


def test_the_text_of_every_licence_goes_with_the_release() -> None:
    text = notices(installed())
    for one in packages(installed()):
        assert f"\n{one['Name']} {one['Version']}: " in text
    assert "the package has no text" not in text
    assert text.count("Permission is hereby granted") >= 4
    assert "Amazon.com, Inc. or its affiliates" in text  # the NOTICE files, which Apache-2.0 asks to pass on


@pytest.mark.parametrize(
    "told",
    [
        "License-Expression: MIT\n",
        "License-Expression: MIT AND BSD-3-Clause\n",
        "License-Expression: GPL-3.0-only OR MIT\n",
        "License-Expression: MIT\nLicense: something old\n",
        "License: MIT\n",
        "License: Dual License\nClassifier: License :: OSI Approved :: BSD License\n",
        "Classifier: License :: OSI Approved :: Apache Software License\n",
    ],
)
def test_a_licence_that_lets_the_code_be_passed_on_is_taken(told: str) -> None:
    assert refusal(message_from_string(HEAD + told)) is None


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("", "some 1.0: its licence is not told"),
        ("License:\n", "not told"),
        ("License: Proprietary\n", "Proprietary"),
        ("License-Expression: GPL-3.0-only\n", "GPL-3.0-only"),
        ("License-Expression: MIT AND GPL-3.0-only\n", "MIT AND GPL-3.0-only"),
        ("License-Expression: (MIT OR GPL-2.0)\n", "(MIT OR GPL-2.0)"),
        ("License-Expression: GPL-3.0-only\nLicense: MIT\n", "GPL-3.0-only"),
        ("License: MIT\nClassifier: License :: Other/Proprietary License\n", "Other/Proprietary License"),
    ],
)
def test_any_other_licence_is_told_with_its_package(told: str, words: str) -> None:
    problem = refusal(message_from_string(HEAD + told))
    assert problem
    assert words in problem
