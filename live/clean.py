"""Deletes everything that a run created. Needs only the name of the stack, and can be repeated."""

import time

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from . import names as known
from . import probe_alarms
from .errors import is_gone, tolerated
from .names import STARTED_BY

# CloudFormation needs 10 minutes for the demo. Releasing addresses may take longer.
STACK_MINUTES = 30
# Instances of the probe groups are in the subnets of the stack, so they must be gone before it.
GROUP_SECONDS = 600


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
    """The order: first what holds an instance, then the stacks, then what they do not contain. The demo is
    deleted while ecs-tide still drains its instances."""
    functions, logs = client("lambda"), client("logs")
    return [
        ("the tasks that held instances", lambda: stop_tasks(names, client("ecs"))),
        ("the daemon service", lambda: client("ecs").delete_service(
            cluster=names.cluster, service=names.daemon, force=True)),
        ("the temporary hook", lambda: client("autoscaling").delete_lifecycle_hook(
            AutoScalingGroupName=names.group, LifecycleHookName=names.direct)),
        *((f"the group {group}", deleting_group(names.of(group), client("autoscaling"))) for group in known.GROUPS),
        ("the launch template of the groups", lambda: client("ec2").delete_launch_template(
            LaunchTemplateName=names.of("probe"))),
        ("the alarms on metrics of the run", lambda: probe_alarms.delete(names, client("cloudwatch"))),
        *((f"the rule {rule}", deleting_rule(names.of(rule), rule, client("events"))) for rule in known.RULES),
        *((f"the topic {topic}", deleting_topic(names.of(topic), client("sns"))) for topic in known.TOPICS),
        *((f"the function {one}", deleting_function(names.of(one), functions)) for one in known.FUNCTIONS),
        *((f"the queue {queue}", deleting_queue(names.of(queue), client("sqs"))) for queue in known.QUEUES),
        *((f"the role of {one}", deleting_role(names.of(one), client("iam"))) for one in known.FUNCTIONS),
        ("the instances of the groups", lambda: wait_for_groups(names, client("autoscaling"), sleep)),
        *((f"the stack {stack}", deleting_stack(stack, client("cloudformation"), sleep))
          for stack in (*map(names.scaling, known.SCALED), names.demo, names.stack)),
        *((f"the log of {one}", deleting_log(names.log_of(one), logs)) for one in known.FUNCTIONS),
        ("the log of Container Insights", deleting_log(names.insights_logs, logs)),
        ("the bucket of artifacts", lambda: delete_bucket(names, client("s3"))),
    ]  # fmt: skip


def stop_tasks(names, ecs):
    for task in ecs.list_tasks(cluster=names.cluster, startedBy=STARTED_BY)["taskArns"]:
        ecs.stop_task(cluster=names.cluster, task=task, reason="the live check is over")


def deleting_group(group, autoscaling):
    def delete():
        for hook in autoscaling.describe_lifecycle_hooks(AutoScalingGroupName=group)["LifecycleHooks"]:
            autoscaling.delete_lifecycle_hook(AutoScalingGroupName=group, LifecycleHookName=hook["LifecycleHookName"])
        # A group that retains instances is not deleted by force.
        policy = {"RetentionTriggers": {"TerminateHookAbandon": "terminate"}}
        autoscaling.update_auto_scaling_group(AutoScalingGroupName=group, InstanceLifecyclePolicy=policy)
        autoscaling.delete_auto_scaling_group(AutoScalingGroupName=group, ForceDelete=True)

    return delete


def wait_for_groups(names, autoscaling, sleep):
    wanted = [names.of(group) for group in known.GROUPS]
    for _ in range(GROUP_SECONDS // 15):
        if not autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=wanted)["AutoScalingGroups"]:
            return
        sleep(15)
    raise TimeoutError(f"still there after {GROUP_SECONDS} s")


def deleting_rule(rule, target, events):
    def delete():
        events.remove_targets(Rule=rule, Ids=[target])
        events.delete_rule(Name=rule)

    return delete


def deleting_topic(topic, sns):
    """CreateTopic answers with the ARN of a topic that exists. DeleteTopic deletes the subscriptions too."""
    kind = {"FifoTopic": "true"} if topic.endswith(".fifo") else {}
    return lambda: sns.delete_topic(TopicArn=sns.create_topic(Name=topic, Attributes=kind)["TopicArn"])


def deleting_function(function, functions):
    def delete():
        for mapping in functions.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]:
            functions.delete_event_source_mapping(UUID=mapping["UUID"])
        functions.delete_function(FunctionName=function)

    return delete


def deleting_queue(queue, sqs):
    return lambda: sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"])


def deleting_role(role, iam):
    def delete():
        with tolerated("NoSuchEntity"):
            iam.delete_role_policy(RoleName=role, PolicyName="probe")
        iam.delete_role(RoleName=role)

    return delete


def deleting_log(group, logs):
    return lambda: logs.delete_log_group(logGroupName=group)


def deleting_stack(stack, cloudformation, sleep):
    """Try twice: a resource that waits for a slow deletion can often be deleted the second time."""

    def delete():
        for last in (False, True):
            cloudformation.delete_stack(StackName=stack)
            try:
                cloudformation.get_waiter("stack_delete_complete").wait(
                    StackName=stack, WaiterConfig={"Delay": 15, "MaxAttempts": STACK_MINUTES * 4}
                )
                return
            except WaiterError:
                if last:
                    raise
                sleep(30)

    return delete


def delete_bucket(names, s3):
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=names.bucket):
        keys = [{"Key": item["Key"]} for item in page.get("Contents", [])]
        if keys:
            s3.delete_objects(Bucket=names.bucket, Delete={"Objects": keys})
    s3.delete_bucket(Bucket=names.bucket)
