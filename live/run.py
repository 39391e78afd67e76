"""Runs the parts of a live check: each is deployed, begun and checked."""

from . import capture
from .finding import AGREES, NOT_SHOWN, Fact, Finding, begin_all, failed, run_all


def run_parts(parts, context, deploy, keep):
    """Runs the checks of each part. Each fact is given to `keep`. A part that is not deployed has none of its
    checks shown, and does not stop the next one."""
    for part, checks in parts:
        brought = bring_up(part, context, deploy)
        keep(Fact("deployment", f"the deployment of {part.name}", "", "sam deploy brings up the demo.", brought))
        if brought.verdict == AGREES:
            run_all(checks, context, begin_all(checks, context), keep)
        else:
            for check in checks:
                keep(Fact.of(check, Finding(NOT_SHOWN, f"not deployed: {brought.seen}")))


def bring_up(part, context, deploy):
    if context.stopped:
        return Finding(NOT_SHOWN, context.stopped)
    began = context.now()
    try:
        context.say(f"deploying for {part.name}")
        deploy(context, part.alarm_scaling)
        if not context.captures:
            capture.start(context)
    except KeyboardInterrupt:
        context.stopped = "interrupted before"
        return Finding(NOT_SHOWN, "interrupted while deploying")
    except Exception as error:
        return failed(error)
    return Finding(AGREES, f"deployed in {context.now() - began:.0f} s")
