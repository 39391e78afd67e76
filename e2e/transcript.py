"""The progress that a run prints."""

import time

_BEGAN = time.monotonic()


def say(text: str) -> None:
    """Print a line with the seconds since the run began."""
    print(f"{time.monotonic() - _BEGAN:6.1f} s  {text}", flush=True)
