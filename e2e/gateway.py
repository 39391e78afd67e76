"""ministack with one correction that scaling needs, and with a schedule that checks need not wait for.

The message of an alarm has the ARN of the alarm, as on AWS:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html

The shortest rate of a rule lasts 2 s instead of a minute. No rule of the template has that rate.

This runs in the virtual environment of ministack.
"""

import json
from collections.abc import Callable

from ministack.app import main
from ministack.services import eventbridge, sns


def naming(fan_out: Callable[..., None]) -> Callable[..., None]:
    """Adds the ARN to the messages of alarms."""

    def wrapped(topic_arn: str, message_id: str, message: str, *rest: object, **named: object) -> None:
        try:
            said = json.loads(message)
        except ValueError:
            said = None
        if isinstance(said, dict) and {"AlarmName", "Region", "AWSAccountId"} <= said.keys():
            region, account, name = said["Region"], said["AWSAccountId"], said["AlarmName"]
            message = json.dumps(said | {"AlarmArn": f"arn:aws:cloudwatch:{region}:{account}:alarm:{name}"})
        fan_out(topic_arn, message_id, message, *rest, **named)

    return wrapped


def quickening(seconds_of: Callable[[str], int | None]) -> Callable[[str], int | None]:
    """Shortens the rate of one minute."""
    return lambda expression: 2 if expression == "rate(1 minute)" else seconds_of(expression)


sns._fanout = naming(sns._fanout)
eventbridge._parse_rate_seconds = quickening(eventbridge._parse_rate_seconds)
eventbridge._SCHEDULER_TICK_INTERVAL = 1
main()
