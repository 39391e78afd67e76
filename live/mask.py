"""Removes account IDs from reports."""

import re

MASK = "ACCOUNT"
# 12 digits without a letter or digit next to them: in an ARN, in the URL of a queue, as a value.
_ACCOUNT_ID = re.compile(r"(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])")


def mask(value):
    """The same value, with account IDs replaced in its texts and numbers."""
    if isinstance(value, str):
        return _ACCOUNT_ID.sub(MASK, value)
    if isinstance(value, dict):
        return {mask(key): mask(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [mask(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and _ACCOUNT_ID.fullmatch(str(value)):
        return MASK
    return value
