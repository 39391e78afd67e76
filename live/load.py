"""Sends a few requests per second to the demo, and counts failures."""

import threading
import time
import urllib.error
import urllib.request


def fetch(url):
    """None if the response is the demo's page, else the failure."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            body = response.read(4096).decode(errors="replace")
    except (urllib.error.URLError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    return None if "It works" in body else f"another page: {body[:80]!r}"


class Load:
    """Sends requests within the context, at most `limit`."""

    def __init__(self, url, limit=6000, pause=0.2, fetch=fetch):
        self.sent = 0
        self.failures = []
        self._url, self._limit, self._pause, self._fetch = url, limit, pause, fetch
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        while self.sent < self._limit and not self._stop.is_set():
            failure = self._fetch(self._url)
            self.sent += 1
            if failure:
                self.failures.append({"at": time.time(), "failure": failure})
            self._stop.wait(self._pause)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join(timeout=10)
