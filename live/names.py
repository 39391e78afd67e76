"""The names of a run, all derived from the name of its stack, which is all that cleaning needs."""

import re
import secrets
from dataclasses import dataclass

PREFIX = "tide-live-"
_STACK = re.compile(rf"{PREFIX}[0-9a-f]{{8}}")
# `startedBy` of the tasks that a run starts.
STARTED_BY = "tide-live"

# What a check adds to the stack of the run: the last part of its name.
GROUPS = ("shortened", "lengthened", "renewed", "retained", "stepped", "victims")
FUNCTIONS = ("direct", "pollers", "throttled", "unrun")
QUEUES = (
    "capture",
    "schedule",
    "filtered",
    "refiltered",
    "pollers",
    "throttled",
    "unrun",
    "chain-1",
    "chain-2",
    "chain-3",
    "words",
    "words.fifo",
)
RULES = ("capture", "schedule")
TOPICS = ("filters", "words", "words.fifo")
SCALED = ("service", "group")


@dataclass(frozen=True)
class Names:
    stack: str

    def __post_init__(self):
        # `--clean` deletes by name, so it must accept only names of runs.
        if not _STACK.fullmatch(self.stack):
            raise ValueError(f"{self.stack} is not the stack of a live check: use a name like {PREFIX}0a1b2c3d")

    @classmethod
    def new(cls):
        return cls(PREFIX + secrets.token_hex(4))

    def of(self, what):
        return f"{self.stack}-{what}"

    def log_of(self, function):
        return f"/aws/lambda/{self.of(function)}"

    def scaling(self, what):
        """The stack that scales the service, or the group."""
        return self.of(f"{what}-scaling")

    demo = property(lambda self: self.of("demo"))
    cluster = property(lambda self: self.stack)
    group = property(lambda self: self.of("group"))
    service = property(lambda self: "web")
    daemon = property(lambda self: "daemon")
    bucket = property(lambda self: self.of("artifacts"))
    direct = property(lambda self: self.of("direct"))
    # Alarms and the namespace of metrics that no one else has.
    probes = property(lambda self: self.of("probe-"))
    namespace = property(lambda self: f"TideLive/{self.stack}")
    insights_logs = property(lambda self: f"/aws/ecs/containerinsights/{self.cluster}/performance")
