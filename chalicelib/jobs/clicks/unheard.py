"""Read clicks from their queues, those too that another version of the reaper left there."""

import msgspec

from chalicelib.core.clicks.click import Click, Unheard


def click_of(message: str) -> Click | Unheard:
    """Read a click from a queue; an ``Unheard`` where it cannot be carried out and somebody waits for an answer.

    Raises:
        msgspec.MsgspecError: it is neither, so nobody waits. It ends among the dead letters, which have an alarm.
    """
    try:
        return msgspec.json.decode(message, type=Click)
    except msgspec.MsgspecError as error:
        unheard = msgspec.json.decode(message, type=Unheard)
        if not unheard.answerable:
            raise
        return msgspec.structs.replace(unheard, detail=unheard.detail or str(error))
