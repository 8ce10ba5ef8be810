"""Write the first line of each process: which version runs, so that all later lines are known to be of it."""

from aws_lambda_powertools import Logger

from chalicelib.version import this_version

_logger = Logger()


def write() -> None:
    """Write the line."""
    _logger.info("started", version=this_version().number, commit=this_version().commit)
