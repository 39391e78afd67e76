"""The checks, in the order in which they run: each leaves the cluster as the next needs it."""

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
