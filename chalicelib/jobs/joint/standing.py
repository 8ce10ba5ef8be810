"""Know which joint alerts a run may rely on, so that no lock is silent because of one that is lost."""

from dataclasses import dataclass, field
from threading import Lock

from chalicelib.core.joint.joint import Joint
from chalicelib.ports.book import BookError, JointBook


@dataclass
class Standing:
    """The joint alerts as a run found them. They are read once, when the first lock asks."""

    joints: JointBook
    _known: dict[str, Joint] | None = None
    _failed: bool = False
    _lock: Lock = field(default_factory=Lock)

    def tells_of(self, joint: str) -> bool:
        """Return whether a joint alert tells of its locks. If that cannot be known, it does: the next run asks."""
        with self._lock:
            if self._known is None and not self._failed:
                self._read()
        return self._known is None or joint in self._known

    def _read(self) -> None:
        try:
            self._known = {one.id: one for one in self.joints.open()}
        except BookError:
            self._failed = True
