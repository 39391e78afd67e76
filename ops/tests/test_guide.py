import shutil

import boto3
import pytest
from botocore.stub import Stubber

from ops import account, settings
from ops.deploy import deploy
from ops.errors import Refused

from .fakes import GROUP_SHAPE, Client, Region, Sam, Session, context, group, stack

ARN = "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:uuid:autoScalingGroupName/"


def ecs(**answers):
    usual = {
        "list_clusters": [
            {"clusterArns": ["arn:aws:ecs:eu-west-1:1:cluster/prod"]},
            {"clusterArns": ["arn:aws:ecs:eu-west-1:1:cluster/next"]},
        ],
        "list_container_instances": [{"containerInstanceArns": ["one"]}, {"containerInstanceArns": ["two", "three"]}],
        "describe_container_instances": lambda containerInstances, **_: {
            "containerInstances": [
                {"ec2InstanceId": {"one": "i-0", "two": "i-0", "three": "i-7"}[item]} for item in containerInstances
            ]
        },
        "describe_capacity_providers": {"capacityProviders": []},
    }
    return Client("ecs", **(usual | answers))


def groups(**more):
    edge = group("edge") | {"Instances": [{"InstanceId": "i-7", "LifecycleState": "InService"}]}
    return [edge, group("mine", "InService", **more), group("unused")]


def answering(*answers):
    left = list(answers)
    return lambda _: left.pop(0)


def guided(tmp_path, ask, clusters=None, found=None, **more):
    """The output, the commands of sam, and the settings afterwards."""
    path = tmp_path / "samconfig.toml"
    shutil.copy(settings.ROOT / "samconfig.toml", path)
    found = found or Region(groups=groups(**more))
    session = Session(cloudformation=found.cloudformation, autoscaling=found.autoscaling, ecs=clusters or ecs())
    said, sam = [], Sam()
    context_ = context(session, path, yes=False, ask=ask, run=sam, say=said.append)
    deploy(context_, {})
    return "\n".join(said), sam, settings.load("default", path)


def test_every_page_of_groups_is_listed_by_the_real_client():
    client = boto3.Session("testing", "testing", region_name="eu-west-1").client("autoscaling")
    with Stubber(client) as stub:
        for name, asked, further in (("a", {}, {"NextToken": "n"}), ("b", {"NextToken": "n"}, {})):
            stub.add_response(
                "describe_auto_scaling_groups",
                {"AutoScalingGroups": [{"AutoScalingGroupName": name, **GROUP_SHAPE}], **further},
                asked,
            )
        assert list(account.groups(client)) == ["a", "b"]
        stub.assert_no_pending_responses()


def test_every_page_of_clusters_and_providers_is_read():
    assert account.clusters(ecs()) == ["next", "prod"]
    pages = {
        None: {"capacityProviders": [{"name": "a"}], "nextToken": "n"},
        "n": {"capacityProviders": [{"name": "b"}]},
    }
    client = ecs(describe_capacity_providers=lambda nextToken=None: pages[nextToken])
    assert [item["name"] for item in account.providers(client)] == ["a", "b"]


def test_the_group_with_most_instances_in_the_cluster_is_first(tmp_path):
    said, sam, kept = guided(tmp_path, answering("prod", "", "y"))
    assert kept.parameters == {"Cluster": "prod", "Group": "mine"}
    assert said.index("1  mine  (has instances in prod)") < said.index("2  edge  (has") < said.index("3  unused")
    assert "lifecycle hook ecs-tide-drain" in said and "warning" not in said
    assert sam.lines[-1][-3:] == ["--parameter-overrides", 'Cluster="prod"', 'Group="mine"']


def test_answers_are_kept_beside_what_the_file_says(tmp_path):
    guided(tmp_path, answering("2", "3", "y"))
    before = (settings.ROOT / "samconfig.toml").read_text().splitlines()
    after = (tmp_path / "samconfig.toml").read_text().splitlines()
    kept = ["parameter_overrides = [", '  "Cluster=prod",', '  "Group=unused",', "]"]
    assert [line for line in after if line not in before] == kept
    assert [line for line in before if line not in after] == []


def test_parameters_that_the_file_has_stay_in_it(tmp_path):
    path = tmp_path / "samconfig.toml"
    shutil.copy(settings.ROOT / "samconfig.toml", path)
    settings.keep(settings.load("demo", path), {"Group": "old", "Service": "web"})
    settings.keep(settings.load("demo", path), {"Group": "new"})
    assert settings.load("demo", path).parameters == {"Group": "new", "Service": "web"}


def test_what_is_known_is_not_asked_for_again(tmp_path):
    found = Region(stack("tide", Cluster="prod", Group="mine"), groups=groups())
    guided(tmp_path, answering(), found=found)


def test_without_consent_nothing_is_written_or_created(tmp_path):
    with pytest.raises(Refused, match="nothing was changed"):
        guided(tmp_path, answering("1", "1", "n"))
    assert (tmp_path / "samconfig.toml").read_text() == (settings.ROOT / "samconfig.toml").read_text()


@pytest.mark.parametrize("answer", ["0", "4", "-1", "nothing", "²"])
def test_an_answer_that_is_none_of_the_names_is_refused(tmp_path, answer):
    with pytest.raises(Refused, match=f"{answer} selects no Auto Scaling group"):
        guided(tmp_path, answering("prod", answer))


def test_an_account_without_clusters_is_referred_to_the_demo(tmp_path):
    with pytest.raises(Refused, match="no cluster in eu-west-1.*make deploy-demo"):
        guided(tmp_path, answering(), clusters=ecs(list_clusters={"clusterArns": []}))


def test_without_a_terminal_nothing_is_asked():
    for ways in ({"yes": True}, {"yes": False, "interactive": False}):
        with pytest.raises(Refused, match="--yes"):
            deploy(context(Region().session(), **ways), {})


def provider(scaling, draining, name="mine"):
    about = {"autoScalingGroupArn": ARN + name, "managedScaling": {"status": scaling}, "managedDraining": draining}
    return ecs(
        describe_capacity_providers={"capacityProviders": [{"name": "FARGATE"}, {"autoScalingGroupProvider": about}]}
    )


@pytest.mark.parametrize(
    "client, tags, words",
    [
        (provider("ENABLED", "DISABLED"), [], ["managed scaling"]),
        (provider("DISABLED", "ENABLED"), [], ["managed draining"]),
        (provider("ENABLED", "ENABLED"), [], ["managed draining", "managed scaling"]),
        (provider("ENABLED", "ENABLED", "not-mine"), [], []),
        (ecs(), [{"Key": "AmazonECSManaged", "Value": ""}], ["managed scaling"]),
    ],
)
def test_what_a_capacity_provider_does_already_is_warned_of(client, tags, words):
    warned = account.warnings(client, group("mine", Tags=tags))
    assert len(warned) == len(words)
    assert all(word in line for word, line in zip(words, warned, strict=True))
