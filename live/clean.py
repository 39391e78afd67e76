"""Deletes everything that a run created. Needs only the name of the stack, and can be repeated."""

import time

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from .names import STARTED_BY

# Error codes for a resource that does not exist, which counts as deleted.
GONE = {
    "NoSuchEntity",
    "ResourceNotFoundException",
    "ClusterNotFoundException",
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
    "NoSuchBucket",
}
GONE_WORDS = ("does not exist", "not found", "no lifecycle hook")
# CloudFormation needs 10 minutes for the demo. Releasing addresses may take longer.
STACK_MINUTES = 30


def is_gone(error):
    answer = error.response["Error"]
    return answer["Code"] in GONE or (
        answer["Code"] == "ValidationError" and any(word in answer["Message"].lower() for word in GONE_WORDS)
    )


def clean(names, client, say, sleep=time.sleep):
    """Everything that could not be deleted, with the reason. A failed step does not stop the others."""
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
    """The order: first what holds an instance, then the stack, then what the stack does not contain."""
    return [
        ("the tasks that held instances", lambda: stop_tasks(names, client("ecs"))),
        ("the temporary hook", lambda: client("autoscaling").delete_lifecycle_hook(
            AutoScalingGroupName=names.group, LifecycleHookName=names.direct)),
        ("the capture rule", lambda: delete_rule(names, client("events"))),
        ("the capture queue", lambda: delete_queue(names, client("sqs"))),
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
    """Try twice: a resource that waits for a slow deletion can often be deleted the second time."""
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
