"""The context of a command: settings, clients, and functions to print, ask, run and wait."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .errors import Refused
from .settings import Settings


@dataclass
class Context:
    settings: Settings
    session: Any
    yes: bool = False
    say: Callable = print
    ask: Callable = input
    run: Callable = subprocess.run
    now: Callable = time.monotonic
    sleep: Callable = time.sleep
    utc: Callable = lambda: datetime.now(UTC)
    interactive: bool = field(default_factory=sys.stdin.isatty)
    _clients: dict = field(default_factory=dict)

    @property
    def region(self):
        return self.session.region_name

    def client(self, service):
        if service not in self._clients:
            self._clients[service] = self.session.client(service)
        return self._clients[service]

    def require_terminal(self):
        if not self.yes and not self.interactive:
            raise Refused("no terminal to ask on: use --yes")

    def consent(self, question):
        """Raises Refused unless --yes is set or the answer is yes."""
        self.require_terminal()
        if not self.yes and self.ask(f"{question} [y/N] ").strip().lower() not in ("y", "yes"):
            raise Refused("not confirmed: nothing was changed")

    def account(self):
        return self.client("sts").get_caller_identity()["Account"]

    def place(self):
        return f"account {self.account()}, region {self.region}"
