"""The Makefile lists its targets, and the test run does not need root."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ops.settings import ROOT

CHROMIUM = ROOT / ".ci/chromium"
# Everything that `make test` runs, and the workflow that runs it.
TEST_RUN = ["Makefile", ".ci", ".github/workflows/test.yaml", "browser", "crates", "e2e", "live", "ops", "policy"]


def make(*arguments):
    # Without the flags of the make that runs this test.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


def described():
    """Each target of the Makefile that has a description."""
    lines = (ROOT / "Makefile").read_text().splitlines()
    rules = [line for line in lines if " ## " in line and not line.startswith(("\t", "#"))]
    return {line.split(":", 1)[0].strip(): line.split(" ## ", 1)[1] for line in rules}


def files(path):
    found = [path] if path.is_file() else path.rglob("*")
    return [file for file in found if file.is_file() and "__pycache__" not in file.parts]


def test_help_lists_every_described_target():
    lines = [line for line in make("help").splitlines() if line.startswith("  ")]
    assert dict(line.split(maxsplit=1) for line in lines) == described()
    assert len(lines) == len(described())


def test_every_phony_target_has_a_description():
    phony = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {name for line in phony for name in line.split()} == described().keys()


def test_help_groups_users_before_contributors_before_aws():
    headings = [line for line in make("help").splitlines() if line and not line.startswith(" ")]
    assert headings == ["Use, without an AWS account", "Contribute", "With an AWS account"]


def test_no_file_of_the_test_run_mentions_sudo():
    # This file has to name it.
    searched = [file for path in TEST_RUN for file in files(ROOT / path) if file != Path(__file__).resolve()]
    assert len(searched) > len(TEST_RUN)
    assert [str(file) for file in searched if re.search(rb"\bsudo\b", file.read_bytes())] == []


def test_the_test_run_installs_no_load_generators():
    commands = make("--dry-run", "--always-make", "test")
    assert ".ci/chromium" in commands
    assert "load-tests/record" not in commands
    assert "sudo" not in commands


class Commands:
    """The only commands that .ci/chromium finds."""

    def __init__(self, folder):
        self.folder = folder

    def add(self, name, script):
        file = self.folder / name
        file.write_text(f"#!{shutil.which('bash')}\n{script}\n")
        file.chmod(0o755)


@pytest.fixture
def commands(tmp_path):
    return Commands(tmp_path)


def chromium(commands, **environment):
    return subprocess.run(
        [shutil.which("bash"), CHROMIUM],
        env={"PATH": str(commands.folder), **environment},
        check=False,
        capture_output=True,
        text=True,
    )


def test_chromium_that_is_there_is_used(commands):
    commands.add("chromium", "exit 1")
    ended = chromium(commands, CI="true")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_root_installs_chromium_by_apt_get(commands):
    commands.add("id", "echo 0")
    commands.add("apt-get", f'echo "$1" >> {commands.folder}/calls')
    ended = chromium(commands, CI="true")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (commands.folder / "calls").read_text().split() == ["update", "install"]


@pytest.mark.parametrize(
    "user, apt_get, why",
    [
        (1000, "exit 0", "only root can install it"),
        (0, None, "there is no apt-get to install it with"),
        (0, "exit 100", "apt-get could not install it"),
    ],
)
def test_missing_chromium_skips_and_fails_in_ci(commands, user, apt_get, why):
    commands.add("id", f"echo {user}")
    if apt_get:
        commands.add("apt-get", apt_get)
    ended = chromium(commands)
    assert ended.returncode == 0
    assert why in ended.stderr and "apt-get install chromium" in ended.stderr and "skipped: " in ended.stderr
    ended = chromium(commands, CI="true")
    assert ended.returncode == 1
    assert why in ended.stderr and "error: " in ended.stderr and "skipped: " not in ended.stderr
