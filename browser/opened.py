"""A page in Chromium, with its console messages and requests."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 812}


@dataclass
class Opened:
    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def boxes(self, selector: str) -> list[dict[str, float]]:
        """The bounding box of each element that the selector matches, in CSS pixels."""
        return self.page.locator(selector).evaluate_all("all => all.map(one => one.getBoundingClientRect().toJSON())")


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, file: Path, screen: dict[str, int], scheme: str = "light") -> Iterator[Opened]:
    page = browser.new_page(viewport=screen, device_scale_factor=2, color_scheme=scheme)
    opened = Opened(page)
    opened.watch()
    page.goto(file.as_uri())
    yield opened
    page.close()
