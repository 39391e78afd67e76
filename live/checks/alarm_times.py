"""When alarms are evaluated, and how far back they look."""

from .. import probe_alarms
from ..finding import AGREES, DIFFERS, NOT_SHOWN, Finding, check

# Minutes that have passed since a value when the alarm is created. One more passes before it is evaluated.
AGES = (1, 2, 3, 4, 5, 6)
# The range of the simulated region is N + 2 periods. The third age is at its edge.
NEAR, FAR = {1, 2}, {4, 5, 6}
# The simulated region evaluates an alarm 10 s after the first full minute.
DELAY_SECONDS = 120


def begin_ranges(context):
    for age in AGES:
        probe_alarms.put(context, f"age-{age}", {age: 20.0})
    return context.now()


@check(
    "the evaluation range",
    "An alarm over one period finds a value in its last three minutes, and no older one.",
    begin_ranges,
)
def ranges(context, began):
    """AWS documents that the range is longer than the evaluation periods, and five for three
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html).
    `crates/region-cloudwatch/src/evaluation.rs` takes N + 2."""
    first = {age: probe_alarms.wait(context, f"age-{age}", began) for age in AGES}
    return judge_range({age for age, change in first.items() if change and change["stateValue"] == "ALARM"})


def judge_range(found):
    evidence = {"minutes at the creation": AGES, "values that were found": sorted(found)}
    if not found:
        return Finding(NOT_SHOWN, "no alarm found its value", evidence)
    seen = f"the oldest value that was found was {max(found)} minutes old at the creation of its alarm"
    return Finding(AGREES if NEAR <= found and not FAR & found else DIFFERS, seen, evidence)


def begin_delay(context):
    probe_alarms.put(context, "soon", {1: 20.0})
    return context.now()


@check("the delay of alarms", "An alarm that has data is evaluated within two minutes of its creation.", begin_delay)
def delay(context, began):
    """AWS documents that an alarm is evaluated every minute, and no delay
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html).
    `crates/region-cloudwatch/src/settings.rs` evaluates 10 s after the end of a minute."""
    change = probe_alarms.wait(context, "soon", began)
    return judge_delay(change and change["at"] - began)


def judge_delay(seconds):
    if seconds is None:
        return Finding(NOT_SHOWN, "the alarm was not evaluated within 5 minutes")
    evidence = {"seconds from the creation to the state": round(seconds, 1)}
    verdict = AGREES if seconds <= DELAY_SECONDS else DIFFERS
    return Finding(verdict, f"{seconds:.0f} s after its creation", evidence)
