"""Builds the functions and the templates for a deployment: python -m e2e.build."""

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from e2e.clients import REGION
from e2e.emulator import ROOT
from e2e.processes import E2eError
from e2e.stack import SAM, run

BUILT = ROOT / "target/e2e/build"
LOCK = BUILT.parent / "lock"
FUNCTIONS = ["auto-drain", "reinvoke", "hook-keeper", "alarm-scaling"]
SECONDS = 45 * 60
"""Time limit of each of the two commands, the first of which compiles everything on a new machine."""


@contextmanager
def _alone() -> Iterator[None]:
    """Excludes other runs that build or copy."""
    BUILT.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def build() -> None:
    """Build into BUILT, as `sam build` does for a user.

    `sam build` builds one function after the other, and the link of each uses one core. So all are
    built at once before, with the same features and flags, and it finds them built.
    """
    environment = os.environ | {
        "SAM_CLI_TELEMETRY": "0",
        "AWS_DEFAULT_REGION": REGION,
        # SAM finds cargo-lambda there.
        "PATH": f"{SAM.parent}:{os.environ['PATH']}",
    }
    packages = [word for function in FUNCTIONS for word in ("-p", function)]
    sam = [SAM, "build", "--parameter-overrides", "Architecture=x86_64"]
    sam += ["--build-dir", BUILT, "--config-env", "none"]
    with _alone():
        log = BUILT.parent / "build.log"
        run(["cargo", "lambda", "build", "--release", "--locked", *packages], log, environment, SECONDS)
        run(sam, log, environment, SECONDS)


def copy(folder: Path) -> Path:
    """The built template, in a copy in `folder`. Raises E2eError if nothing is built."""
    if not BUILT.exists():
        raise E2eError(f"{BUILT} does not exist: run python -m e2e.build")
    with _alone():
        shutil.copytree(BUILT, folder / "build")
    return folder / "build/template.yaml"


if __name__ == "__main__":
    try:
        build()
    except E2eError as error:
        sys.exit(f"error: {error}")
