"""A fact that this run leaves open, with its reason."""

from ..finding import NOT_CHECKED, Check, Finding

REASON = (
    "needs a function that returns its messages for minutes under RecursiveLoop: Terminate; "
    "ecs-tide returns a message five times at most, so nothing in it rests on the answer"
)

CHECK = Check(
    "returned SQS messages are no hops",
    "A message that is returned to its queue keeps the lineage of its first send, so its receipts do not count as rounds.",
    lambda context: Finding(NOT_CHECKED, REASON),
)
