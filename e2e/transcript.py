"""The progress that a run prints."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_BEGAN = time.monotonic()
_RECORD: ContextVar[list[str] | None] = ContextVar("record", default=None)


def say(text: str) -> None:
    """Print a line with the seconds since the run began."""
    line = f"{time.monotonic() - _BEGAN:6.1f} s  {text}"
    record = _RECORD.get()
    if record is None:
        print(line, flush=True)
    else:
        record.append(line)


@contextmanager
def recorded() -> Iterator[list[str]]:
    """The lines that this thread would print, which are not printed."""
    record: list[str] = []
    token = _RECORD.set(record)
    try:
        yield record
    finally:
        _RECORD.reset(token)
