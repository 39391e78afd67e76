"""Compares policy/deployer.json, deployer-scaling.json and deployer-demo.json with the calls of a deployment, and
operator.json with the calls of `status` and `why`.

The documents must allow exactly what `ops` and the SAM CLI call, and what the handlers call by
CloudFormation's schemas. Resources and conditions are not evaluated.
"""

import ast
import inspect
import json
from fnmatch import fnmatchcase

import botocore.session
import pytest
import samcli.lib.deploy.deployer
import samcli.lib.package.s3_uploader
import samcli.lib.utils.managed_cloudformation_stack
from botocore import xform_name

from ops.settings import ROOT
from ops.template import load

from .schemas import schema

# Characters without white space (IAM and STS quotas).
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
LONGEST = 6144
NAMES = ("deployer", "deployer-scaling", "deployer-demo", "operator")
MAIN, SCALING, DEMO, OPERATOR = (json.loads((ROOT / "policy" / f"{name}.json").read_text()) for name in NAMES)
# The modules of `status` and `why`. Those with True are also part of a deployment.
OPERATORS = {"status": False, "why": False, "records": False, "opted_in": False, "hooks": True}
DEMO_STACKS = ("demo.yaml", "network.yaml")
SERVERLESS = {"AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping", "AWS::Lambda::EventInvokeConfig"}

# Calls of handlers for properties that no template here sets.
UNUSED = {
    "keys": ["kms:*", "logs:*KmsKey"],
    "functions in a network or with a file system": ["elasticfilesystem:*", "s3files:*"],
    "signed code, layers, versions, concurrency": [
        "lambda:*CodeSigningConfig",
        "lambda:AssociateRuntimeAlias",
        "lambda:GetLayerVersion",
        "lambda:PassCapacityProvider",
        "lambda:PublishVersion",
        "lambda:*ProvisionedConcurrencyConfig",
        "lambda:PutFunctionScalingConfig",
        "lambda:PutRuntimeManagementConfig",
    ],
    "descriptions that change": ["iam:UpdateRoleDescription"],
    "scheduled actions": [
        "application-autoscaling:PutScheduledAction",
        "application-autoscaling:DeleteScheduledAction",
    ],
    "log groups with more than a retention": [
        "firehose:*",
        "logs:CreateLogDelivery",
        "logs:*ResourcePolic*",
        "logs:DeleteDataProtectionPolicy",
        "logs:DeleteIndexPolicy",
        "logs:PutBearerTokenAuthentication",
        "logs:PutDataProtectionPolicy",
        "logs:PutIndexPolicy",
        "logs:PutLogGroupDeletionProtection",
        "s3:REST.PUT.OBJECT",
    ],
    "protection of data in topics": ["sns:PutDataProtectionPolicy"],
    "groups with hooks, load balancers, notifications or refreshes of their own": [
        "autoscaling:PutLifecycleHook",
        "autoscaling:*InstanceRefresh",
        "autoscaling:*LoadBalancers",
        "autoscaling:*LoadBalancerTargetGroups",
        "autoscaling:*NotificationConfiguration",
        "autoscaling:*TrafficSources",
        "managed-fleets:*",
        "vpc-lattice:*",
    ],
    "instances from elsewhere than the launch template": ["ec2:Get*"],
    "networks of other kinds": [
        "ec2:*SubnetCidrBlock",
        "ec2:AttachVpnGateway",
        "ec2:CreateVpcEncryptionControl",
        "ec2:DetachVpnGateway",
        "ec2:ModifyVpcTenancy",
        "ec2:ReplaceRoute",
    ],
    "load balancers that log in or reserve": [
        "cognito-idp:*",
        "elasticloadbalancing:*CapacityReservation",
        "elasticloadbalancing:ModifyIpPools",
        "elasticloadbalancing:SetIpAddressType",
    ],
    "capacity providers, settings of the account": ["ecs:PutAccountSetting*", "ecs:PutClusterCapacityProviders"],
}

# Calls that are in neither the code nor the handlers.
FURTHER = {
    "the stack's tags": ["cloudformation:TagResource", "cloudformation:UntagResource"],
    "SAM's own bucket, made at its first deployment, and what is uploaded": [
        "s3:CreateBucket",
        "s3:GetBucketPolicy",
        "s3:GetBucketVersioning",
        "s3:GetEncryptionConfiguration",
        "s3:ListBucket",
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketTagging",
        "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration",
        "s3:PutObject",
    ],
}


def granted(*documents):
    """All actions that the documents allow."""
    statements = [statement for document in documents for statement in document["Statement"]]
    actions = [statement["Action"] for statement in statements]
    return {action for listed in actions for action in ([listed] if isinstance(listed, str) else listed)}


