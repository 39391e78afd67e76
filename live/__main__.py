"""python -m live: see --help."""

import argparse
import signal
import subprocess
import sys
from datetime import UTC, datetime

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from . import capture, checks, consent
from .clean import clean
from .context import Context
from .deploy import deploy
from .finding import CONFIRMED, NOT_CHECKED, NOT_REACHED, ROOT, Fact, Finding, failed, run_all
from .names import Names
from .report import write

OK, LACKING, REFUSED = 0, 1, 2


def parser():
    options = argparse.ArgumentParser(prog="python -m live", description="Checks facts on AWS. Costs money.")
    options.add_argument("--region", help="the Region, if the AWS configuration has none or another one")
    options.add_argument(
        "--yes-spend-money", metavar="ACCOUNT/REGION", help="consent for this account and Region, without a question"
    )
    limit = "time limit of deployment and checks; the deletion takes additional time"
    options.add_argument("--minutes", type=int, default=120, choices=range(10, 301), metavar="10..300", help=limit)
    options.add_argument("--only", action="append", metavar="WORDS", help="run only checks whose name contains WORDS")
    options.add_argument("--out", default=".", help="folder of the report")
    options.add_argument("--clean", metavar="STACK", help="only delete what the run of that stack has left")
    return options


def main(
    argv=None, *, session=None, ask=input, interactive=None, deploy=deploy, clean=clean, write=write, all_checks=None
):
    options = parser().parse_args(argv)
    try:
        session = session or boto3.Session(region_name=options.region)
        if not session.region_name:
            raise consent.Refused("no region: give --region")
        account = session.client("sts").get_caller_identity()["Account"]
        if options.clean:
            names = Names(options.clean)
            return remove(names, session.client, clean)
        print(consent.estimate(options.minutes), consent.LOOP_WARNING, sep="\n")
        consent.require(account, session.region_name, options.yes_spend_money, ask, interactive)
    except (consent.Refused, ValueError, BotoCoreError, ClientError) as error:
        print(f"not started: {error}", file=sys.stderr)
        return REFUSED
    chosen = chosen_of(all_checks or checks.ALL, options.only)
    names = Names.new()
    print(
        f"stack {names.stack}; if this run is interrupted: python -m live --region {session.region_name} --clean {names.stack}"
    )
    facts, code = [], LACKING
    try:
        context = Context(names, session, account, options.minutes)
        facts = work(context, chosen, deploy)
    finally:
        try:
            code = remove(names, session.client, clean)
        finally:
            about = {
                "commit": commit(),
                "region": session.region_name,
                "stack": names.stack,
                "everything deleted": "yes" if code == OK else "no",
            }
            for path in write(options.out, facts, about, datetime.now(UTC)):
                print(path)
    fine = all(fact.finding.verdict in (CONFIRMED, NOT_CHECKED) for fact in facts)
    return code if fine else LACKING


def commit():
    """The commit that is deployed, or "unknown" without git."""
    try:
        asked = subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=ROOT, check=False, capture_output=True, text=True
        )
    except OSError:
        return "unknown"
    return asked.stdout.strip() or "unknown"


def chosen_of(all_checks, words):
    return [check for check in all_checks if not words or any(word in check.name for word in words)]


def work(context, chosen, deploy):
    """The facts found. A failed deployment is the only fact."""
    try:
        deploy(context)
        capture.start(context)
    except KeyboardInterrupt:
        finding = Finding(NOT_REACHED, "interrupted while deploying")
    except Exception as error:
        finding = failed(error)
    else:
        return run_all(chosen, context, context.say)
    return [Fact("the deployment", "sam deploy brings up the demo.", finding)]


def remove(names, client, clean):
    left = clean(names, client, print)
    for item in left:
        print(f"left behind: {item}", file=sys.stderr)
    if left:
        print(f"to retry: python -m live --clean {names.stack}", file=sys.stderr)
    return LACKING if left else OK


def interrupt(*_):
    raise KeyboardInterrupt


if __name__ == "__main__":
    # SIGTERM deletes what the run created, like Ctrl-C.
    signal.signal(signal.SIGTERM, interrupt)
    sys.exit(main())
