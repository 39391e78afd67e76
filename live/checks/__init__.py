"""The checks in their order. Each leaves the cluster in the state that the next one needs."""

from . import attributes, counts, direct, drain, loop, returned, samples, silence

ALL = [
    samples.CHECK,
    attributes.CHECK,
    drain.CHECK,
    counts.CHECK,
    loop.ALLOWED,
    loop.COUNTED,
    direct.CHECK,
    silence.CHECK,
    returned.CHECK,
]
