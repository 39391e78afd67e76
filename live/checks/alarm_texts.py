"""The reason of an alarm's state in words: one or several values, and missing ones among them."""

import re

from .. import probe_alarms
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

_TIME = re.compile(r"\(\d\d/\d\d/\d\d \d\d:\d\d:\d\d\)")
# Name: values by age in minutes, settings, and the reason, in which (TIME) stands for each time.
CASES = {
    "one": ({1: 21.5}, {}, "Threshold Crossed: 1 datapoint [21.5 (TIME)] was greater than the threshold (10.0)."),
    "one-ok": ({1: 1.5}, {}, "Threshold Crossed: 1 datapoint [1.5 (TIME)] was not greater than the threshold (10.0)."),
    "three": (
        {1: 21.5, 2: 22.5, 3: 23.5, 4: 24.5, 5: 25.5},
        {"EvaluationPeriods": 3},
        "Threshold Crossed: 3 datapoints [VALUES] were greater than the threshold (10.0).",
    ),
    "five": (
        {1: 21.5, 2: 22.5, 3: 23.5, 4: 24.5, 5: 25.5, 6: 26.5, 7: 27.5},
        {"EvaluationPeriods": 5},
        "Threshold Crossed: 5 datapoints were greater than the threshold (10.0). The most recent datapoints which "
        "crossed the threshold: [VALUES].",
    ),
    "two-of-three": (
        {1: 21.5, 2: 22.5, 3: 1.5, 4: 21.5, 5: 22.5},
        {"EvaluationPeriods": 3, "DatapointsToAlarm": 2},
        "Threshold Crossed: 2 out of the last 3 datapoints [VALUES] were greater than the threshold (10.0) "
        "(minimum 2 datapoints for OK -> ALARM transition).",
    ),
    "partly-breaching": (
        {1: 21.5},
        {"EvaluationPeriods": 3, "TreatMissingData": "breaching"},
        "Threshold Crossed: 1 datapoint [21.5 (TIME)] was greater than the threshold (10.0) and 2 missing datapoints "
        "were treated as [Breaching].",
    ),
    "partly-not-breaching": (
        {1: 1.5},
        {"EvaluationPeriods": 3, "TreatMissingData": "notBreaching"},
        "Threshold Crossed: 1 datapoint [1.5 (TIME)] was not greater than the threshold (10.0) and 2 missing datapoints "
        "were treated as [NonBreaching].",
    ),
    "partly-of-three": (
        {1: 21.5},
        {"EvaluationPeriods": 3, "DatapointsToAlarm": 2, "TreatMissingData": "breaching"},
        "Threshold Crossed: 1 out of the last 3 datapoints [21.5 (TIME)] was greater than the threshold (10.0) and "
        "2 missing datapoints were treated as [Breaching] (minimum 2 datapoints for OK -> ALARM transition).",
    ),
    "none-breaching": (
        {},
        {"EvaluationPeriods": 2, "TreatMissingData": "breaching"},
        "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as "
        "[Breaching].",
    ),
    "none-not-breaching": (
        {},
        {"TreatMissingData": "notBreaching"},
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as "
        "[NonBreaching].",
    ),
}  # fmt: skip


def begin(context):
    for what, (values, settings, _) in CASES.items():
        probe_alarms.put(context, what, values, **settings)
    return context.now()


@check(
    "the texts of alarms",
    "Each StateReason is that of the simulated region, in the singular, the plural and partly missing.",
    begin,
)
def texts(context, began):
    """AWS documents the texts by single examples
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html).
    `crates/region-cloudwatch/src/reason.rs` has the plural and the partly missing forms as guesses."""
    changed = {what: probe_alarms.wait(context, what, began) for what in CASES}
    return judge({what: change["stateReason"] for what, change in changed.items() if change}, changed)


def form(reason):
    """The reason with (TIME) for each time, and with VALUES for a list of several values."""
    timed = _TIME.sub("(TIME)", reason)
    return re.sub(r"\[[^\]]*,[^\]]*\]", "[VALUES]", timed)


def judge(reasons, evidence):
    silent = [what for what in CASES if what not in reasons]
    other = [what for what in reasons if form(reasons[what]) != CASES[what][2]]
    if other:
        return Finding(DIFFERS, "; ".join(f"{what}: {reasons[what]}" for what in other), evidence)
    if silent:
        return Finding(NOT_SHOWN, f"never evaluated: {', '.join(silent)}", evidence)
    return Finding(AGREES, f"{len(CASES)} texts as expected", evidence)
