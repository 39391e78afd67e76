import io
import json

import pytest

from ops.errors import Failed, Refused
from ops.settings import ROOT
from ops.why import why

from .fakes import Client, Region, Session, context, stack

ANSWER = {
    "instance": "i-0a1b",
    "cluster": "prod",
    "group": "web",
    "mode": "drain",
    "state": "Terminating:Wait",
    "verdict": "draining",
    "would_do": ["heartbeat"],
    "reasons": ["2 tasks have not stopped"],
}


def asked(answer=None, instance="i-0a1b", **more):
    main = stack("tide") | {"Outputs": [{"OutputKey": "AutoDrainName", "OutputValue": "tide-auto-drain"}]}
    # The answer of auto-drain holds its log record.
    answer = answer or {"explained": ANSWER}
    answer = answer if more else {"batchItemFailures": [], "event": answer}
    functions = Client("lambda", invoke={"Payload": io.BytesIO(json.dumps(answer).encode()), **more})
    said = []
    session = Session(cloudformation=Region(main).cloudformation, **{"lambda": functions})
    why(context(session, say=said.append), instance)
    return said, functions


def test_auto_drain_is_asked_and_its_answer_printed():
    said, functions = asked()
    ((_, call),) = functions.calls
    assert (call["FunctionName"], json.loads(call["Payload"])) == ("tide-auto-drain", {"explain": "i-0a1b"})
    assert said == [
        "i-0a1b, group web, cluster prod, mode drain, state Terminating:Wait",
        "verdict: draining",
        "would do: heartbeat",
        "  2 tasks have not stopped",
    ]


def test_what_is_unknown_is_left_out():
    nothing = {"cluster": None, "group": None, "mode": None, "state": None, "would_do": []}
    said, _ = asked({"explained": ANSWER | nothing})
    assert said[0] == "i-0a1b"
    assert "would do: nothing" in said


@pytest.mark.parametrize("instance", ["", None, "web", "i-", "i-0A", "i-0;"])
def test_anything_but_the_id_of_an_instance_is_refused(instance):
    with pytest.raises(Refused, match="is not an instance"):
        asked(instance=instance)


def test_a_failed_function_is_reported():
    with pytest.raises(Failed, match="tide-auto-drain failed: .*timed out"):
        asked({"errorMessage": "timed out"}, FunctionError="Unhandled")


@pytest.mark.parametrize(
    "record, words",
    [({"error": "AccessDenied: allow it"}, "AccessDenied: allow it"), ({"accepted": 0}, "newer ecs-tide")],
)
def test_a_record_without_an_answer_is_reported(record, words):
    with pytest.raises(Failed, match=f"tide-auto-drain explained nothing: .*{words}"):
        asked(record)


def test_a_stack_without_the_function_is_refused():
    session = Session(cloudformation=Region(stack("tide", "ROLLBACK_COMPLETE")).cloudformation)
    with pytest.raises(Refused, match="has no function auto-drain"):
        why(context(session), "i-0a1b")


def test_the_operations_page_shows_what_is_printed():
    instance = "i-0a1b2c3d4e5f60718"
    said, _ = asked({"explained": ANSWER | {"instance": instance, "would_do": []}}, instance)
    page = (ROOT / "docs/operations.md").read_text()
    assert "\n".join([f"$ make why INSTANCE={instance}", *said, "```"]) in page
