"""The licences of what ships: which ones may, and their texts, which have to go with the code."""

import re
from collections.abc import Iterable, Mapping
from email import message_from_bytes
from email.message import Message

ALLOWED = {
    "Apache-2.0": ("Apache License 2.0", "Apache Software License"),
    "BSD-2-Clause": (),
    "BSD-3-Clause": ("BSD License",),
    "ISC": ("ISC License (ISCL)",),
    "MIT": ("MIT License",),
    "MIT-0": ("MIT No Attribution License (MIT-0)",),
    "PSF-2.0": ("Python Software Foundation License",),
}
"""SPDX's names, and what older packages write for them. All let the code be passed on with its licence's text."""
_ANY_SPELLING = {spelling.lower() for name, others in ALLOWED.items() for spelling in (name, *others)}
_METADATA = re.compile(r"([^/]+\.dist-info)/METADATA")
_TEXT = re.compile(r"[^/]+\.dist-info/(?:.*/)?(?:licen[cs]e|notice|copying|authors)[^/]*", re.IGNORECASE)
_CLASSIFIER = "License :: OSI Approved :: "


def refusal(metadata: Message) -> str | None:
    """Return why a package may not ship, or None; ``metadata``: https://packaging.python.org/specifications/core-metadata/."""
    found = named(metadata)
    if found and all(_is_allowed(one) for one in found):
        return None
    words = ", ".join(found) or "not told"
    return f"{metadata['Name']} {metadata['Version']}: its licence is {words}; allowed are {', '.join(ALLOWED)}"


def named(metadata: Message) -> list[str]:
    """Return the licences that a package names; the later kinds of metadata count before the older ones."""
    if expression := metadata["License-Expression"]:
        return [str(expression)]
    classifiers = [str(one) for one in metadata.get_all("Classifier", [])]
    approved = [one.removeprefix(_CLASSIFIER) for one in classifiers if one.startswith("License :: ")]
    return approved or [line for line in str(metadata["License"] or "").splitlines()[:1] if line.strip()]


def _is_allowed(expression: str) -> bool:
    """Return whether one of the alternatives is wholly allowed; what is more complex is for a person to read."""
    alternatives = re.split(r"\s+OR\s+", expression)
    return any(all(_is_known(part) for part in re.split(r"\s+AND\s+", one)) for one in alternatives)


def _is_known(name: str) -> bool:
    return name.strip().lower() in _ANY_SPELLING


def packages(files: Mapping[str, bytes]) -> list[Message]:
    """Return the metadata of all packages of a code zip."""
    return [message_from_bytes(files[name]) for name, _ in _folders(files)]


def notices(files: Mapping[str, bytes]) -> str:
    """Return the licence texts of a code zip's packages as one text, for people who may not look into a zip."""
    parts = [_notice(message_from_bytes(files[name]), _texts(files, folder)) for name, folder in _folders(files)]
    start = "tflock-reaper's code zip has code of others. These are its parts, with their licences and notices.\n"
    return start + "".join(parts)


def _folders(files: Mapping[str, bytes]) -> Iterable[tuple[str, str]]:
    return ((name, found[1]) for name in sorted(files) if (found := _METADATA.fullmatch(name)))


def _texts(files: Mapping[str, bytes], folder: str) -> list[bytes]:
    return [files[name] for name in sorted(files) if name.startswith(f"{folder}/") and _TEXT.fullmatch(name)]


def _notice(metadata: Message, texts: list[bytes]) -> str:
    head = f"{metadata['Name']} {metadata['Version']}: {' / '.join(named(metadata))}"
    said = "\n\n".join(text.decode(errors="replace").strip() for text in texts)
    return f"\n{'=' * 120}\n{head}\n{'=' * 120}\n\n{said or '(the package has no text of its licence)'}\n"
