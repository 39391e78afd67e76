"""python -m ops: see --help."""

import argparse
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from . import settings
from .attach import attach, detach
from .context import Context
from .delete import delete
from .deploy import deploy
from .errors import Failed, Refused, from_aws
from .scaling import scale_cluster, scale_service

DONE, FAILED, REFUSED = 0, 1, 2


def parser():
    options = argparse.ArgumentParser(prog="python -m ops", description="Deploys, changes and deletes ecs-tide.")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--env", default="default", help="environment of samconfig.toml: default, demo or your own")
    shared.add_argument("--yes", action="store_true", help="agree to every question")
    commands = options.add_subparsers(dest="command", required=True)
    one = commands.add_parser("deploy", parents=[shared], help="build, and create or update the stack")
    one.add_argument(
        "--parameter", action="append", default=[], metavar="NAME=VALUE", help="a parameter of template.yaml"
    )
    one.add_argument("--replace-hook", action="store_true", help="allow an update that replaces or deletes the hook")
    commands.add_parser("delete", parents=[shared], help="delete the stack")
    for name, what in (("attach", "create the hook of an additional group"), ("detach", "delete that hook")):
        one = commands.add_parser(name, parents=[shared], help=what)
        one.add_argument("--group", required=True, help="name of the Auto Scaling group")
    one = commands.add_parser(
        "scale-service", parents=[shared], help="create or update the stack that scales a service"
    )
    one.add_argument("--service", required=True, help="name of the ECS service")
    of_scaling(one)
    one = commands.add_parser("scale-cluster", parents=[shared], help="create or update the stack that scales a group")
    one.add_argument("--group", required=True, help="name of the Auto Scaling group")
    of_scaling(one)
    return options


def of_scaling(command):
    command.add_argument("--cluster", required=True, help="name of the ECS cluster")
    command.add_argument(
        "--parameter", action="append", default=[], metavar="NAME=VALUE", help="a parameter of that stack"
    )


def main(argv=None, *, session=None, path=settings.ROOT / "samconfig.toml", **ways):
    """Run the command line. Returns the exit code. `ways` replace fields of the context."""
    options = parser().parse_args(argv)
    try:
        chosen = settings.load(options.env, path)
        session = session or boto3.Session(region_name=chosen.region)
        if not session.region_name:
            raise Refused("no region: set AWS_DEFAULT_REGION, or a region in the profile")
        carry_out(options, Context(chosen, session, options.yes, **ways))
    except Refused as error:
        return complain(error, REFUSED)
    except Failed as error:
        return complain(error, FAILED)
    except (ClientError, BotoCoreError) as error:
        return complain(from_aws(error), FAILED)
    except (KeyboardInterrupt, EOFError):
        return complain("interrupted: CloudFormation continues what it has started", FAILED)
    return DONE


def carry_out(options, context):
    if options.command == "deploy":
        deploy(context, settings.pairs(options.parameter), options.replace_hook)
    elif options.command == "delete":
        delete(context)
    elif options.command in ("scale-service", "scale-cluster"):
        scale(options, context)
    elif not options.group:
        raise Refused("no group: give --group NAME, or GROUP=NAME to make")
    elif options.command == "attach":
        attach(context, options.group)
    else:
        detach(context, options.group)


def scale(options, context):
    given = settings.pairs(options.parameter)
    named = options.service if options.command == "scale-service" else options.group
    if not options.cluster or not named:
        raise Refused("no cluster, service or group: give CLUSTER=NAME and SERVICE=NAME or GROUP=NAME to make")
    run = scale_service if options.command == "scale-service" else scale_cluster
    run(context, options.cluster, named, given)


def complain(what, code):
    print(f"error: {what}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
