"""Runs each load generator against a service whose limit is known, and keeps what it writes.

All run at once, each against a server of its own on the loopback interface, at rates of 5 to 48 requests a second:
the machine is hardly busy, and a run takes as long as its steps. Every step ends by itself.
"""

import argparse
import asyncio
import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from server import LIMIT, PERIOD, SERVICE_SECONDS, WORKERS, Server

HERE = Path(__file__).parent
TOOLS = Path(__file__).parents[2] / ".tools"

SECONDS = 150

# Tasks and requests a second: one task below and above its limit, then two.
STEPS = [(1, 5), (1, 10), (1, 15), (1, 18), (1, 24), (2, 10), (2, 36), (2, 48)]

# Requests that may be under way at once. Above the limit a response takes as long as these last.
MOST = 48

# hey deals its rate to workers that all send at the same time: so few of them that their requests find a worker
# within 0.2 s, but above the limit.
HEY_WORKERS = {(1, 5): 1, (1, 10): 2, (1, 15): 3, (1, 18): 3, (2, 10): 2, (2, 36): 6}

# wrk sends what its connections' thinking allows.
WRK_CONNECTIONS = {(1, 24): 60, (2, 48): 120}


JMETER_HOME = "/usr/share/jmeter"
JMETER_JARS = [f"{JMETER_HOME}/bin/ApacheJMeter.jar", f"{JMETER_HOME}/lib/*", f"{JMETER_HOME}/lib/ext/*"]
JMETER_PATH = ":".join([*JMETER_JARS, "/usr/share/java/xstream.jar"])
JMETER = ["java", f"-Djmeter.home={JMETER_HOME}", "-cp", JMETER_PATH, f"{HERE}/AllowPlans.java"]


@dataclass
class Step:
    """What a command needs to know of a step."""

    url: str
    port: int
    tasks: int
    rate: int
    seconds: int
    folder: Path
    name: str


@dataclass
class Tool:
    """A load generator that is run once for each step; a command may write to standard output or to its folder."""

    package: str
    command: Callable[[Step], list[str]]
    suffix: str
    rate_in_name: bool = True
    packed: bool = False


def hey(step, *options):
    workers = HEY_WORKERS.get((step.tasks, step.rate), step.rate)
    each = f"{step.rate / workers:g}"
    return ["hey", "-z", f"{step.seconds}s", "-c", str(workers), "-q", each, *options, f"{step.url}/read"]


def oha(step, *options):
    rate = ["-q", str(step.rate), "-c", str(MOST)]
    return [f"{TOOLS}/bin/oha", "--no-tui", "-z", f"{step.seconds}s", *rate, *options, f"{step.url}/read"]


def wrk(step):
    connections = WRK_CONNECTIONS.get((step.tasks, step.rate), step.rate)
    run = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{step.seconds}s", "--timeout", "10s", "--latency"]
    return [*run, "-s", f"{HERE}/think.lua", f"{step.url}/read"]


def jmeter(step):
    # Its own defaults, but the header, which every version since 3.0 writes.
    properties = {
        "jmeter.save.saveservice.output_format": "csv",
        "jmeter.save.saveservice.print_field_names": "true",
        "port": step.port,
        "threads": MOST if step.rate > LIMIT * step.tasks else step.rate,
        "perminute": 60 * step.rate,
        "seconds": step.seconds,
    }
    flags = [f"-J{name}={value}" for name, value in properties.items()]
    log = ["-j", str(step.folder / "jmeter.log")]
    return [*JMETER, "-n", "-t", f"{HERE}/plan.jmx", *log, "-l", str(step.folder / step.name), *flags]


TOOLS_BY_NAME = {
    "hey-csv": Tool("hey", lambda step: hey(step, "-o", "csv"), "hey.csv", packed=True),
    "hey-text": Tool("hey", hey, "hey.txt"),
    "oha-json": Tool("oha", lambda step: oha(step, "--output-format", "json"), "oha.json"),
    "oha-text": Tool("oha", oha, "oha.txt"),
    "wrk": Tool("wrk", wrk, "wrk.txt", rate_in_name=False),
    "jmeter": Tool("jmeter", jmeter, "jmeter.csv", packed=True),
}

SILENT = "silent"
LOCUST = {"locust": [], "locust-full": ["--csv-full-history"]}


def shown(command, folder):
    """A command as it is kept: without the folders of this machine."""
    line = " ".join(command).replace(str(HERE), "load-tests/record")
    for path in (TOOLS / "bin", TOOLS / "record" / "bin", folder):
        line = line.replace(f"{path}/", "")
    return line


def version(package):
    """With its name; of what Debian packages, Debian's."""
    commands = {
        "oha": [f"{TOOLS}/bin/oha", "--version"],
        "locust": [f"{TOOLS}/record/bin/locust", "--version"],
    }
    asked = commands.get(package, ["dpkg-query", "--show", package])
    out = subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True).stdout
    # Locust says where it is installed besides.
    return " ".join(out.split()[:2])


