"""The drain record: an attribute that is written while the container instance is DRAINING."""

import re

from .. import cluster, probe_groups
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

ATTRIBUTE = "ecs-tide.drain"
_RECORD = re.compile(r"hook began/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\b.*")
_VALUES = ("draining/1", "draining/2")
OWN = "tide-live-draining"


@check("attributes of a draining instance", "PutAttributes sets and changes an attribute of a DRAINING instance.")
def put_while_draining(context):
    """AWS documents no state in which PutAttributes refuses
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAttributes.html).
    `crates/auto-drain/src/apply/containers.rs` writes the drain record after DRAINING too."""
    cluster.settle(context, 2)
    ecs, name = context.client("ecs"), context.names.cluster
    _, arn = cluster.busiest(context)
    target = {"name": OWN, "targetType": "container-instance", "targetId": arn}
    read = []
    cluster.set_state(context, arn, "DRAINING")
    try:
        for value in _VALUES:
            ecs.put_attributes(cluster=name, attributes=[target | {"value": value}])
            read.append(cluster.attribute(context, arn, OWN))
        ecs.delete_attributes(cluster=name, attributes=[target])
        read.append(cluster.attribute(context, arn, OWN))
    finally:
        cluster.set_state(context, arn, "ACTIVE")
    return judge_put(read)


def judge_put(read):
    evidence = {"read after each change": read}
    if read == [*_VALUES, None]:
        return Finding(AGREES, "set, changed and deleted while DRAINING", evidence)
    return Finding(DIFFERS, f"read {read}", evidence)


@check(
    "the drain record during a drain", "While an instance waits, it is DRAINING and has the drain record of auto-drain."
)
def recorded(context):
    """AWS keeps the attributes of an instance
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attribute.html).
    `crates/drain/src/drain_record.rs` has the format of the record."""
    with cluster.held(context) as ec2:
        arn = cluster.container_instances(context)[ec2]["containerInstanceArn"]

        def draining():
            found = cluster.described(context, arn)
            record = cluster.attribute(context, arn, ATTRIBUTE)
            return (record, found["status"]) if record and found["status"] == "DRAINING" else None

        record, _ = context.wait("the drain record of a DRAINING instance", draining, 240)
        activities = probe_groups.activities(context, context.names.group, ec2)
    context.wait(f"{ec2} released", lambda: cluster.is_released(context, ec2), 600)
    return judge_record(record, activities, ec2)


def judge_record(record, activities, ec2):
    evidence = {"record": record, "activities": activities}
    if not _RECORD.fullmatch(record):
        return Finding(DIFFERS, f"the record is {record!r}", evidence)
    if not activities:
        return Finding(NOT_SHOWN, "the record is there, and the group has no activity for the instance", evidence)
    text = activities[0]["Description"]
    if ec2 not in text.replace(".", " ").split():
        return Finding(DIFFERS, f"the activity does not name the instance by a word of its own: {text}", evidence)
    return Finding(AGREES, f"{record!r}, and the activity {text!r}", evidence)
