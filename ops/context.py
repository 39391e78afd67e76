"""What every command is given: settings, clients, and the ways to speak, ask, run and wait."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
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
            raise Refused("no terminal to ask on: give --yes")

    def consent(self, question):
        """Raises unless --yes was given or whoever is asked says yes."""
        self.require_terminal()
        if not self.yes and self.ask(f"{question} [y/N] ").strip().lower() not in ("y", "yes"):
            raise Refused("not agreed to: nothing was changed")

    def account(self):
        return self.client("sts").get_caller_identity()["Account"]

    def place(self):
        return f"account {self.account()}, region {self.region}"

    def pseudo(self):
        """CloudFormation's pseudo parameters."""
        return {
            "AWS::StackName": self.settings.stack,
            "AWS::AccountId": self.account(),
            "AWS::Region": self.region,
            "AWS::Partition": self.session.get_partition_for_region(self.region),
        }
