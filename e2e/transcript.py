"""What a run tells its reader."""

import time

_BEGAN = time.monotonic()


def say(text: str) -> None:
    """A line, after the seconds since the run began."""
    print(f"{time.monotonic() - _BEGAN:6.1f} s  {text}", flush=True)
