"""The simulated region over HTTP: ECS and Auto Scaling as the deployed functions see them."""

import json
import re
import urllib.request
from pathlib import Path
from typing import Any

from botocore.config import Config

from e2e.clients import client
from e2e.emulator import ROOT
from e2e.processes import Process

CLUSTER = "demo"
GROUP = "demo-group"
SHOP = "shop"
"""A second cluster, which a check creates."""
ACCOUNT = "123456789012"


class Region:
    """A simulated region in real time, with a group of two instances in service."""

    def __init__(self, folder: Path):
        log = folder / "region.log"
        command = [ROOT / "target/debug/rehearse", "serve", "--address", "127.0.0.1:0"]
        command += ["--leaving", "0", "--deregistration-seconds", "3"]
        self._process = Process("the region", [str(part) for part in command], log, {})
        self.url = ""

    def wait(self) -> None:
        """Wait until it has printed its address."""

        def printed() -> bool:
            found = re.search(r"region is at (http://\S+);", self._process.log.read_text())
            self.url = found[1] if found else ""
            return bool(found)

        self._process.wait_for(printed)

    def _ask(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f"{self.url}/_region/{path}", data=data, timeout=10) as answer:
            return json.load(answer)

    def control(self, act: str, order: Any) -> Any:
        """A control action; see `Control` of the crate `region`."""
        return self._ask("control", {act: order})

    def instances(self) -> dict[str, Any]:
        """The true state of all instances, by ID."""
        return {instance["id"]: instance for instance in self._ask("truth")["instances"]}

    def serving(self, group: str) -> list[str]:
        """The instances of a group that are in service."""
        return [
            instance["id"]
            for instance in self.instances().values()
            if instance["group"] == group and instance["state"] == "InService"
        ]

    def client(self, service: str, config: Config | None = None):
        """A client of one of its services."""
        return client(self.url, service, config=config)

    def end(self) -> None:
        """End the process."""
        self._process.end()
