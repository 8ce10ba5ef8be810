"""Which tests share a worker of pytest-xdist, and so its fixtures."""

from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

CLOUD = "tests/local_cloud/"
LONG = ("tests/deploy/", "tests/race/", "tests/tflocks/live/canary/")
"""Where other files are that last half a minute."""
_FIRST_CLOUD = {
    *("test_audit", "test_digest", "test_escalation", "test_force_unlock", "test_history", "test_locking"),
    *("test_notifications_in_terraform", "test_outage", "test_undo"),
}
"""About half of what lasts, by ``--durations``."""
_NO_CLOUD_OF_OURS = {"test_demo", "test_fleet", "test_terraform_module"}
"""They deploy by themselves, each on a cloud of its own."""


class ByCloud(LoadScopeScheduling):  # type: ignore[misc]  # which has no types
    """All tests of a file on one worker, and those of the deployed reaper on two, each of which deploys one.

    These mostly wait for something, so two more workers do the rest meanwhile.
    """

    def _split_scope(self, nodeid: str) -> str:
        """The hook of the schedulers that come with pytest-xdist."""
        file = nodeid.partition("::")[0]
        name = Path(file).stem
        if not file.startswith(CLOUD) or name in _NO_CLOUD_OF_OURS:
            return file
        return "first cloud" if name in _FIRST_CLOUD else "second cloud"
