"""A cluster whose group is opted in, with the AWS CDK."""

from aws_cdk import App, Stack, Tags
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs

app = App()
stack = Stack(app, "Web")
vpc = ec2.Vpc(stack, "Network", max_azs=2)
cluster = ecs.Cluster(stack, "Cluster", vpc=vpc)
group = autoscaling.AutoScalingGroup(
    stack,
    "Group",
    vpc=vpc,
    instance_type=ec2.InstanceType("t3.small"),
    machine_image=ecs.EcsOptimizedImage.amazon_linux2023(),
    max_capacity=4,
)
# ECS's own drain would also hold each instance.
provider = ecs.AsgCapacityProvider(stack, "Provider", auto_scaling_group=group, enable_managed_draining=False)
cluster.add_asg_capacity_provider(provider)

Tags.of(group).add("ecs-tide:cluster", cluster.cluster_name, apply_to_launched_instances=False)
Tags.of(group).add("ecs-tide:mode", "observe", apply_to_launched_instances=False)

app.synth()
