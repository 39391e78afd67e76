"""boto3 clients of the emulator and of the simulated region."""

import threading

import boto3
from botocore.config import Config

REGION = "us-east-1"
ACCOUNT = "000000000000"

_CREATION = threading.Lock()
"""boto3 can use clients in several threads, but not create them there."""


def client(url: str, service: str, account: str = ACCOUNT, config: Config | None = None):
    """A client of a service at `url`. ministack takes an access key of 12 digits as the account."""
    with _CREATION:
        return boto3.client(
            service,
            endpoint_url=url,
            region_name=REGION,
            aws_access_key_id=account,
            aws_secret_access_key="test",
            config=config,
        )
