"""The context of a check: names, clients, outputs, and limited time."""

import time


class TimedOut(TimeoutError):
    """A condition was not met in time."""


class Context:
    def __init__(self, names, session, account, minutes, *, say=print, now=time.time, sleep=time.sleep):
        self.names = names
        self.account = account
        self.region = session.region_name
        self.partition = session.get_partition_for_region(self.region)
        self.say = say
        self.now = now
        self.sleep = sleep
        self.outputs = {}
        self.captures = False
        self.began = now()
        self.deployed = now()
        self.events = []
        # Why the remaining checks do not run.
        self.stopped = ""
        self._session = session
        self._clients = {}
        self._ends = now() + 60 * minutes

    def client(self, service):
        if service not in self._clients:
            self._clients[service] = self._session.client(service)
        return self._clients[service]

    def arn(self, service, resource):
        """The ARN of a resource in the account and Region of the run."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def seconds_left(self):
        return self._ends - self.now()

    def wait(self, what, probe, seconds, every=5):
        """The first true result of `probe`. Raises TimedOut after `seconds`, or at the end of the run's time."""
        ends = min(self.now() + seconds, self._ends)
        while True:
            answer = probe()
            if answer:
                return answer
            if self.now() >= ends:
                raise TimedOut(f"{what}: not within {seconds} s")
            self.sleep(every)
