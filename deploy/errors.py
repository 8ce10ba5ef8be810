"""Put what goes wrong in a `make` command into an operator's words."""

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.errors_in_words import in_words


def told(error: Exception) -> str:
    """Return what to print of an error: AWS's and boto3's errors in words, our own as they are."""
    return in_words("AWS", error) if isinstance(error, BotoCoreError | ClientError) else str(error)
