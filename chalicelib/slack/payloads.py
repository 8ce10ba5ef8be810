"""Read the parts of Slack's ``block_actions`` payloads that the reaper uses.

docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

from typing import Annotated

import msgspec

from chalicelib.slack.installation import Sender
from chalicelib.slack.words.joint.buttons import JOINT_VERBS
from chalicelib.slack.words.listings import PAGE_ACTIONS
from chalicelib.slack.words.parts.buttons import RELEASE_ACTION, SNOOZE_ACTION, VERBS

# "The time when the action occurred, expressed in decimal epoch time, wrapped in a string"
# (docs.slack.dev/legacy/legacy-messaging/legacy-interactive-message-field-guide, of the same field).
_Time = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,10}(\.[0-9]{1,6})?\Z")]
# An empty ID is refused, because it would mean "the reaper did it by itself".
_UserId = Annotated[str, msgspec.Meta(pattern=r"^[UW][A-Z0-9]{1,30}\Z")]


class _Named(msgspec.Struct):
    id: str


class _Team(msgspec.Struct):
    id: str
    enterprise_id: str | None = None


class _User(msgspec.Struct):
    id: _UserId
    team_id: str | None = None
    """Missing for some users of an Enterprise Grid (abdolence/slack-morphism-rust pull request 215)."""


class _Option(msgspec.Struct):
    value: str


class Action(msgspec.Struct):
    """The button or the choice that a person clicked."""

    action_id: str
    action_ts: _Time
    value: str = ""
    selected_option: _Option | None = None


class _Container(msgspec.Struct):
    channel_id: str
    message_ts: str
    is_ephemeral: bool = False


class _Element(msgspec.Struct):
    action_id: str = ""
    value: str = ""


class _Block(msgspec.Struct):
    elements: list[_Element] = []


class _Message(msgspec.Struct):
    blocks: list[_Block] = []


class BlockActions(msgspec.Struct):
    """The parts of the ``block_actions`` payload of a click on one of the reaper's buttons."""

    api_app_id: str
    user: _User
    container: _Container
    actions: list[Action]
    team: _Team | None = None
    """None if the app is installed for a whole Enterprise Grid (slackapi/bolt-python issue 23)."""
    enterprise: _Named | None = None
    message: _Message | None = None
    """None for an ephemeral message."""

    @property
    def sender(self) -> Sender:
        """Return where the click comes from."""
        team = self.team or _Team("")
        organisation = self.enterprise.id if self.enterprise else team.enterprise_id
        return Sender(app=self.api_app_id, team=team.id, enterprise=organisation or "", home=self.user.team_id or "")

    def value(self, action: Action) -> str:
        """Return the lock's value: the button's own; for a select, the value of the Release button in its message."""
        if action.action_id != SNOOZE_ACTION or self.message is None:
            return action.value
        elements = (element for block in self.message.blocks for element in block.elements)
        return next((element.value for element in elements if element.action_id == RELEASE_ACTION), "")


class _ActionId(msgspec.Struct):
    action_id: str = ""
    url: str = ""
    """Filled for a button that is a link: it sends a click too, but nothing has to be done."""


class Interaction(msgspec.Struct):
    """The parts of an interaction that tell whether it is a click on one of the reaper's buttons."""

    type: str
    actions: list[_ActionId] = []

    @property
    def is_click(self) -> bool:
        """Return whether somebody pressed one button."""
        return self.type == "block_actions" and len(self.actions) == 1 and not self.actions[0].url

    @property
    def is_ours(self) -> bool:
        """Return whether the button is one that this version makes."""
        return self.is_click and self.actions[0].action_id in VERBS

    @property
    def is_joint(self) -> bool:
        """Return whether the button is one of a joint alert."""
        return self.is_click and self.actions[0].action_id in JOINT_VERBS

    @property
    def turns_a_page(self) -> bool:
        """Return whether the button asks for another listing page."""
        return self.is_click and self.actions[0].action_id in PAGE_ACTIONS


class Waiting(msgspec.Struct):
    """The parts of an interaction that are needed to answer it."""

    response_url: str = ""
