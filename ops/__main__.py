"""python -m ops: see --help."""

import argparse
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from . import settings
from .context import Context
from .delete import delete
from .demo import delete_demo, deploy_demo
from .deploy import deploy
from .errors import Failed, Refused, from_aws
from .scaling import scale_cluster, scale_service
from .status import status
from .why import why

DONE, FAILED, REFUSED = 0, 1, 2


def shared(environment):
    """The options that every command has."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--env", default=environment, help="environment of samconfig.toml: default, demo or your own")
    options.add_argument("--yes", action="store_true", help="agree to every question")
    return options


def parser():
    options = argparse.ArgumentParser(prog="python -m ops", description="Deploys, changes and deletes ecs-tide.")
    commands = options.add_subparsers(dest="command", required=True)

    def command(name, what, environment="default"):
        return commands.add_parser(name, parents=[shared(environment)], help=what)

    command("deploy", "build, and create or update the stack").add_argument(
        "--parameter", action="append", default=[], metavar="NAME=VALUE", help="a parameter of template.yaml"
    )
    command("delete", "remove all hooks, and delete the stack")
    command("status", "list groups, hooks, drains and tasks cut short").add_argument(
        "--all", action="store_true", help="look for hooks on all groups of the Region, a call for each"
    )
    command("why", "ask auto-drain what it would decide about an instance").add_argument(
        "--instance", required=True, help="ID of the EC2 instance"
    )
    one = command("scale-service", "create or update the stack that scales a service")
    one.add_argument("--service", required=True, help="name of the ECS service")
    of_scaling(one)
    one = command("scale-cluster", "create or update the stack that scales a group")
    one.add_argument("--group", required=True, help="name of the Auto Scaling group")
    of_scaling(one)
    command("deploy-demo", "create or update the demo, a stack of its own", "demo").add_argument(
        "--parameter", action="append", default=[], metavar="NAME=VALUE", help="a parameter of stacks/demo.yaml"
    )
    command("delete-demo", "delete the demo", "demo")
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
        deploy(context, settings.pairs(options.parameter))
    elif options.command == "delete":
        delete(context)
    elif options.command == "status":
        status(context, options.all)
    elif options.command == "why":
        why(context, options.instance)
    elif options.command == "deploy-demo":
        deploy_demo(context, settings.pairs(options.parameter))
    elif options.command == "delete-demo":
        delete_demo(context)
    else:
        scale(options, context)


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
