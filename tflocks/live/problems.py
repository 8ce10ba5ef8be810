"""Put the failures of the places of locks into words for an operator, with whose own credentials AWS was asked."""

from botocore.exceptions import ClientError

from chalicelib.aws.errors_in_words import in_words
from chalicelib.core.locks.place import TRAITS, Kind
from chalicelib.ports.locks import StoreError

_DENIED = "access denied: your credentials may not do this (by their own policies, the {container}'s, or its key's)"
_NO_BUCKET = "there is no such bucket"
_ANOTHER_REGION = "it is in another region: try --region"
_MEANINGS = {
    "AccessDenied": _DENIED,
    "AccessDeniedException": _DENIED,
    "403": _DENIED,
    "NoSuchBucket": _NO_BUCKET,
    "404": _NO_BUCKET,
    "PermanentRedirect": _ANOTHER_REGION,
    "AuthorizationHeaderMalformed": _ANOTHER_REGION,
    "IllegalLocationConstraintException": _ANOTHER_REGION,
    "ResourceNotFoundException": "there is no such table in this region: check its name and --region",
    "ExpiredToken": "the credentials have expired: sign in again",
    "ExpiredTokenException": "the credentials have expired: sign in again",
    "InvalidAccessKeyId": "AWS does not know these credentials",
    "UnrecognizedClientException": "AWS does not know these credentials",
}


def words_of(error: Exception, kind: Kind) -> str:
    """Return why a place did not do what it was asked."""
    cause = error.__cause__ if isinstance(error, StoreError) else error
    service, container = TRAITS[kind].service, TRAITS[kind].container
    if isinstance(cause, ClientError):
        code = str(cause.response.get("Error", {}).get("Code") or "")
        known = _MEANINGS.get(code, "").format(container=container)
        return f"{known} ({code})" if known else in_words(service, cause)
    return str(error) if isinstance(error, StoreError) else in_words(service, error)
