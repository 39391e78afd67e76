"""ministack, a local emulator of CloudFormation, SNS, SQS, EventBridge, Lambda, CloudWatch and IAM."""

import functools
import os
import urllib.error
import urllib.request
from pathlib import Path

from e2e.clients import ACCOUNT, REGION, client
from e2e.processes import Process, free_port

ROOT = Path(__file__).parent.parent
PYTHON = ROOT / ".venv/ministack/bin/python"


class Account:
    """An account of the emulator. It shares no resource with the other accounts."""

    def __init__(self, url: str, id: str):
        self.id = id
        self.environment = {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": id,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            # The configuration of the user must have no effect.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "SAM_CLI_TELEMETRY": "0",
        }
        self.client = functools.cache(lambda service: client(url, service, id))


class Emulator:
    """One empty ministack on a free port."""

    def __init__(self, folder: Path):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        temporary = folder / "tmp"
        temporary.mkdir()
        own = {
            "GATEWAY_PORT": str(port),
            # The functions call it there.
            "AWS_ENDPOINT_URL": self.url,
            "BIND_HOST": "127.0.0.1",
            # Parallel copies would otherwise share these, and the port of IoT.
            "TMPDIR": str(temporary),
            "STATE_DIR": str(temporary / "state"),
            "S3_DATA_DIR": str(temporary / "s3"),
            "IOT_MTLS_ENABLED": "0",
        }
        # -P: modules of this repository must not shadow its own.
        command = [str(PYTHON), "-P", str(ROOT / "e2e/gateway.py")]
        self._process = Process("ministack", command, folder / "ministack.log", own)

    def wait(self) -> None:
        """Wait until it answers."""
        self._process.wait_for(self._answers)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=1):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def account(self, id: str = ACCOUNT) -> Account:
        """One of its accounts. Each ID of 12 digits is one."""
        return Account(self.url, id)

    def end(self) -> None:
        """End the process."""
        self._process.end()
