"""A killed ``run-all``: many locks of one CI run, each with a genuine body that names its own state."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.clicks.click import Click
from chalicelib.core.clicks.order import AutoRelease, EndUndo
from chalicelib.core.joint.click import JointClick, ShowJoint
from chalicelib.core.joint.joint import Joint
from chalicelib.core.joint.shown import JointAlert
from chalicelib.core.joint.verb import JointVerb
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.policy import Rules
from chalicelib.jobs.clicks.answer import answer
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.joint.answer import answer_joint
from chalicelib.jobs.joint.progress import show_joint
from chalicelib.jobs.joint.release import release_joint
from chalicelib.jobs.watch import watch
from chalicelib.ports.world import World
from tests.builders import ALICE, BUCKET, CHANNEL, TAKEN, TEAM, sample, some_rules
from tests.fakes.world import FakeWorld

SESSION = "GitHubActions-7001234567"
PRINCIPAL = f"AWS:AROAEXAMPLE:{SESSION}"


def state_key(number: int) -> str:
    return f"live/app-{number:04}/terraform.tfstate"


def a_body(number: int, who: str = "runner@fv-az123", operation: str = "OperationTypeApply") -> bytes:
    """A genuine body, as Terraform would write it for that state."""
    said = msgspec.json.decode(sample("s3-apply-default"))
    own = {"Path": f"{BUCKET}/{state_key(number)}", "Who": who, "Operation": operation, "ID": f"{number:036}"}
    return msgspec.json.encode(said | own)


@dataclass
class RunAll:
    """A run that was killed, the reaper, and the people who click."""

    count: int
    rules: Rules = field(default_factory=some_rules)
    session: str = SESSION
    world: FakeWorld = field(default_factory=lambda: FakeWorld(TAKEN))

    def __post_init__(self) -> None:
        for number in range(self.count):
            self.take(number)
        self.world.later(hours=3)

    def take(self, number: int, **said: str) -> Page:
        """Have the run take the lock of one more state, of which S3 told."""
        place = Place(Kind.S3, BUCKET, f"{state_key(number)}.tflock")
        created = self.world.now
        body = msgspec.json.decode(a_body(number, **said)) | {"Created": created.isoformat().replace("+00:00", "Z")}
        self.world.store.put(BUCKET, place.key, msgspec.json.encode(body))
        lock = self.world.store.read(place)
        assert lock
        principal = f"AWS:AROAEXAMPLE:{self.session}" if self.session else ""
        page = self.world.book.write(telling.acquire_recorded(lock, created, principal)).page
        assert page
        return page

    def watch(self, minutes: float = 0) -> None:
        self.world.later(minutes=minutes)
        watch(self.world.ports, self.rules, self.world.now)

    @property
    def joint(self) -> Joint:
        """The only joint alert, as it is remembered."""
        [joint] = self.world.joints.stored.values()
        return joint

    @property
    def shown(self) -> JointAlert:
        """The only joint alert, as its message reads."""
        [alert] = self.world.messenger.joints.values()
        return alert

    def click(self, verb: JointVerb = JointVerb.RELEASE, user: str = ALICE, **others: Any) -> JointClick:
        """A click on the message as it reads now."""
        shown = self.shown.joint
        value = shown.released if verb is JointVerb.PUT_BACK else shown.shown
        posted = next(iter(self.world.messenger.joints))
        said: dict[str, Any] = {"user_team": TEAM, "channel": CHANNEL, "message": posted.handle, "at": self.world.now}
        said |= {"click": f"{user} {self.world.now.isoformat()} {verb}", "shown": value}
        return JointClick(**{"joint": shown.id, "verb": verb, "user": user} | said | others)

    def deliver(self, order: object, ports: World | None = None, now: datetime | None = None) -> object:
        """Carry out an order as the function does that gets it."""
        ports, now = ports or self.world.ports, now or self.world.now
        if isinstance(order, JointClick):
            job = release_joint if order.verb.releases else answer_joint
            return job(order, ports, self.rules, now)
        if isinstance(order, ShowJoint):
            show_joint(order, ports, self.rules, now)
            return None
        if isinstance(order, AutoRelease) or (isinstance(order, Click) and order.verb.releases):
            return release(order, ports, self.rules, now)
        assert isinstance(order, (Click, EndUndo))
        return answer(order, ports, self.rules, now)

    def deliver_all(self, rounds: int = 20) -> None:
        """Deliver all orders, and those that they leave, until none waits or so many rounds are over."""
        for _ in range(rounds):
            orders = self.world.orders
            waiting = [*orders.joint_releases, *orders.releases, *orders.clicks, *orders.joint_clicks]
            orders.forget()
            for order in waiting:
                self.deliver(order)
            if not waiting:
                return
            self.world.later(seconds=3)
