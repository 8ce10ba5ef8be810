"""Write what the code zip is made of, as a CycloneDX document (https://cyclonedx.org/docs/1.5/json/).

It is made of the zip itself: each package in there has its metadata beside it. Neither a random number nor the time of
now is in it, so that the same release has the same document.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.message import Message
from pathlib import Path
from typing import Any

from chalicelib.core.version import Version
from deploy.package import archive
from deploy.supply import licences
from deploy.supply.pinned import normal

_NAME = re.compile(r"[A-Za-z0-9._-]+")
Part = dict[str, Any]


def sbom(code: Path, version: Version, time: datetime) -> bytes:
    """Return the document for a code zip."""
    packages = licences.packages(archive.read(code))
    product = _product(code, version)
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, f"{product['purl']}?commit={version.commit}").urn,
        "version": 1,
        "metadata": {"timestamp": f"{time:%Y-%m-%dT%H:%M:%SZ}", "component": product},
        "components": [_component(package) for package in packages],
        "dependencies": _dependencies(product, packages),
    }
    return json.dumps(document, indent=2).encode() + b"\n"


def _product(code: Path, version: Version) -> Part:
    purl = f"pkg:generic/tflock-reaper@{version.number}"
    return {
        "type": "application",
        "bom-ref": purl,
        "name": "tflock-reaper",
        "version": version.number,
        "purl": purl,
        "licenses": [{"expression": "Apache-2.0"}],
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(code.read_bytes()).hexdigest()}],
        "properties": [{"name": "commit", "value": version.commit}],
    }


def _component(package: Message) -> Part:
    licenses = _licenses(package)
    known = {"type": "library", "bom-ref": _purl(package), "name": package["Name"], "version": package["Version"]}
    return known | {"purl": _purl(package)} | ({"licenses": licenses} if licenses else {})


def _licenses(package: Message) -> list[Part]:
    """Return the licences that a package names: as an expression of SPDX, else in its own words."""
    if expression := package["License-Expression"]:
        return [{"expression": expression}]
    return [{"license": {"name": name}} for name in licences.named(package)]


def _purl(package: Message) -> str:
    return f"pkg:pypi/{normal(package['Name'])}@{package['Version']}"


def _dependencies(product: Part, packages: Iterable[Message]) -> list[Part]:
    """Return who asks for whom, of what is in the zip."""
    shipped = {normal(package["Name"]): package for package in packages}
    purls = {name: _purl(package) for name, package in shipped.items()}
    whole = {"ref": product["bom-ref"], "dependsOn": sorted(purls.values())}
    return [whole, *({"ref": _purl(one), "dependsOn": _asked_for(one, purls)} for one in shipped.values())]


def _asked_for(package: Message, purls: Mapping[str, str]) -> list[str]:
    """Return what a package asks for, but for its extras: nobody asked for these."""
    asked = [line for line in package.get_all("Requires-Dist", []) if "extra ==" not in line]
    names = {normal(found[0]) for line in asked if (found := _NAME.match(line))}
    return sorted(purls[name] for name in names & purls.keys())
