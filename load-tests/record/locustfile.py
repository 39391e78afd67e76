"""Users of two pages, in the steps that the environment gives as JSON: seconds, tasks and requests a second."""

import itertools
import json
import os
import time
from urllib.request import urlopen

from locust import HttpUser, LoadTestShape, task

STEPS = json.loads(os.environ["RECORD_STEPS"])
SECONDS_A_REQUEST = 2

# By the golden ratio, users who begin together send one after the other, however many there are.
GOLDEN = 0.618034


class Visitor(HttpUser):
    number = itertools.count()

    def on_start(self):
        self.due = time.time() + SECONDS_A_REQUEST * (GOLDEN * next(self.number) % 1)
        time.sleep(max(0, self.due - time.time()))

    # Locust's own `constant_throughput` lets users who began together send together from their second request on.
    def wait_time(self):
        self.due = max(self.due + SECONDS_A_REQUEST, time.time())
        return max(0, self.due - time.time())

    @task(3)
    def read(self):
        self.client.get("/read")

    @task
    def search(self):
        self.client.get("/search")


class Steps(LoadTestShape):
    tasks = 1

    def tick(self):
        since = self.get_run_time()
        for seconds, tasks, rate in STEPS:
            if since < seconds:
                if tasks != self.tasks:
                    self.tasks = tasks
                    urlopen(f"{os.environ['RECORD_URL']}/scale/{tasks}").close()
                users = rate * SECONDS_A_REQUEST
                return users, users
            since -= seconds
        return None
