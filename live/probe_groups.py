"""Auto Scaling groups of a run with the smallest instances, which join no cluster."""

from .errors import tolerated

TYPE = "t3.nano"
IMAGE = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-minimal-kernel-default-x86_64"
HOOK = "probe"


def create(context, what, most=1, desired=1, **settings):
    """The name of a group of at most `most` instances, in the subnets of the demo."""
    names, autoscaling = context.names, context.client("autoscaling")
    template = names.of("probe")
    with tolerated("InvalidLaunchTemplateName.AlreadyExistsException"):
        context.client("ec2").create_launch_template(
            LaunchTemplateName=template, LaunchTemplateData={"ImageId": IMAGE, "InstanceType": TYPE}
        )
    with tolerated("AlreadyExists"):
        autoscaling.create_auto_scaling_group(
            AutoScalingGroupName=names.of(what),
            LaunchTemplate={"LaunchTemplateName": template, "Version": "$Latest"},
            MinSize=0,
            MaxSize=most,
            DesiredCapacity=desired,
            VPCZoneIdentifier=read(context, names.group)["VPCZoneIdentifier"],
            Tags=[{"Key": "tide-live", "Value": names.stack, "PropagateAtLaunch": True}],
            **settings,
        )
    return names.of(what)


def read(context, group):
    found = context.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[group])
    return found["AutoScalingGroups"][0]


def in_service(context, group, count=1):
    """The instances of the group, once as many are in service."""

    def serving():
        found = [one for one in read(context, group)["Instances"] if one["LifecycleState"] == "InService"]
        return found if len(found) == count else None

    return context.wait(f"{count} instances of {group} in service", serving, 420, every=10)


def state(context, group, ec2):
    """The lifecycle state of an instance, or None if it is no longer in the group."""
    return {one["InstanceId"]: one["LifecycleState"] for one in read(context, group)["Instances"]}.get(ec2)


def put_hook(context, group, seconds, result="CONTINUE"):
    context.client("autoscaling").put_lifecycle_hook(
        AutoScalingGroupName=group,
        LifecycleHookName=HOOK,
        LifecycleTransition="autoscaling:EC2_INSTANCE_TERMINATING",
        HeartbeatTimeout=seconds,
        DefaultResult=result,
    )


def terminate(context, ec2):
    context.client("autoscaling").terminate_instance_in_auto_scaling_group(
        InstanceId=ec2, ShouldDecrementDesiredCapacity=True
    )


def complete(context, group, ec2, result):
    context.client("autoscaling").complete_lifecycle_action(
        AutoScalingGroupName=group, LifecycleHookName=HOOK, InstanceId=ec2, LifecycleActionResult=result
    )


def activities(context, group, ec2):
    """Status and description of the terminations of an instance, newest first."""
    found = context.client("autoscaling").describe_scaling_activities(AutoScalingGroupName=group)["Activities"]
    wanted = ("StatusCode", "Description", "StatusMessage")
    return [
        {key: one[key] for key in wanted if key in one}
        for one in found
        if one["Description"].startswith("Terminating") and ec2 in one["Description"]
    ]
