"""The cost of a run, and the consent that it requires."""

import sys

# USD per hour in us-east-1, from memory on 2026-11-25. AWS's pricing pages have the current prices.
HOURLY = (
    ("t3.small instances, up to three", 3 * 0.0208),
    ("their 30 GiB gp3 volumes", 3 * 30 * 0.08 / 730),
    ("application load balancer and one capacity unit", 0.0225 + 0.008),
    ("public IPv4 addresses, five", 5 * 0.005),
    ("CloudWatch alarms, a dashboard, Container Insights for a while", 0.02),
    ("functions, queues, topics, events, logs", 0.01),
)


class Refused(Exception):
    """Consent is missing. Nothing was started."""


def estimate(minutes):
    """The cost of a run that uses all its minutes and 30 minutes to delete, as text."""
    hours = (minutes + 30) / 60
    rows = [f"  {what:<65} {price * hours:5.2f}" for what, price in HOURLY]
    total = sum(price for _, price in HOURLY) * hours
    head = f"estimate in USD for {minutes} minutes of checks and 30 to delete (us-east-1, prices from memory on 2026-11-25):"
    return "\n".join([head, *rows, f"  {'total':<65} {total:5.2f}"])


LOOP_WARNING = (
    "One check lets Lambda stop a recursive loop. AWS may send a notification of it to the owner of the account."
)


def require(account, region, flag, ask=input, interactive=None):
    """Raises Refused unless the flag or the answer names this account and Region."""
    wanted = f"{account}/{region}"
    if flag is not None:
        if flag != wanted:
            raise Refused(
                f"--yes-spend-money names {flag}, but the credentials and the Region are {wanted}: correct one of them"
            )
        return
    if not (sys.stdin.isatty() if interactive is None else interactive):
        raise Refused(f"no terminal to ask on: use --yes-spend-money {wanted}")
    if ask(f"This spends money in account {account}, region {region}. Type {wanted} to continue: ").strip() != wanted:
        raise Refused("the answer does not name the account and region: nothing was started")
