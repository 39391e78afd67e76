"""Errors that say what to do."""

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError


class Refused(Exception):
    """The command is not possible with this input or in this state. Nothing was changed."""


class Failed(Exception):
    """A change was started and failed."""


LOG_IN = "log in again, or set AWS_PROFILE to another profile"
# By words in the code or message. The first match counts.
TO_DO = (
    (
        ("AccessDenied", "UnauthorizedOperation", "AuthorizationError"),
        "allow it in your IAM policy; see policy/deployer.json",
    ),
    (("ExpiredToken", "InvalidClientTokenId", "UnrecognizedClient", "SignatureDoesNotMatch"), LOG_IN),
    (("Throttling", "RequestLimitExceeded", "TooManyRequests"), "wait a minute and run it again"),
    (("_IN_PROGRESS", "OperationInProgress"), "wait until the operation on the stack has finished and run it again"),
    (("ROLLBACK_COMPLETE", "_FAILED"), "see the events of the stack, repair or delete it, and run it again"),
)


def from_aws(error):
    """The text for an error of AWS or of the connection to it."""
    if isinstance(error, NoCredentialsError):
        return "no credentials: log in, or set AWS_PROFILE"
    if isinstance(error, NoRegionError):
        return "no region: set AWS_DEFAULT_REGION, or a region in the profile"
    if isinstance(error, ClientError):
        answer = error.response["Error"]
        code, message = answer.get("Code", "Unknown"), answer.get("Message", "")
        return f"{error.operation_name} failed with {code}: {message.rstrip('.')}: {to_do(f'{code} {message}')}"
    assert isinstance(error, BotoCoreError)
    return f"{error}: check the network and the configuration of the AWS CLI"


def to_do(text):
    for words, advice in TO_DO:
        if any(word in text for word in words):
            return advice
    return "correct what the message names and run it again"
