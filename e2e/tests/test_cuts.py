"""The same run on a template in which one wire is cut must fail, if the emulator can tell."""

import json

import pytest
import yaml
from botocore.exceptions import BotoCoreError, ClientError

from e2e import checks, story
from e2e.cuts import Cut, cuts
from e2e.emulator import ROOT
from e2e.processes import Trouble
from e2e.run import Run, running


class _Short(yaml.SafeLoader):
    """Reads a template of short intrinsics well enough to name its wires."""


_Short.add_multi_constructor("!", lambda loader, tag, node: {tag: node.value})

WIRES = list(cuts(yaml.load((ROOT / "template.yaml").read_text(), _Short)))
UNSEEN = ("permission", "policy")
"""ministack looks at no policy. What permits each wire is cut in
`a_wire_whose_permission_is_cut_is_told`, and what a role allows in
`a_role_that_allows_less_or_more_is_told`, both of the crate `rehearse`."""


@pytest.mark.parametrize("cut", [c for c in WIRES if c.kind not in UNSEEN], ids=lambda cut: cut.name)
def test_a_run_notices_that_a_wire_is_cut(built, cut: Cut, record_property):
    path = built.with_name("cut.yaml")
    path.write_text(json.dumps(cut.of(yaml.safe_load(built.read_text()))))
    with running() as run:
        topic = run.emulator.client("sns").create_topic(Name=checks.ALARMS)["TopicArn"]
        run.listen(checks.ALARMS, topic)

        def the_stack_is_deployed(run: Run) -> None:
            run.stack.deploy(path, AlarmTopicArn=topic)

        noticed = None
        for check in [the_stack_is_deployed, *story.CHECKS]:
            try:
                check(run)
            except (Trouble, BotoCoreError, ClientError) as why:
                noticed = f"{check.__name__} ({str(why).splitlines()[0]})"
                break
        run.failed = noticed is None
    assert noticed, f"without {cut.name} the run passes"
    record_property(cut.name, noticed)
