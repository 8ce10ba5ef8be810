"""Log the kinds of events that the reaper does not record, each kind once, so that many events do not fill the log."""

from functools import lru_cache

from aws_lambda_powertools import Logger

_logger = Logger(child=True)


def pass_over(shape: str) -> None:
    """Log that events of this shape are not recorded, and what to do."""
    _say_once(
        f"{shape[:200]} is neither an acquire nor a release of a lock, as far as the reaper knows, and not recorded: "
        "leave it out of the notification, the topic or the rule that sends it"
    )


def say(words: str) -> None:
    """Log something that people should know and that is not a failure."""
    _say_once(words)


@lru_cache(maxsize=256)
def _say_once(words: str) -> None:
    _logger.warning(words)