def allowed(action, grants):
    """Whether an action is allowed, or at least one action of a pattern."""
    return any(fnmatchcase(action, grant) or fnmatchcase(grant, action) for grant in grants)


def types(paths):
    found = {about["Type"] for path in paths for about in load(path)["Resources"].values()}
    return found - {"AWS::Serverless::Function"} | (SERVERLESS if "AWS::Serverless::Function" in found else set())


def of_handlers(kinds):
    """The calls of CloudFormation to create, read, update and delete resources of these types."""
    handlers = [schema(kind)["handlers"] for kind in kinds]
    return {action for of in handlers for name, one in of.items() if name != "list" for action in one["permissions"]}


def unused(action):
    return any(fnmatchcase(action, pattern) for patterns in UNUSED.values() for pattern in patterns)


def stacks(demo):
    further = [path for path in (ROOT / "stacks").glob("*.yaml") if (path.name in DEMO_STACKS) == demo]
    return further if demo else [ROOT / "template.yaml", *further]


def methods(source):
    """The methods that a source calls, and the operations that it paginates."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            paged = node.func.attr == "get_paginator"
            yield node.args[0].value if paged else node.func.attr


def operations(services, sources):
    """The methods that are operations of a service, with their names in IAM."""
    session = botocore.session.get_session()
    called = {method for source in sources for method in methods(source)}
    for service in services:
        names = session.get_service_model(service).operation_names
        yield from (f"{service}:{name}" for name in names if xform_name(name) in called)


def of_ops():
    paths = [path for path in (ROOT / "ops").glob("*.py") if OPERATORS.get(path.stem, True)]
    return of_modules(paths)


def of_operators():
    # The stack is described to find the function.
    return of_modules(ROOT / "ops" / f"{name}.py" for name in OPERATORS) | {"cloudformation:DescribeStacks"}


def of_modules(paths):
    sources = [path.read_text() for path in paths]
    found = set(operations(["autoscaling", "cloudformation", "cloudwatch", "ecs", "lambda"], sources))
    return {{"lambda:Invoke": "lambda:InvokeFunction"}.get(action, action) for action in found}


def of_sam():
    """The calls of `sam deploy`, which does not delete or roll back."""
    modules = (samcli.lib.deploy.deployer, samcli.lib.utils.managed_cloudformation_stack)
    found = set(operations(["cloudformation"], map(inspect.getsource, modules)))
    return found - {"cloudformation:RollbackStack"}


def test_all_that_ops_calls_is_allowed():
    called = of_ops()
    assert {"cloudformation:UpdateTerminationProtection", "lambda:PutFunctionConcurrency"} <= called
    assert {action for action in called if not allowed(action, granted(MAIN))} == set()


def test_all_that_sam_calls_is_allowed():
    called = of_sam()
    assert {"cloudformation:CreateChangeSet", "cloudformation:GetTemplateSummary"} <= called
    assert {action for action in called if not allowed(action, granted(MAIN))} == set()


def test_operators_may_do_what_status_and_why_call_and_nothing_else():
    assert granted(OPERATOR) == of_operators()


@pytest.mark.parametrize("demo, documents", [(False, [MAIN, SCALING]), (True, [MAIN, SCALING, DEMO])])
def test_all_calls_of_cloudformation_are_allowed(demo, documents):
    needed = {action for action in of_handlers(types(stacks(demo))) if not unused(action)}
    assert len(needed) > 100
    assert {action for action in needed if not allowed(action, granted(*documents))} == set()


def test_nothing_else_is_allowed():
    further = {action for actions in FURTHER.values() for action in actions}
    needed = of_ops() | of_sam() | of_handlers(types(stacks(False))) | further
    assert {action for action in granted(MAIN, SCALING) if not allowed(action, needed) or unused(action)} == set()
    needed = of_handlers(types(stacks(True)))
    assert {action for action in granted(DEMO) if not allowed(action, needed) or unused(action)} == set()


def test_whatever_is_left_out_is_something_that_a_handler_calls():
    handlers = of_handlers(types([*stacks(False), *stacks(True)]))
    patterns = [pattern for patterns in UNUSED.values() for pattern in patterns]
    assert [pattern for pattern in patterns if not any(fnmatchcase(action, pattern) for action in handlers)] == []


@pytest.mark.parametrize("document", [MAIN, SCALING, DEMO, OPERATOR], ids=NAMES)
def test_a_document_fits_a_managed_policy_and_limits_pass_role(document):
    assert len("".join(json.dumps(document, separators=(",", ":")).split())) <= LONGEST
    for statement in document["Statement"]:
        actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        if "iam:PassRole" in actions:
            assert statement["Condition"]["StringEquals"]["iam:PassedToService"]
        if any(action.startswith("iam:") for action in actions):
            assert statement["Resource"] != "*"
