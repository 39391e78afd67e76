"""`sam build`, as a user would."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from e2e.clients import REGION
from e2e.emulator import ROOT
from e2e.stack import SAM, run

BUILT = ROOT / "target/e2e/build"


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Holds an exclusive lock on a file."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def build(folder: Path) -> Path:
    """Build the functions and package the templates. Returns the built template, in a copy in
    `folder`.

    Parallel runs build one after the other, in one shared directory.
    """
    BUILT.parent.mkdir(parents=True, exist_ok=True)
    with alone(BUILT.parent / "lock"):
        command = [SAM, "build", "--parameter-overrides", "Architecture=x86_64"]
        command += ["--build-dir", BUILT, "--config-env", "none"]
        environment = os.environ | {
            "SAM_CLI_TELEMETRY": "0",
            "AWS_DEFAULT_REGION": REGION,
            # SAM finds cargo-lambda there.
            "PATH": f"{SAM.parent}:{os.environ['PATH']}",
        }
        run(command, BUILT.parent / "build.log", environment, 45 * 60)
        shutil.copytree(BUILT, folder / "build")
    return folder / "build/template.yaml"
