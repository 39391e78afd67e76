"""Processes that are started for a run, and ended with it."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE = 30
"""Seconds a process gets to begin, and to end."""


class Trouble(Exception):
    """Why a run cannot go on."""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(what: str, look: Callable[[], Found], seconds: float, pace: float = 0.5) -> Found:
    """What `look` finds as soon as it finds something.

    Raises Trouble after `seconds` without.
    """
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise Trouble(f"{what}: not within {seconds:.0f} s")
        time.sleep(pace)


class Process:
    """A process with its whole group, and a log of what it says."""

    def __init__(self, name: str, command: list[str], log: Path, environment: dict[str, str]):
        self.name = name
        self.log = log
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=os.environ | environment,
                start_new_session=True,
            )

    def wait_for(self, ready: Callable[[], bool]) -> None:
        """Wait until it is ready, or say why it is not."""

        def look() -> bool:
            if self._process.poll() is not None:
                raise Trouble(f"{self.name} ended at once:\n{self.log.read_text()[-2000:]}")
            return ready()

        eventually(f"{self.name} begins", look, PATIENCE, pace=0.1)

    def end(self) -> None:
        """End it and all that it started."""
        try:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(PATIENCE)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()
