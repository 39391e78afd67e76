"""What a run costs, and the consent without which none starts."""

import sys

# Remembered on 2026-11-25 for us-east-1, in USD an hour; AWS's pricing pages decide.
HOURLY = (
    ("t3.small instances, up to three", 3 * 0.0208),
    ("their 30 GiB gp3 volumes", 3 * 30 * 0.08 / 730),
    ("application load balancer and one capacity unit", 0.0225 + 0.008),
    ("public IPv4 addresses, five", 5 * 0.005),
    ("CloudWatch alarms, a dashboard, Container Insights for a while", 0.02),
    ("functions, queues, topics, events, logs", 0.01),
)


class Refused(Exception):
    """There is no consent; nothing was started."""


def estimate(minutes):
    """The cost of a run that needs all its minutes and half an hour to delete, in words."""
    hours = (minutes + 30) / 60
    rows = [f"  {what:<65} {price * hours:5.2f}" for what, price in HOURLY]
    total = sum(price for _, price in HOURLY) * hours
    head = f"estimate in USD for {minutes} minutes of checks and 30 to delete (us-east-1, remembered 2026-11-25):"
    return "\n".join([head, *rows, f"  {'in all':<65} {total:5.2f}"])


# One check makes Lambda do what it tells account owners of.
NOTICE = "One check lets Lambda cut a loop on purpose: AWS may send the account's owner a notice of it."


def require(account, region, flag, ask=input, interactive=None):
    """Raises unless the flag, or whoever is asked, names this account and region."""
    wanted = f"{account}/{region}"
    if flag is not None:
        if flag != wanted:
            raise Refused(
                f"--yes-spend-money names {flag}, the credentials and region are {wanted}: correct one of them"
            )
        return
    if not (sys.stdin.isatty() if interactive is None else interactive):
        raise Refused(f"no terminal to ask on: give --yes-spend-money {wanted}")
    if ask(f"This spends money in account {account}, region {region}. Type {wanted} to go on: ").strip() != wanted:
        raise Refused("the answer does not name the account and region: nothing was started")
