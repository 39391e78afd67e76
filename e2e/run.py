"""One run: the emulator, the simulated region, the stack, and queues that receive from topics."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from e2e.emulator import ROOT, Emulator
from e2e.processes import eventually
from e2e.region import Region
from e2e.stack import Stack
from e2e.transcript import say

LOGS = ROOT / "target/e2e"


@dataclass
class Run:
    """The environment of a check."""

    emulator: Emulator
    region: Region
    stack: Stack
    failed: bool = True
    rung: set[str] = field(default_factory=set)
    """The alarms that have notified the topic so far."""

    def queue_url(self, name: str) -> str:
        """The URL of a queue, by its name."""
        return self.emulator.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]

    def receive(self, url: str) -> list[dict[str, Any]]:
        """Receive and delete up to 10 messages of a queue, parsed as JSON."""
        sqs = self.emulator.client("sqs")
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]

    def depth(self, url: str) -> int:
        """The number of messages in a queue, with delayed messages and those in flight."""
        names = ["", "NotVisible", "Delayed"]
        names = [f"ApproximateNumberOfMessages{name}" for name in names]
        got = self.emulator.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(got["Attributes"][name]) for name in names)

    def listen(self, name: str, topic_arn: str) -> str:
        """The URL of a new queue that is subscribed to a topic."""
        sqs = self.emulator.client("sqs")
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        got = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        self.emulator.client("sns").subscribe(
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

    def a_reconcile(self, why: str, since: float, seconds: float = 15) -> None:
        """Wait for a reconcile that started since a time."""
        eventually(f"a reconcile, by {why}", lambda: self.reconciles(since), seconds)
        say(f"{why}: a reconcile")


@contextmanager
def running() -> Iterator[Run]:
    """A new run. Its processes end with it. Its logs are kept unless `failed` is set to False."""
    LOGS.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=LOGS))
    emulator = Emulator(folder)
    region = Region(folder)
    run = Run(emulator, region, Stack(folder, emulator, region, dict(os.environ)))
    try:
        emulator.wait()
        region.wait()
        yield run
    finally:
        region.end()
        emulator.end()
        if run.failed:
            shutil.rmtree(folder / "tmp", ignore_errors=True)
            say(f"the logs are in {folder}")
        else:
            shutil.rmtree(folder)
