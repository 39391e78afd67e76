"""python -m live: see --help."""

import argparse
import signal
import sys
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from . import checks, consent, guesses
from .clean import clean
from .context import Context
from .deploy import deploy
from .finding import AGREES
from .journal import Journal
from .names import Names
from .report import write
from .run import run_parts

OK, LACKING, REFUSED = 0, 1, 2
# What a run calls. Tests replace it.
TOOLS = SimpleNamespace(deploy=deploy, clean=clean, write=write, parts=checks.PARTS)


def parser():
    options = argparse.ArgumentParser(prog="python -m live", description="Checks facts on AWS. Costs money.")
    options.add_argument("--region", help="the Region, if the AWS configuration has none or another one")
    options.add_argument(
        "--yes-spend-money", metavar="ACCOUNT/REGION", help="consent for this account and Region, without a question"
    )
    limit = "time limit of deployments and checks; the deletion takes additional time"
    options.add_argument("--minutes", type=int, default=240, choices=range(10, 301), metavar="10..300", help=limit)
    options.add_argument("--only", action="append", metavar="WORDS", help="run only checks whose name contains WORDS")
    options.add_argument("--out", default=".", help="folder of the report and the journal")
    options.add_argument("--keep", action="store_true", help="delete nothing at the end; everything goes on costing")
    options.add_argument("--resume", metavar="JOURNAL", help="run what has no answer in the journal of another run")
    options.add_argument("--clean", metavar="STACK", help="only delete what the run of that stack has left")
    options.add_argument("--list", action="store_true", help="only list the checks, and the guesses without one")
    return options


def main(argv=None, *, session=None, ask=input, interactive=None, tools=TOOLS):
    options = parser().parse_args(argv)
    if options.list:
        print(listing(tools.parts))
        return OK
    try:
        session = session or boto3.Session(region_name=options.region)
        if not session.region_name:
            raise consent.Refused("no region: give --region")
        account = session.client("sts").get_caller_identity()["Account"]
        if options.clean:
            return remove(Names(options.clean), session.client, tools.clean)
        journal = journal_of(options, account, session.region_name)
        print(consent.estimate(options.minutes), consent.LOOP_WARNING, sep="\n")
        consent.require(account, session.region_name, options.yes_spend_money, ask, interactive)
    except (consent.Refused, ValueError, BotoCoreError, ClientError) as error:
        print(f"not started: {error}", file=sys.stderr)
        return REFUSED
    return run(options, session, journal, tools)


def journal_of(options, account, region):
    if not options.resume:
        return Journal.new(options.out, account, region)
    journal = Journal.load(options.resume)
    if (journal.account, journal.region) != (account, region):
        raise consent.Refused(
            f"{options.resume} is of {journal.account}/{journal.region}, but the credentials and the Region are "
            f"{account}/{region}: correct one of them"
        )
    return journal


def run(options, session, journal, tools):
    stack, began = journal.names.stack, time.time()
    print(f"stack {stack}; if this run is killed: python -m live --region {journal.region} --clean {stack}")
    print(f"journal {journal.path}; to go on after that: python -m live --resume {journal.path}")
    code = LACKING
    try:
        context = Context(journal.names, session, journal.account, options.minutes)
        run_parts(chosen(tools.parts, options.only, journal), context, tools.deploy, journal.keep)
    finally:
        try:
            if options.keep:
                print(f"kept, and costing: to delete it: python -m live --region {journal.region} --clean {stack}")
            else:
                code = remove(journal.names, session.client, tools.clean)
        finally:
            minutes = round((time.time() - began) / 60)
            about = {
                "region": journal.region,
                "stack": stack,
                "minutes": minutes,
                "everything_deleted": code == OK,
                "cost": consent.cost(minutes),
            }
            for path in tools.write(options.out, journal.facts(), about, datetime.now(UTC)):
                print(path)
    agree = all(fact.finding.verdict == AGREES for fact in journal.facts())
    return code if agree else LACKING


def chosen(parts, words, journal):
    """The parts with the checks that are asked for and have no answer yet."""

    def is_chosen(check):
        return journal.is_open(check) and (not words or any(word in check.name for word in words))

    found = [(part, [check for check in part.checks if is_chosen(check)]) for part in parts]
    return [(part, checks) for part, checks in found if checks]


def listing(parts):
    lines = [f"{part.name}: {check.name}\n    {check.expected}" for part in parts for check in part.checks]
    unshown = [f"{one.section}: {one.guess}\n    {one.why}" for one in guesses.GUESSES if not one.checks]
    return "\n".join([*lines, "", "guesses that no check can settle:", *unshown])


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
