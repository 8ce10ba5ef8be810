"""How long AWS's clients wait, and how often they try."""

from botocore.config import Config

THREADS = 16
"""Most pages of listings that a process asks for at once, above one for each bucket that it lists."""
# A listing full of delete markers can take two minutes to answer (xuanwo.io, 2025-02). Retries are never "adaptive":
# that slows down all that share a client for one bucket that is busy.
LISTING = Config(
    user_agent="tflock-reaper",
    connect_timeout=5,
    read_timeout=150,
    retries={"mode": "standard", "total_max_attempts": 4},
    max_pool_connections=2 * THREADS,
)
WRITING = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 1})
"""Never retries a request: see S3LockStore and DynamoLockStore."""
# Entering an account takes time from the function that then has to delete and to answer, within 30 seconds.
ENTERING = Config(connect_timeout=2, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 2})
# Never tried again: counting may stop anywhere, and the next night counts anew.
COUNTING = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 1})
EXAMINING = Config(
    connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3}, max_pool_connections=34
)
"""For the weekly look, for which nobody waits. It has as many threads as ``prompt`` has connections."""
SEARCHING = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 5})
"""For the search of a target rule, which has minutes. AWS Organizations answers only a few requests a second."""


def prompt(side_by_side: int) -> Config:
    """Return the patience of what somebody waits for: so many requests at once, by one client.

    The times are shorter than the time limits of the functions, so that a function can still tell what it could not
    reach.
    """
    return Config(
        connect_timeout=3,
        read_timeout=5,
        retries={"mode": "standard", "total_max_attempts": 3},
        max_pool_connections=side_by_side,
    )
