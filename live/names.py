"""The names of a run, all derived from the name of its stack, which is all that cleaning needs."""

import re
import secrets
from dataclasses import dataclass

PREFIX = "tide-live-"
_STACK = re.compile(rf"{PREFIX}[0-9a-f]{{8}}")
# `startedBy` of the tasks that a run starts.
STARTED_BY = "tide-live"


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

    cluster = property(lambda self: self.stack)
    group = property(lambda self: f"{self.stack}-group")
    service = property(lambda self: "web")
    bucket = property(lambda self: f"{self.stack}-artifacts")
    capture = property(lambda self: f"{self.stack}-capture")
    direct = property(lambda self: f"{self.stack}-direct")
    direct_logs = property(lambda self: f"/aws/lambda/{self.direct}")
    reinvoke_logs = property(lambda self: f"/aws/lambda/{self.stack}-reinvoke")
    insights_logs = property(lambda self: f"/aws/ecs/containerinsights/{self.cluster}/performance")
