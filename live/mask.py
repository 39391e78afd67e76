"""Takes account ids out of whatever is written or sent back."""

import re

MASK = "ACCOUNT"
# Twelve digits that stand alone: in an ARN, in a queue's address, as a value.
_ACCOUNT_ID = re.compile(r"(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])")


def mask(value):
    """The same text, list or mapping without account ids."""
    if isinstance(value, str):
        return _ACCOUNT_ID.sub(MASK, value)
    if isinstance(value, dict):
        return {mask(key): mask(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [mask(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and _ACCOUNT_ID.fullmatch(str(value)):
        return MASK
    return value
