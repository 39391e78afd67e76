import os
import signal

import pytest

from e2e.build import copy

# The tests must not use an AWS account of the environment.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]

# SIGTERM ends what the run started, like Ctrl-C.
signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """A copy of the built template."""
    return copy(tmp_path_factory.mktemp("built"))


def pytest_terminal_summary(terminalreporter):
    """Print what happened in the deployed stack, and which check failed without each integration."""
    passed = terminalreporter.getreports("passed")
    for report in sorted(passed, key=lambda report: report.fspath):
        if not report.user_properties:
            terminalreporter.write(report.capstdout)
        for cut, failure in report.user_properties:
            terminalreporter.write_line(f"without {cut}: {failure}")
