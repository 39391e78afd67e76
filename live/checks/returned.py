"""A fact that is not checked, with the reason."""

from ..finding import NOT_CHECKED, Check, Finding

REASON = (
    "needs a function that returns its messages for minutes under RecursiveLoop: Terminate; "
    "ecs-tide returns a message at most five times, so it does not depend on the answer"
)

CHECK = Check(
    "returned SQS messages do not count as rounds",
    "A message that is returned to its queue keeps the lineage of its first send.",
    lambda context: Finding(NOT_CHECKED, REASON),
)
