"""Processes that start and end with a run."""

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
"""Seconds that a process may take to start, and to end."""


class E2eError(Exception):
    """A check failed, or the run cannot continue."""


def free_port() -> int:
    """A free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(what: str, probe: Callable[[], Found], seconds: float, interval: float = 0.5) -> Found:
    """The first true result of `probe`, which is called every `interval` seconds.

    Raises E2eError if there is none within `seconds`.
    """
    end = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > end:
            raise E2eError(f"{what}: not within {seconds:.0f} s")
        time.sleep(interval)


class Process:
    """A process with its process group, and its output in a log."""

    def __init__(self, name: str, command: list[str], log: Path, environment: dict[str, str]):
        self.name = name
        self.log = log
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                # It also ends if pytest is killed, as pytest-xdist does with its workers.
                ["setpriv", "--pdeathsig", "TERM", *command],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=os.environ | environment,
                start_new_session=True,
            )

    def wait_for(self, ready: Callable[[], bool]) -> None:
        """Wait until it is ready. Raises E2eError with its output if it ended."""

        def probe() -> bool:
            if self._process.poll() is not None:
                raise E2eError(f"{self.name} ended at once:\n{self.log.read_text()[-2000:]}")
            return ready()

        eventually(f"{self.name} starts", probe, PATIENCE, interval=0.1)

    def end(self) -> None:
        """End it and all processes that it started."""
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
