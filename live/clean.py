"""Deletes everything that a run made. Needs only the stack's name, and may be repeated."""

import time

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from .names import STARTED_BY

# What the services call a thing that is not there, which is what is wanted.
GONE = {
    "NoSuchEntity",
    "ResourceNotFoundException",
    "ClusterNotFoundException",
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
    "NoSuchBucket",
}
GONE_WORDS = ("does not exist", "not found", "no lifecycle hook")
# CloudFormation needs ten minutes for the demo; waits for addresses may add to it.
STACK_MINUTES = 30


def is_gone(error):
    told = error.response["Error"]
    return told["Code"] in GONE or (
        told["Code"] == "ValidationError" and any(word in told["Message"].lower() for word in GONE_WORDS)
    )


def clean(names, client, say, sleep=time.sleep):
    """What could not be deleted, each with its reason. Every step is tried, whatever another says."""
    left = []
    for what, step in steps(names, client, sleep):
        say(f"deleting {what}")
        try:
            step()
        except ClientError as error:
            if not is_gone(error):
                left.append(f"{what}: {error}")
        except (BotoCoreError, TimeoutError) as error:
            left.append(f"{what}: {error}")
    return left


def steps(names, client, sleep):
    """In this order: what holds an instance, the stack, then what outlives it."""
    return [
        ("the tasks that held instances", lambda: stop_tasks(names, client("ecs"))),
        ("the temporary hook", lambda: client("autoscaling").delete_lifecycle_hook(
            AutoScalingGroupName=names.group, LifecycleHookName=names.direct)),
        ("the capturing rule", lambda: delete_rule(names, client("events"))),
        ("the capturing queue", lambda: delete_queue(names, client("sqs"))),
        ("the temporary function", lambda: client("lambda").delete_function(FunctionName=names.direct)),
        ("its role's policy", lambda: client("iam").delete_role_policy(RoleName=names.direct, PolicyName="log")),
        ("its role", lambda: client("iam").delete_role(RoleName=names.direct)),
        (f"the stack {names.stack}", lambda: delete_stack(names, client("cloudformation"), sleep)),
        ("the temporary function's log", lambda: client("logs").delete_log_group(logGroupName=names.direct_logs)),
        ("the log of Container Insights", lambda: client("logs").delete_log_group(logGroupName=names.insights_logs)),
        ("the bucket of artifacts", lambda: delete_bucket(names, client("s3"))),
    ]  # fmt: skip


def stop_tasks(names, ecs):
    for task in ecs.list_tasks(cluster=names.cluster, startedBy=STARTED_BY)["taskArns"]:
        ecs.stop_task(cluster=names.cluster, task=task, reason="the live check is over")


def delete_rule(names, events):
    events.remove_targets(Rule=names.capture, Ids=["capture"])
    events.delete_rule(Name=names.capture)


def delete_queue(names, sqs):
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=names.capture)["QueueUrl"])


def delete_stack(names, cloudformation, sleep):
    """Twice if need be: what depends on a thing that goes slowly often goes the second time."""
    for last in (False, True):
        cloudformation.delete_stack(StackName=names.stack)
        try:
            cloudformation.get_waiter("stack_delete_complete").wait(
                StackName=names.stack, WaiterConfig={"Delay": 15, "MaxAttempts": STACK_MINUTES * 4}
            )
            return
        except WaiterError:
            if last:
                raise
            sleep(30)


def delete_bucket(names, s3):
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=names.bucket):
        keys = [{"Key": item["Key"]} for item in page.get("Contents", [])]
        if keys:
            s3.delete_objects(Bucket=names.bucket, Delete={"Objects": keys})
    s3.delete_bucket(Bucket=names.bucket)
