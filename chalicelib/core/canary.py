"""Know a canary: a lock that ``tflocks doctor --canary`` puts to see the reaper work, and that no run holds.

A canary's key says what it is, and in which channel its alert belongs:
``tflock-reaper-canary/<run>/<channel>/<name>.tfstate``, below any folder.
"""

import json
import re
from datetime import datetime

import msgspec

from chalicelib.core.locks.copies import speaks_for_itself
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import TRAITS, Kind, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.lock_info import Risk

FOLDER = "tflock-reaper-canary"
"""The folder that no state may be in."""
WHO = f"canary@{FOLDER}"
SAYS = "tflock-reaper canary"
"""How the ``Info`` of each canary begins. Terraform itself leaves it empty."""
NO_BUCKET = f"{FOLDER}.invalid"
"""Written in the place of the bucket in a ``LockID``, where no bucket is looked at. No bucket has this name."""
_KEY = re.compile(
    rf"(?:.*/)?{FOLDER}/(?P<run>[0-9a-f]{{12}})/(?P<channel>[CG][A-Z0-9]{{1,20}})/(?P<name>[^/]+)\.tfstate", re.DOTALL
)


class Canary(msgspec.Struct, frozen=True, kw_only=True):
    """One run of ``tflocks doctor --canary``, in one target."""

    run: str
    """Twelve hexadecimal digits that no other run has."""
    channel: str
    """The channel of its alerts."""
    target: Target
    bucket: str = NO_BUCKET
    """The bucket in the ``LockID`` of a table's item."""

    def place(self, name: str) -> Place:
        """Return the place of one of its locks: within the target's first prefix, if it has any."""
        traits = TRAITS[self.target.kind]
        first = self.target.prefixes[0] if self.target.prefixes else ""
        if self.target.kind is Kind.DYNAMODB and not first:
            first = self.bucket
        return self.target.place(f"{_as_folder(first)}{FOLDER}/{self.run}/{self.channel}/{name}.tfstate{traits.suffix}")


def _as_folder(prefix: str) -> str:
    return prefix if prefix == "" or prefix.endswith("/") else f"{prefix}/"


def body_of(place: Place, run: str, number: int, now: datetime) -> bytes:
    """Return the body of a canary's lock as Terraform writes locks. ``number`` tells the locks of a run apart."""
    info = f"{SAYS}, put by tflocks doctor --canary. No run holds this state: the same command removes what it left"
    said = {
        "ID": f"{run[:8]}-{run[8:]}-4000-8000-{number:012x}",
        "Operation": "OperationTypePlan",
        "Info": info,
        "Who": WHO,
        "Version": "",
        "Created": now.isoformat().replace("+00:00", "Z"),
        "Path": place.state_path,
    }
    return json.dumps(said, separators=(",", ":")).encode()


def channel_of(state_key: str) -> str:
    """Return the channel that a canary's key names; "" for a key of any other form."""
    if FOLDER not in state_key:
        return ""
    found = _KEY.fullmatch(state_key)
    return found["channel"] if found else ""


def run_of(state_key: str) -> str:
    """Return the run that a canary's key names; "" for a key of any other form."""
    found = _KEY.fullmatch(state_key)
    return found["run"] if found else ""


def is_canary(lock: HeldLock) -> bool:
    """Return whether both the key and the body of a lock say that it is a canary, at this place and time.

    A lock of Terraform's at such a key is none, because its body does not say so; nor is a copy of a canary.
    """
    info = lock.info
    if info is None or not channel_of(lock.ref.place.state_key):
        return False
    says_so = info.Who == WHO and info.Info.startswith(SAYS)
    return says_so and not lock.flaw and lock.risk is Risk.PLAN and speaks_for_itself(lock)
