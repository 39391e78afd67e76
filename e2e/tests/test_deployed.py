"""The stack from its deployment to its deletion, on ministack. The tests depend on their order."""

import json

import pytest

from e2e import checks, story
from e2e.fleet import OF_CLUSTER
from e2e.processes import eventually
from e2e.region import GROUP
from e2e.run import Run, simulators
from e2e.stack import NAME
from e2e.transcript import say


@pytest.fixture(scope="module")
def run(built, request):
    before = request.session.testsfailed
    with simulators() as simulated:
        run = simulated.run()
        run.stack.deploy(built, AlarmTopicArn=checks.alarm_topic(run))
        say(f"sam has deployed {NAME}")
        yield run
        simulated.failed = request.session.testsfailed > before


@pytest.mark.parametrize("check", story.CHECKS, ids=lambda check: check.__name__)
def test_deployed(run: Run, check):
    check(run)


def test_an_update_changes_only_its_parameters(run: Run, built):
    before = {queue: run.stack.physical(queue) for queue in ("Inbox", "SoonQueue", "LaterQueue")}
    run.stack.deploy(built, LaterSeconds="12", DryRun="on")
    sqs = run.client("sqs")
    delay = sqs.get_queue_attributes(QueueUrl=run.stack.physical("LaterQueue"), AttributeNames=["DelaySeconds"])[
        "Attributes"
    ]["DelaySeconds"]
    variables = run.client("lambda").get_function_configuration(FunctionName=run.stack.outputs["AutoDrainName"])[
        "Environment"
    ]["Variables"]
    assert delay == "12"
    assert (variables["LATER_SECONDS"], variables["DRY_RUN"]) == ("12", "on")
    assert before == {queue: run.stack.physical(queue) for queue in before}
    assert len(run.stack.hooks(GROUP)) == 1
    instance = run.region.serving(OF_CLUSTER)[0]
    run.region.control("terminate-instance", {"instance": instance, "decrement": True})
    since = run.stack.now()
    checks.notification(run, OF_CLUSTER, instance)
    reconciles = eventually("a reconcile in a dry run", lambda: run.reconciles(since), 15)
    assert reconciles[0]["dry_run"] is True
    assert run.region.instances()[instance]["container-instances"][0]["status"] == "ACTIVE"
    say("updated: the later queue delays by 12 s, and a dry run changes nothing")


def left(run: Run) -> dict[str, list[str]]:
    """All resources that a stack could leave behind, by kind."""

    def names(service: str, operation: str, key: str, name: str | None = None) -> list[str]:
        client = run.client(service)
        found = (
            client.get_paginator(operation).paginate().build_full_result()
            if client.can_paginate(operation)
            else getattr(client, operation)()
        ).get(key, [])
        texts = [json.dumps(one if name is None else one[name], default=str) for one in found]
        return [text for text in texts if NAME in text]

    return {
        "functions": names("lambda", "list_functions", "Functions", "FunctionName"),
        "mappings": names("lambda", "list_event_source_mappings", "EventSourceMappings"),
        "topics": names("sns", "list_topics", "Topics"),
        "subscriptions": names("sns", "list_subscriptions", "Subscriptions"),
        "queues": names("sqs", "list_queues", "QueueUrls"),
        "rules": names("events", "list_rules", "Rules", "Name"),
        "alarms": names("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
        "dashboards": names("cloudwatch", "list_dashboards", "DashboardEntries"),
        "logs": names("logs", "describe_log_groups", "logGroups", "logGroupName"),
        "roles": names("iam", "list_roles", "Roles", "RoleName"),
    }


# The hooks are in the simulated region. `make delete` removes them before the stack.
def test_a_deletion_leaves_nothing_behind(run: Run):
    assert all(left(run).values()), left(run)
    run.stack.delete()
    remains = {kind: found for kind, found in left(run).items() if found}
    assert not remains
    say("deleted, and nothing is left")
