"""Every name a run gives, derived from the stack's, so that cleaning needs no memory."""

import re
import secrets
from dataclasses import dataclass

PREFIX = "tide-live-"
_STACK = re.compile(rf"{PREFIX}[0-9a-f]{{8}}")
# Marks the tasks that a run starts itself.
STARTED_BY = "tide-live"


@dataclass(frozen=True)
class Names:
    stack: str

    def __post_init__(self):
        # `--clean` deletes by name: a name that no run gave is not deleted.
        if not _STACK.fullmatch(self.stack):
            raise ValueError(f"{self.stack} is not the stack of a live check: give a name like {PREFIX}0a1b2c3d")

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
