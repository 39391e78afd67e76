"""A service whose limit is known: `tasks` tasks of WORKERS workers, which hold each request for SERVICE_SECONDS.

The workers do not sleep one after the other: a request's begin and end are computed when it arrives, so what the
machine is busy with besides does not change the limit. Requests wait in the order in which they arrive, and none is
refused or cut short.
"""

import asyncio
import heapq
import json
import math
import time
from collections import defaultdict

WORKERS = 2
SERVICE_SECONDS = 0.1
LIMIT = WORKERS / SERVICE_SECONDS

PERIOD = 10


class Gauge:
    """Seconds that something was so, by the period of wall time they fall into."""

    def __init__(self):
        self.seconds = defaultdict(float)

    def add(self, begin, end):
        while begin < end:
            period = math.floor(begin / PERIOD) * PERIOD
            until = min(end, period + PERIOD)
            self.seconds[period] += until - begin
            begin = until


class Server:
    """One on a port of its own, for one load generator."""

    def __init__(self):
        self.offset = time.time() - time.monotonic()
        self.free = [0.0] * WORKERS
        self.scaled = [(self.now(), 1)]
        self.busy = Gauge()
        self.waiting = Gauge()
        self.answers = 0

    def now(self):
        """Seconds since 1970 that no correction of the clock makes jump."""
        return time.monotonic() + self.offset

    def scale(self, tasks):
        """Run so many tasks from now on. No request may be under way."""
        self.scaled.append((self.now(), tasks))
        self.free = [0.0] * (WORKERS * tasks)

    async def listen(self):
        self.server = await asyncio.start_server(self.connection, "127.0.0.1", 0)
        return self.server.sockets[0].getsockname()[1]

    async def connection(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                target = head.split(b" ", 2)[1]
                if target.startswith(b"/scale/"):
                    self.scale(int(target.removeprefix(b"/scale/")))
                else:
                    await self.work()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def work(self):
        came = self.now()
        begin = max(came, heapq.heappop(self.free))
        end = begin + SERVICE_SECONDS
        heapq.heappush(self.free, end)
        self.waiting.add(came, begin)
        self.busy.add(begin, end)
        await asyncio.sleep(end - self.now())
        self.answers += 1

    def tasks(self, period):
        """Those that ran in the middle of a period."""
        middle = period + PERIOD / 2
        return next((tasks for since, tasks in reversed(self.scaled) if since <= middle), self.scaled[0][1])

    def metrics(self):
        """What `aws cloudwatch get-metric-data` would write of it: averages over the tasks, and their number."""
        if not self.answers:
            raise SystemExit("a load generator sent no request")
        periods = range(min(self.busy.seconds), max(self.busy.seconds) + PERIOD, PERIOD)
        times = [time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(period)) for period in periods]

        def series(name, label, value):
            values = [round(value(period), 4) for period in periods]
            return {"Id": name, "Label": label, "Timestamps": times, "Values": values, "StatusCode": "Complete"}

        def of_a_task(gauge):
            return lambda period: gauge.seconds[period] / PERIOD / self.tasks(period)

        return json.dumps(
            {
                "MetricDataResults": [
                    series(
                        "running", "ECS/ContainerInsights RunningTaskCount Average ServiceName=recorded", self.tasks
                    ),
                    series("busy", "Recorded BusyWorkers Average ServiceName=recorded", of_a_task(self.busy)),
                    series("waiting", "Recorded WaitingRequests Average ServiceName=recorded", of_a_task(self.waiting)),
                ],
                "Messages": [],
            },
            indent=1,
        )
