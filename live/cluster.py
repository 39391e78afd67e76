"""Functions of the checks that read and change the cluster and the group of the demo."""

from contextlib import contextmanager

from .names import STARTED_BY


def _group(context):
    groups = context.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[context.names.group])
    return groups["AutoScalingGroups"][0]


def in_service(context):
    return [i["InstanceId"] for i in _group(context)["Instances"] if i["LifecycleState"] == "InService"]


def lifecycle_state(context, ec2):
    """The lifecycle state of the instance, or None if it is no longer in the group."""
    states = {i["InstanceId"]: i["LifecycleState"] for i in _group(context)["Instances"]}
    return states.get(ec2)


def container_instances(context):
    """Container instances of the cluster, by EC2 instance ID."""
    ecs, cluster = context.client("ecs"), context.names.cluster
    arns = ecs.list_container_instances(cluster=cluster)["containerInstanceArns"]
    if not arns:
        return {}
    described = ecs.describe_container_instances(cluster=cluster, containerInstances=arns)["containerInstances"]
    return {instance["ec2InstanceId"]: instance for instance in described}


def service(context):
    names = context.names
    return context.client("ecs").describe_services(cluster=names.cluster, services=[names.service])["services"][0]


def settle(context, instances):
    """Wait until this many instances are in service and the service runs its desired count."""
    autoscaling = context.client("autoscaling")
    autoscaling.set_desired_capacity(AutoScalingGroupName=context.names.group, DesiredCapacity=instances)

    def settled():
        serving = set(in_service(context))
        known = container_instances(context)
        ready = {ec2 for ec2 in serving if _ready(known.get(ec2))}
        web = service(context)
        return len(serving) == instances and ready == serving and web["runningCount"] == web["desiredCount"]

    context.wait(f"{instances} instances with the service running", settled, 900, every=10)


def _ready(instance):
    return bool(instance) and instance["status"] == "ACTIVE" and instance["agentConnected"]


def busiest(context):
    """The EC2 instance ID and the ARN of the container instance with the most tasks."""
    serving = in_service(context)
    known = container_instances(context)
    ec2 = max(serving, key=lambda id: known[id]["runningTasksCount"])
    return ec2, known[ec2]["containerInstanceArn"]


def leave(context, ec2):
    """Scale in by terminating a chosen instance, without replacement."""
    context.client("autoscaling").terminate_instance_in_auto_scaling_group(
        InstanceId=ec2, ShouldDecrementDesiredCapacity=True
    )


def set_state(context, arn, status):
    answer = context.client("ecs").update_container_instances_state(
        cluster=context.names.cluster, containerInstances=[arn], status=status
    )
    if answer["failures"]:
        raise RuntimeError(f"{status} refused: {answer['failures']}")


def is_released(context, ec2):
    state = lifecycle_state(context, ec2)
    return state is None or state in ("Terminating:Proceed", "Terminated")


@contextmanager
def held(context):
    """A terminating instance that a standalone task keeps waiting."""
    settle(context, 2)
    ecs, cluster = context.client("ecs"), context.names.cluster
    ec2, arn = busiest(context)
    web = service(context)
    network = {"networkConfiguration": web["networkConfiguration"]} if web.get("networkConfiguration") else {}
    answer = ecs.start_task(
        cluster=cluster,
        taskDefinition=web["taskDefinition"],
        containerInstances=[arn],
        startedBy=STARTED_BY,
        **network,
    )
    if answer["failures"]:
        raise RuntimeError(f"no task to hold the instance: {answer['failures']}")
    task = answer["tasks"][0]["taskArn"]
    try:

        def runs():
            return ecs.describe_tasks(cluster=cluster, tasks=[task])["tasks"][0]["lastStatus"] == "RUNNING"

        context.wait("the holding task", runs, 180)
        leave(context, ec2)
        yield ec2
    finally:
        ecs.stop_task(cluster=cluster, task=task, reason="the check is over")


def count(context, service_name):
    """The running tasks of a service."""
    described = context.client("ecs").describe_services(cluster=context.names.cluster, services=[service_name])
    return sum(one["runningCount"] for one in described["services"])


def tasks_on(context, arn):
    """The tasks on a container instance that have not stopped."""
    ecs, name = context.client("ecs"), context.names.cluster
    arns = [
        task
        for status in ("RUNNING", "STOPPED")
        for task in ecs.list_tasks(cluster=name, containerInstance=arn, desiredStatus=status)["taskArns"]
    ]
    found = ecs.describe_tasks(cluster=name, tasks=arns)["tasks"] if arns else []
    return [task for task in found if task["lastStatus"] != "STOPPED"]


def described(context, arn):
    found = context.client("ecs").describe_container_instances(cluster=context.names.cluster, containerInstances=[arn])
    return found["containerInstances"][0]


def attribute(context, arn, name):
    """The value of an attribute of a container instance, or None."""
    values = {one["name"]: one.get("value") for one in described(context, arn)["attributes"]}
    return values.get(name)
