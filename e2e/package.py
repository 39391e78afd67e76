"""The built templates, packaged with the SAM CLI, for any account of the emulator."""

import json
import os
from pathlib import Path
from typing import Any

import yaml

from e2e.cuts import Cut
from e2e.emulator import Account
from e2e.stack import SAM, SAM_SECONDS, run


def _bucket(account: Account) -> str:
    return f"packaged-{account.id}"


class Package:
    """The packaged template, and the objects that it refers to."""

    def __init__(self, built: Path, folder: Path, account: Account):
        s3 = account.client("s3")
        self._bucket = _bucket(account)
        s3.create_bucket(Bucket=self._bucket)
        packaged = folder / "packaged.yaml"
        command: list[str | Path] = [SAM, "package", "--template-file", built, "--s3-bucket", self._bucket]
        command += ["--output-template-file", packaged, "--no-progressbar", "--config-env", "none"]
        run(command, folder / "package.log", os.environ | account.environment, SAM_SECONDS)
        self.template: dict[str, Any] = yaml.safe_load(packaged.read_text())
        keys = [found["Key"] for found in s3.list_objects_v2(Bucket=self._bucket)["Contents"]]
        self._objects = {key: s3.get_object(Bucket=self._bucket, Key=key)["Body"].read() for key in keys}

    def upload(self, account: Account, cut: Cut | None = None) -> str:
        """The URL of the template without one integration, in a bucket of another account. An account
        cannot read the buckets of others."""
        s3 = account.client("s3")
        bucket = _bucket(account)
        s3.create_bucket(Bucket=bucket)
        template, objects = self.template, self._objects
        if cut and cut.stack:
            key = template["Resources"][cut.stack]["Properties"]["TemplateURL"].rsplit("/", 1)[1]
            nested = cut.of(yaml.safe_load(objects[key]))
            objects = objects | {key: json.dumps(nested).encode()}
        elif cut:
            template = cut.of(template)
        body = json.dumps(template).replace(self._bucket, bucket)
        for key, content in (objects | {"template.json": body.encode()}).items():
            s3.put_object(Bucket=bucket, Key=key, Body=content)
        return f"{account.environment['AWS_ENDPOINT_URL']}/{bucket}/template.json"
