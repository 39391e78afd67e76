import pytest

from e2e.build import build


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The built template."""
    return build(tmp_path_factory.mktemp("built"))


def pytest_terminal_summary(terminalreporter):
    """What noticed each wire that was cut."""
    for report in terminalreporter.getreports("passed"):
        for cut, noticed in report.user_properties:
            terminalreporter.write_line(f"without {cut}: {noticed}")
