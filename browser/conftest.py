"""Skips the tests where Chromium is missing; with CI=true they fail."""

import os
import shutil

import pytest


@pytest.fixture(scope="session", autouse=True)
def installed():
    """`.ci/chromium` installs Chromium or prints how to."""
    if shutil.which("chromium"):
        return
    missing = "Chromium is missing (no command chromium in PATH)"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{missing}, and CI=true allows no skipped tests", pytrace=False)
    pytest.skip(missing)
