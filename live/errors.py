"""Errors of AWS that a run expects."""

from contextlib import contextmanager

from botocore.exceptions import ClientError

# Codes for a resource that does not exist, which counts as deleted.
GONE = {
    "NoSuchEntity",
    "NotFound",
    "ResourceNotFoundException",
    "ClusterNotFoundException",
    "ServiceNotFoundException",
    "ServiceNotActiveException",
    "InvalidLaunchTemplateName.NotFoundException",
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
    "NoSuchBucket",
}
# Beginnings of the codes for a missing permission, too many calls, and a failure of AWS.
NO_ANSWER = ("AccessDenied", "AuthorizationError", "UnauthorizedOperation", "Throttl", "ServiceUnavailable", "Internal")
GONE_WORDS = ("does not exist", "not found", "no lifecycle hook")


def is_gone(error):
    answer = error.response["Error"]
    return answer["Code"] in GONE or (
        answer["Code"] == "ValidationError" and any(word in answer["Message"].lower() for word in GONE_WORDS)
    )


def refusal(error):
    """The code and the words of a refused call. Raises the error if it is no answer to what was asked."""
    answer = error.response["Error"]
    if answer["Code"].startswith(NO_ANSWER):
        raise error
    return {key: answer.get(key) for key in ("Code", "Message")}


@contextmanager
def tolerated(*codes):
    """Ignores errors with these codes. A run that is resumed creates what exists already."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] not in codes:
            raise
