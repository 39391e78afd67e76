"""boto3 clients of the emulator and of the simulated region."""

import boto3

REGION = "us-east-1"
ACCOUNT = "000000000000"


def client(url: str, service: str):
    """A client of a service at `url`."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
