"""One run: emulator, region and stack, and what listens at the ends."""

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
    """What a check looks at."""

    emulator: Emulator
    region: Region
    stack: Stack
    failed: bool = True
    rung: set[str] = field(default_factory=set)
    """The alarms that have rung so far."""

    def queue_url(self, name: str) -> str:
        """Where a queue is, by its name."""
        return self.emulator.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]

    def receive(self, url: str) -> list[dict[str, Any]]:
        """What has come to a queue, as JSON, and is taken off it."""
        sqs = self.emulator.client("sqs")
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]

    def depth(self, url: str) -> int:
        """How many messages a queue holds, delayed and in flight ones included."""
        names = ["", "NotVisible", "Delayed"]
        names = [f"ApproximateNumberOfMessages{name}" for name in names]
        got = self.emulator.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(got["Attributes"][name]) for name in names)

    def listen(self, name: str, topic_arn: str) -> str:
        """A queue that hears what a topic says."""
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

    def looks(self, since: float) -> list[dict[str, Any]]:
        """The looks since a time that a message asked for."""
        records = self.stack.records("auto-drain", since)
        return [record for record in records if record.get("heeded")]

    def a_look(self, why: str, since: float, seconds: float = 15) -> None:
        """Wait for a look since a time."""
        eventually(f"a look, by {why}", lambda: self.looks(since), seconds)
        say(f"{why}: a look")


@contextmanager
def running() -> Iterator[Run]:
    """A run from nothing, whose processes end with it. Its logs stay unless `failed` is
    set back.
    """
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
