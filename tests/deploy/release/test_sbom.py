"""The software bill of materials: what the published schema says, and nothing that differs from run to run."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from referencing import Registry, Resource

from chalicelib.core.version import Version
from deploy.package import archive
from deploy.release.sbom import sbom

SCHEMAS = Path(__file__).parents[2] / "samples" / "cyclonedx"
VERSION, TIME = Version("1.0.0", "0" * 40), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ONE = """\
Metadata-Version: 2.4
Name: One_Package
Version: 1.2
License-Expression: MIT OR Apache-2.0
Requires-Dist: other.package (>=1)
Requires-Dist: not-shipped
Requires-Dist: third ; extra == "all"
"""
OTHER = "Metadata-Version: 2.1\nName: other-package\nVersion: 2\nLicense: The terms\n of these people\n"
THIRD = "Metadata-Version: 2.1\nName: third\nVersion: 3\nClassifier: License :: OSI Approved :: BSD License\n\nWords\n"
SILENT = "Metadata-Version: 2.1\nName: silent\nVersion: 4\n"


def schema_problems(document: Any) -> list[str]:
    """What the published schema of CycloneDX 1.5 has against a document."""
    schemas = {path.name: json.loads(path.read_text()) for path in SCHEMAS.glob("*.json")}
    registry: Registry[Any] = Registry().with_resources(
        (f"http://cyclonedx.org/schema/{name}", Resource.from_contents(one)) for name, one in schemas.items()
    )
    validator = jsonschema.Draft7Validator(
        schemas["bom-1.5.schema.json"], registry=registry, format_checker=jsonschema.FormatChecker()
    )
    return [error.message for error in validator.iter_errors(document)]


@pytest.fixture
def code(tmp_path: Path) -> Path:
    told = {"one_package-1.2": ONE, "other_package-2": OTHER, "third-3": THIRD, "silent-4": SILENT}
    files = {f"{name}.dist-info/METADATA": text.encode() for name, text in told.items()}
    archive.write(tmp_path / "code.zip", files | {"app.py": b"", "third-3.dist-info/licenses/METADATA": b"no"})
    return tmp_path / "code.zip"


def test_each_package_of_the_zip_is_named_with_its_version_and_its_licence(code: Path) -> None:
    components = json.loads(sbom(code, VERSION, TIME))["components"]
    assert [(one["purl"], one.get("licenses")) for one in components] == [
        ("pkg:pypi/one-package@1.2", [{"expression": "MIT OR Apache-2.0"}]),
        ("pkg:pypi/other-package@2", [{"license": {"name": "The terms"}}]),
        ("pkg:pypi/silent@4", None),
        ("pkg:pypi/third@3", [{"license": {"name": "BSD License"}}]),
    ]


def test_who_asks_for_whom_is_told_of_what_is_in_the_zip(code: Path) -> None:
    told = {one["ref"]: one["dependsOn"] for one in json.loads(sbom(code, VERSION, TIME))["dependencies"]}
    assert told["pkg:pypi/one-package@1.2"] == ["pkg:pypi/other-package@2"]
    assert len(told["pkg:generic/tflock-reaper@1.0.0"]) == 4


def test_the_document_is_of_this_zip_this_commit_and_its_time(code: Path) -> None:
    told = json.loads(sbom(code, VERSION, TIME))["metadata"]
    assert told["timestamp"] == "2026-01-02T03:04:05Z"
    [digest] = told["component"]["hashes"]
    assert digest == {"alg": "SHA-256", "content": hashlib.sha256(code.read_bytes()).hexdigest()}


def test_the_same_release_has_the_same_document_and_another_commit_another_serial_number(code: Path) -> None:
    assert sbom(code, VERSION, TIME) == sbom(code, VERSION, TIME)
    other = Version(VERSION.number, "1" * 40)
    numbers = {json.loads(sbom(code, version, TIME))["serialNumber"] for version in (VERSION, other)}
    assert len(numbers) == 2


def test_the_document_is_as_the_published_schema_says(code: Path) -> None:
    assert schema_problems(json.loads(sbom(code, VERSION, TIME))) == []


def test_the_schema_takes_not_just_anything() -> None:
    assert schema_problems({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"name": "a"}]}) != []
    no_number = {"bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": "1"}
    assert schema_problems(no_number) != []
