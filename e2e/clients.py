"""Clients of whoever plays AWS, at an address of this machine."""

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
