"""Compare our form of the manifest with the schema that Slack publishes: for maintainers, when the manifest changes.

``python -m tests.slack.published_manifest_schema CLONE``: of github.com/slackapi/manifest-schema. It is no part of the
tests, which need no network, and the schema is not ours to copy.
"""

import json
import sys
from pathlib import Path

from tests.slack.test_manifest_schema import KINDS, ONLY_OURS, WRONG, manifest, problems, with_mistake


def differences(clone: Path) -> list[str]:
    """Return a line for each manifest of which Slack's schema says something else than it should."""
    version = manifest()["_metadata"]["major_version"]
    form = json.loads((clone / "schemas" / f"manifest.schema.{version}.0.0.json").read_text())
    refused = [f"{kind}: {said}" for kind, text in KINDS.items() for said in problems(form, manifest(text))]
    taken = [f"taken: {one}" for one, mistake in WRONG.items() if not problems(form, with_mistake(*mistake))]
    new = [f"refused by now: {one}" for one, mistake in ONLY_OURS.items() if problems(form, with_mistake(*mistake))]
    return [*refused, *taken, *new]


if __name__ == "__main__":
    found = differences(Path(sys.argv[1]))
    sys.exit("\n".join(found) or 0)
