"""What alarm-scaling decided, and the policies and alarms that a run gives it."""

import json

TAG = "ecs-tide:last-scaling"
# The last parts of the names of alarms on metrics of the run.
BUSY, FULL = "busy", "full"


def policies(names):
    """Additional policies by the last part of the name of their alarm: one step of 1 each."""
    step = {
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
    }
    # All policies of a target have the same bounds, so these are those of the stacks.
    bounds = {BUSY: {"MinCapacity": 2, "MaxCapacity": 4}, FULL: {"MinCapacity": 0, "MaxCapacity": 2147483647}}
    return {
        what: json.dumps({"Alarm": names.probes + what, "ResourceId": target} | bounds[what] | step)
        for what, target in targets(names).items()
    }


def targets(names):
    return {BUSY: f"service/{names.cluster}/{names.service}", FULL: f"autoScalingGroup/{names.group}"}


def records(context, since, pattern):
    pages = context.client("logs").get_paginator("filter_log_events").paginate(
        logGroupName=context.names.log_of("alarm-scaling"), startTime=int(since * 1000), filterPattern=pattern
    )  # fmt: skip
    return [json.loads(event["message"]) for page in pages for event in page["events"]]


def decisions(context, since):
    """Each decision by an alarm: the name of the alarm, the target, the scaling if any, and whether it applies."""
    found = records(context, since, "{ $.decision.target = * }")
    return [
        {
            "alarm": record["decision"]["breach"]["alarm"].rpartition(":alarm:")[2],
            "target": record["decision"]["target"],
            "scale": record["decision"]["outcome"].get("scale"),
            "applied": record["applied"],
        }
        for record in found
        if record["decision"].get("breach")
    ]


def service_desired(context):
    return read_service(context)["desiredCount"]


def service_tag(context):
    return {tag["key"]: tag["value"] for tag in read_service(context).get("tags", [])}.get(TAG)


def read_service(context):
    names = context.names
    described = context.client("ecs").describe_services(
        cluster=names.cluster, services=[names.service], include=["TAGS"]
    )
    return described["services"][0]


def group_desired(context):
    return read_group(context)["DesiredCapacity"]


def group_tag(context):
    return {tag["Key"]: tag["Value"] for tag in read_group(context)["Tags"]}.get(TAG)


def read_group(context):
    names = [context.names.group]
    return context.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=names)["AutoScalingGroups"][
        0
    ]
