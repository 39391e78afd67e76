"""Replaces what identifies an account in a report. The same id has the same mask throughout one report."""

import re

_KINDS = {
    "account": r"\d{12}",
    "key": r"A[A-Z]{3}[A-Z0-9]{16}",
    "uuid": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "resource": r"(?:i|ami|eni|igw|lt|rtb|sg|snap|subnet|vol|vpc|eipalloc|fleet)-(?:[0-9a-f]{8}|[0-9a-f]{17})",
    "address": r"(?:\d{1,3}[.-]){3}\d{1,3}",
    "balancer": r"\d{6,11}(?=\.[a-z0-9-]+\.elb\.)",
    "id": r"[0-9a-f]{16,64}",
}
# Nothing of the same alphabet stands next to an id: in an ARN, in a URL, as a value.
_ID = re.compile(
    rf"(?<![0-9A-Za-z])(?:{'|'.join(f'(?P<{kind}>{form})' for kind, form in _KINDS.items())})(?![0-9A-Za-z])"
)


class Mask:
    def __init__(self):
        self._masks = {}

    def __call__(self, value):
        """The same value, with masks in its texts and numbers."""
        if isinstance(value, str):
            return _ID.sub(self._of, value)
        if isinstance(value, dict):
            return {self(key): self(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self(item) for item in value]
        if isinstance(value, int) and not isinstance(value, bool) and re.fullmatch(_KINDS["account"], str(value)):
            return self(str(value))
        return value

    def _of(self, found):
        text, kind = found.group(), found.lastgroup
        if text not in self._masks:
            # Ids of EC2 keep their prefix, because it shows the type of the resource.
            prefix = text.partition("-")[0] if kind == "resource" else kind
            number = sum(mask.startswith(f"{prefix}-") for mask in self._masks.values()) + 1
            self._masks[text] = f"{prefix}-{number}"
        return self._masks[text]
