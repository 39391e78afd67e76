"""What goes wrong, in words that say what to do."""

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError


class Refused(Exception):
    """The input is wrong, or the moment is. Nothing was changed."""


class Failed(Exception):
    """Something was begun and did not end well."""


LOG_IN = "log in again, or name another profile by AWS_PROFILE"
# By what code or message contain; the first decides.
TO_DO = (
    (("AccessDenied", "UnauthorizedOperation", "AuthorizationError"), "have whoever runs this allowed to do it"),
    (("ExpiredToken", "InvalidClientTokenId", "UnrecognizedClient", "SignatureDoesNotMatch"), LOG_IN),
    (("Throttling", "RequestLimitExceeded", "TooManyRequests"), "wait a minute and run it again"),
    (("_IN_PROGRESS", "OperationInProgress"), "wait until the stack is at rest and run it again"),
    (("ROLLBACK_COMPLETE", "_FAILED"), "see the stack's events, mend or delete it, and run it again"),
)


def from_aws(error):
    """The words for an error of AWS or of the way there."""
    if isinstance(error, NoCredentialsError):
        return "no credentials: log in, or name a profile by AWS_PROFILE"
    if isinstance(error, NoRegionError):
        return "no region: set AWS_DEFAULT_REGION, or a region in the profile"
    if isinstance(error, ClientError):
        told = error.response["Error"]
        code, message = told.get("Code", "Unknown"), told.get("Message", "")
        return f"{error.operation_name} answered {code}: {message.rstrip('.')}: {to_do(f'{code} {message}')}"
    assert isinstance(error, BotoCoreError)
    return f"{error}: check the network and the configuration of the AWS CLI"


def to_do(told):
    for words, advice in TO_DO:
        if any(word in told for word in words):
            return advice
    return "correct what the message names and run it again"
