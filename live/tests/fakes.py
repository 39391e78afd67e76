"""Fakes of a session, its clients and the clock."""

from functools import cache

import botocore.session
from botocore import xform_name
from botocore.validate import validate_parameters

from live.context import Context
from live.names import Names

ACCOUNT = "123456789012"
NAMES = Names("tide-live-0a1b2c3d")


class Clock:
    """A clock that advances only in `sleep`."""

    def __init__(self, at=1_000_000.0):
        self.at = at

    def now(self):
        return self.at

    def sleep(self, seconds):
        self.at += seconds


@cache
def operations(service):
    """The input shapes of a service, by the name of the client method, from the model of botocore."""
    model = botocore.session.get_session().get_service_model(service)
    return {xform_name(name): model.operation_model(name).input_shape for name in model.operation_names}


class Client:
    """Answers each call with the given answer of that name, and records all calls.
    A call that does not exist in the service model, or with invalid arguments, fails."""

    def __init__(self, **answers):
        self.calls = []
        self.service = None
        self._answers = answers

    def __getattr__(self, name):
        def call(**arguments):
            if self.service:
                validate_parameters(arguments, operations(self.service)[name])
            self.calls.append((name, arguments))
            answer = self._answers.get(name, {})
            if isinstance(answer, Exception):
                raise answer
            return answer(**arguments) if callable(answer) else answer

        return call

    def called(self):
        return [name for name, _ in self.calls]


class Session:
    region_name = "eu-west-1"

    def __init__(self, clients):
        self._clients = clients

    def client(self, service):
        client = self._clients.setdefault(service, Client())
        client.service = service
        return client

    def get_partition_for_region(self, region):
        return "aws"


def context(minutes=60, clock=None, **clients):
    clock = clock or Clock()
    return Context(NAMES, Session(clients), ACCOUNT, minutes, say=lambda _: None, now=clock.now, sleep=clock.sleep)
