"""A run of checks: the emulator, the simulated region, the stack, and queues that receive from topics."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from e2e.clients import ACCOUNT
from e2e.emulator import ROOT, Account, Emulator
from e2e.processes import eventually
from e2e.region import Region
from e2e.stack import NAME, Stack
from e2e.transcript import say

LOGS = ROOT / "target/e2e"


@dataclass
class Run:
    """The environment of a check."""

    account: Account
    region: Region
    stack: Stack
    rung: set[str] = field(default_factory=set)
    """The alarms that have notified the topic so far."""

    def client(self, service: str):
        """A client of a service of the emulator."""
        return self.account.client(service)

    def queue_url(self, name: str) -> str:
        """The URL of a queue, by its name."""
        return self.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]

    def receive(self, url: str) -> list[dict[str, Any]]:
        """Receive and delete up to 10 messages of a queue, parsed as JSON."""
        sqs = self.client("sqs")
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]

    def depth(self, url: str) -> int:
        """The number of messages in a queue, with delayed messages and those in flight."""
        names = ["", "NotVisible", "Delayed"]
        names = [f"ApproximateNumberOfMessages{name}" for name in names]
        got = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(got["Attributes"][name]) for name in names)

    def listen(self, name: str, topic_arn: str) -> str:
        """The URL of a new queue that is subscribed to a topic."""
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        got = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        self.client("sns").subscribe(
            TopicArn=topic_arn,
            Protocol="sqs",
            Endpoint=got["Attributes"]["QueueArn"],
            Attributes={"RawMessageDelivery": "true"},
        )
        return url

    def reconciles(self, since: float) -> list[dict[str, Any]]:
        """The records of reconciles since a time that accepted a message."""
        records = self.stack.records("auto-drain", since)
        return [record for record in records if record.get("accepted")]

    def an_event(self, what: str, since: float, seconds: float = 15) -> None:
        """Wait until auto-drain has accepted or skipped a message since a time."""

        def arrived() -> list[dict[str, Any]]:
            records = self.stack.records("auto-drain", since)
            return [record for record in records if record.get("accepted") or record.get("skipped")]

        eventually(f"an event, by {what}", arrived, seconds)
        say(f"{what}: an event reaches auto-drain")

    def a_reconcile(self, why: str, since: float, seconds: float = 15) -> None:
        """Wait for a reconcile that started since a time."""
        eventually(f"a reconcile, by {why}", lambda: self.reconciles(since), seconds)
        say(f"{why}: a reconcile")


@dataclass
class Simulators:
    """The emulator and the simulated region."""

    folder: Path
    emulator: Emulator
    region: Region
    failed: bool = True

    def run(self, account: str = ACCOUNT, name: str = NAME) -> Run:
        """A run with a stack that is not deployed yet. In one account there can be one at a time.
        ministack mixes up functions of the same name, so the name must differ in each account."""
        own = self.emulator.account(account)
        return Run(own, self.region, Stack(self.folder, own, self.region, name))


@contextmanager
def simulators() -> Iterator[Simulators]:
    """New simulators, which end with the context. The logs are kept unless `failed` is set to False."""
    LOGS.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=LOGS))
    emulator = Emulator(folder)
    region = Region(folder)
    started = Simulators(folder, emulator, region)
    try:
        emulator.wait()
        region.wait()
        yield started
    finally:
        region.end()
        emulator.end()
        if started.failed:
            shutil.rmtree(folder / "tmp", ignore_errors=True)
            say(f"the logs are in {folder}")
        else:
            shutil.rmtree(folder)
