"""ministack, with the one thing put right that scaling reads: what an alarm tells a topic
names the alarm by its ARN, as it does on AWS.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
It runs in ministack's own environment.
"""

import json
from collections.abc import Callable

from ministack.app import main
from ministack.services import sns


def naming(fan_out: Callable[..., None]) -> Callable[..., None]:
    """The same, with the ARN in the messages of alarms."""

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


sns._fanout = naming(sns._fanout)
main()
