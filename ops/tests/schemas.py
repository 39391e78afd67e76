"""CloudFormation's schemas of resource types, from cfn-lint."""

import json
from functools import cache
from pathlib import Path

import cfnlint

SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas"


@cache
def _files():
    return json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text())


@cache
def schema(kind):
    return json.loads((SCHEMAS / "resources" / f"{_files()[kind]}.json").read_text())
