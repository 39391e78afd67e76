"""Checks the sizes that AWS limits, before anything is built."""

import json

from .errors import Refused
from .resolve import Resolver
from .template import load

# Bytes of a parameter's value.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
PARAMETER = 4096
# Bytes of all variables of a function together.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
# Lambda's error shows what it measures: one JSON object, in which each quotation mark of a value
# counts twice.
ENVIRONMENT = 4096


def refuse_too_large(parameters, pseudo):
    """`parameters` must have all parameters of the template, `pseudo` the values of `AWS::…`."""
    for name, value in parameters.items():
        if len(value.encode()) > PARAMETER:
            raise Refused(f"{name} has {len(value.encode())} bytes, and CloudFormation accepts {PARAMETER}: shorten it")
    for function, variables in environments(parameters, pseudo).items():
        size = measured(variables)
        if size > ENVIRONMENT:
            largest = sorted(variables, key=lambda name: -len(variables[name]))[:2]
            of = " and ".join(f"{measured({name: variables[name]})} of {name}" for name in largest)
            raise Refused(
                f"the variables of function {function} have {size} bytes, {of}, and Lambda accepts {ENVIRONMENT} for "
                "all of them: shorten them"
            )


def measured(variables):
    return len(json.dumps(variables, separators=(",", ":"), ensure_ascii=False).encode())


def environments(parameters, pseudo):
    """The environment variables of each function that is deployed."""
    template = load()
    resolver = Resolver(template, parameters, pseudo)
    functions = {
        name: resource
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function" and resolver.is_there(resource)
    }
    return {
        name: resolver.value(resource["Properties"]["Environment"]["Variables"]) for name, resource in functions.items()
    }
