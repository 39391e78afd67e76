import os
import shutil
import signal

import pytest

from e2e.build import alone, build

# Nothing of the account of whoever runs this.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]

# A run that is told to end ends what it started, as after Ctrl-C.
signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def built(tmp_path_factory, worker_id):
    """The built template, in a copy of one's own; it is built once for all workers."""
    own = tmp_path_factory.mktemp("built")
    if worker_id == "master":
        return build(own)
    shared = tmp_path_factory.getbasetemp().parent
    with alone(shared / "lock"):
        if not (shared / "build").exists():
            build(shared)
    shutil.copytree(shared / "build", own / "build")
    return own / "build/template.yaml"


def pytest_terminal_summary(terminalreporter):
    """What noticed each wire that was cut."""
    for report in terminalreporter.getreports("passed"):
        for cut, noticed in report.user_properties:
            terminalreporter.write_line(f"without {cut}: {noticed}")