def keep(path, text, packed):
    if packed:
        path = path.with_name(path.name + ".gz")
        path.write_bytes(gzip.compress(text, 9, mtime=0))
    else:
        path.write_bytes(text)


async def run(command, folder, **environment):
    process = await asyncio.create_subprocess_exec(
        "nice",
        "-n",
        "5",
        *command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={**os.environ, "TZ": "UTC", **environment},
    )
    out, err = await process.communicate()
    if process.returncode != 0 and not out:
        sys.exit(f"{command[0]} ended with {process.returncode}: {err.decode(errors='replace')}")
    return out


async def steps(tool, seconds, folder, scratch):
    """One command a step, in a file of its own that is named after its begin."""
    server = Server()
    port = await server.listen()
    url = f"http://127.0.0.1:{port}"
    commands = []
    for tasks, rate in STEPS:
        server.scale(tasks)
        # Files are named by the second: begin with one.
        await asyncio.sleep(1 - server.now() % 1)
        began = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(server.now()))
        file = f"{began}-{tasks}tasks{f'-{rate}rps' if tool.rate_in_name else ''}.{tool.suffix}"
        step = Step(url, port, tasks, rate, seconds, scratch, file)
        command = tool.command(step)
        out = await run(command, scratch)
        written = scratch / file
        keep(folder / file, written.read_bytes() if written.exists() else out, tool.packed)
        # Requests that the tool has given up are still being answered.
        await asyncio.sleep(3)
        commands.append(shown(command, scratch))
    (folder / "metrics.json").write_text(server.metrics())
    return server, commands


async def locust(options, seconds, folder, scratch):
    """One run with a step after the other, as Locust's own load shape."""
    server = Server()
    port = await server.listen()
    url = f"http://127.0.0.1:{port}"
    command = [f"{TOOLS}/record/bin/locust", "--locustfile", f"{HERE}/locustfile.py", "--headless", "--host", url]
    command += ["--csv", "run", *options]
    ladder = [[seconds, tasks, rate] for tasks, rate in STEPS]
    await run(command, scratch, RECORD_STEPS=json.dumps(ladder), RECORD_URL=url)
    keep(folder / "run_stats_history.csv", (scratch / "run_stats_history.csv").read_bytes(), packed=True)
    (folder / "metrics.json").write_text(server.metrics())
    return server, [shown(command, scratch)]


async def silent(folder, scratch):
    """Levels without an answer, as a service that is stuck gives them: it accepts connections, and no more."""
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{port}/read"
    short = ["-z", "10s", "-c", "5", "-t"]
    commands = {
        "5rps.hey.txt": ["hey", *short, "2", "-q", "1", url],
        "5rps.oha.json": [f"{TOOLS}/bin/oha", "--no-tui", *short, "2s", "-q", "5", "--output-format", "json", url],
        "5rps.oha.txt": [f"{TOOLS}/bin/oha", "--no-tui", *short, "2s", "-q", "5", url],
        "wrk.txt": ["wrk", "-t", "1", "-c", "5", "-d", "10s", "--timeout", "2s", "--latency", url],
    }
    began = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    written = await asyncio.gather(*(run(command, scratch) for command in commands.values()))
    for end, text in zip(commands, written, strict=True):
        (folder / f"{began}-1tasks{'-' if end[0].isdigit() else '.'}{end}").write_bytes(text)
    return [shown(command, scratch) for command in commands.values()]


async def record(name, seconds, into):
    folder, scratch = into / name, TOOLS / "record" / "scratch" / name
    for made in (folder, scratch):
        made.mkdir(parents=True, exist_ok=True)
        for old in made.iterdir():
            old.unlink()
    date = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    if name == SILENT:
        commands = await silent(folder, scratch)
        about = f"{version('hey')}, {version('oha')}, {version('wrk')}, {date}, no answer"
        (folder / "commands.txt").write_text("".join(f"{line}\n" for line in [f"# {about}", *commands]))
        return
    if name in LOCUST:
        package = "locust"
        server, commands = await locust(LOCUST[name], seconds, folder, scratch)
    else:
        package = TOOLS_BY_NAME[name].package
        server, commands = await steps(TOOLS_BY_NAME[name], seconds, folder, scratch)
    about = f"{version(package)}, {date}, {server.answers} answers"
    print(f"{name}: {about}", flush=True)
    (folder / "commands.txt").write_text("".join(f"{line}\n" for line in [f"# {about}", *commands]))


async def main():
    names = [*TOOLS_BY_NAME, *LOCUST, SILENT]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, required=True, help="folder in which each load generator gets a folder")
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="the load generators to run")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="of each step; the advisor asks for 110")
    options = parser.parse_args()
    print(
        f"{len(STEPS)} steps of {options.seconds} s for {', '.join(options.only)}; one task has {WORKERS} workers, "
        f"a request takes {SERVICE_SECONDS} s: at most {LIMIT:g} requests a second, by {PERIOD} s",
        flush=True,
    )
    await asyncio.gather(*(record(name, options.seconds, options.into.resolve()) for name in options.only))


if __name__ == "__main__":
    asyncio.run(main())
