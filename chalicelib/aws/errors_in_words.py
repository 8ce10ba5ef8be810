"""Say AWS's errors to a person who knows neither boto3 nor AWS's codes. The code comes last, for looking it up."""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
    SSOError,
    TokenRetrievalError,
)

_SLOW, _BUSY = "did not answer in time", "is overloaded just now"
_FAILED, _CREDENTIALS = "failed on its side", "does not take these credentials, or not any more"
_SIGN_IN = "cannot be asked: nobody is signed in any more; `aws sso login`"
_ANSWERS = {
    "AccessDenied": "denies it: no policy allows it, or one forbids it",
    "AccessDeniedException": "denies it: no policy allows it, or one forbids it",
    "UnauthorizedOperation": "denies it: no policy allows it, or one forbids it",
    "SlowDown": _BUSY,
    "503": _BUSY,
    "ServiceUnavailable": _BUSY,
    "RequestLimitExceeded": _BUSY,
    "Throttling": _BUSY,
    "ThrottlingException": _BUSY,
    "ThrottledException": _BUSY,
    "TooManyRequestsException": _BUSY,
    "ProvisionedThroughputExceededException": _BUSY,
    "TransactionConflictException": _BUSY,
    "InternalError": _FAILED,
    "InternalServerError": _FAILED,
    "InternalFailure": _FAILED,
    "500": _FAILED,
    "RequestTimeout": _SLOW,
    "RequestTimeTooSkewed": "says that the clock here is wrong",
    "ExpiredToken": _CREDENTIALS,
    "ExpiredTokenException": _CREDENTIALS,
    "InvalidAccessKeyId": _CREDENTIALS,
    "InvalidClientTokenId": _CREDENTIALS,
    "SignatureDoesNotMatch": _CREDENTIALS,
    "UnrecognizedClientException": _CREDENTIALS,
    "ResourceNotFoundException": "does not have it: it was deleted, or the stack is not complete",
    "AWS.SimpleQueueService.NonExistentQueue": "has no such queue: it was deleted, or the stack is not complete",
    "ParameterNotFound": "has no such parameter: `make secrets` keeps it there",
}
_ON_THE_WAY = {
    ConnectTimeoutError: _SLOW,
    ReadTimeoutError: _SLOW,
    TimeoutError: _SLOW,
    EndpointConnectionError: "could not be reached",
    ProxyConnectionError: "could not be reached through the proxy",
    ConnectionClosedError: "hung up before its answer was complete",
    ConnectionError: "hung up before its answer was complete",
    SSLError: "could not be reached: the certificate that answered is not AWS's",
    NoCredentialsError: "cannot be asked: there are no AWS credentials here; `aws configure`, or `aws sso login`",
    PartialCredentialsError: "cannot be asked: the AWS credentials here are incomplete",
    CredentialRetrievalError: "cannot be asked: no AWS credentials could be fetched",
    NoRegionError: "cannot be asked: no region is set, by AWS_REGION or in the profile",
    ProfileNotFound: "cannot be asked: there is no such profile in ~/.aws/config",
    SSOError: _SIGN_IN,
    TokenRetrievalError: _SIGN_IN,
}


def in_words(service: str, error: Exception) -> str:
    """Say what a service of AWS did instead of what it was asked, with its error code."""
    if isinstance(error, ClientError):
        told = error.response.get("Error", {})
        code = str(told.get("Code") or "no code")
        return f"{service} {_answer(code, str(told.get('Message') or ''))} ({code})"
    kinds = (kind.__name__ for kind in type(error).__mro__)
    named = {kind.__name__: words for kind, words in _ON_THE_WAY.items()}
    # botocore raises many errors for answers that are not AWS's; each of AWS's own has a request ID.
    unknown = (
        "could not be asked" if isinstance(error, BotoCoreError | OSError) else "did not answer, something else did"
    )
    words = next((named[kind] for kind in kinds if kind in named), unknown)
    return f"{service} {words} ({type(error).__name__})"


def _answer(code: str, message: str) -> str:
    """Say what an answer means; use AWS's own words for an error code that is not in the table."""
    if code.startswith("KMS"):
        return "cannot use the KMS key that it is encrypted with: the key is disabled or denied, or being deleted"
    return _ANSWERS.get(code) or ("refused it" + (f": {message.rstrip('.')}" if message else ""))
