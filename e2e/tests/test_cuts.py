"""With one integration removed from the template, the checks must fail, if the emulator evaluates it."""

import json

import pytest
import yaml
from botocore.exceptions import BotoCoreError, ClientError

from e2e import checks, story
from e2e.cuts import Cut, cuts
from e2e.emulator import ROOT
from e2e.processes import E2eError
from e2e.run import Run, running


class _Short(yaml.SafeLoader):
    """Reads a template with short intrinsics, as far as the names of its integrations need it."""


_Short.add_multi_constructor("!", lambda loader, tag, node: {tag: node.value})

INTEGRATIONS = list(cuts(yaml.load((ROOT / "template.yaml").read_text(), _Short)))
UNSEEN = ("permission", "policy")
"""ministack evaluates no policies. Tests of the crate `rehearse` remove the permissions of queues
and the statements of roles."""


@pytest.mark.parametrize("cut", [c for c in INTEGRATIONS if c.kind not in UNSEEN], ids=lambda cut: cut.name)
def test_checks_fail_without_an_integration(built, cut: Cut, record_property):
    path = built.with_name("cut.yaml")
    path.write_text(json.dumps(cut.of(yaml.safe_load(built.read_text()))))
    with running() as run:
        topic = run.emulator.client("sns").create_topic(Name=checks.ALARMS)["TopicArn"]
        run.listen(checks.ALARMS, topic)

        def the_stack_is_deployed(run: Run) -> None:
            run.stack.deploy(path, AlarmTopicArn=topic)

        failure = None
        for check in [the_stack_is_deployed, *story.CHECKS]:
            try:
                check(run)
            except (E2eError, BotoCoreError, ClientError) as why:
                failure = f"{check.__name__} ({str(why).splitlines()[0]})"
                break
        run.failed = failure is None
    assert failure, f"without {cut.name} the run passes"
    record_property(cut.name, failure)
