"""The cost of a run, and the consent that it requires."""

import sys

# USD in us-east-1, from memory. AWS's pricing pages have the current prices.
PRICES_OF = "2026-11-25"
HOURLY = {
    "t3.small instances, up to three": 3 * 0.0208,
    "their 30 GiB gp3 volumes": 3 * 30 * 0.08 / 730,
    "application load balancer and one capacity unit": 0.0225 + 0.008,
    "public IPv4 addresses, five": 5 * 0.005,
    "CloudWatch alarms, a dashboard, Container Insights for a while": 0.02,
    "functions, queues, topics, events, logs": 0.01,
}
# Whatever the duration.
ONCE = {"t3.nano instances, seven for less than an hour": 7 * (0.0052 + 8 * 0.08 / 730)}
DELETE_MINUTES = 30


class Refused(Exception):
    """Consent is missing. Nothing was started."""


def cost(minutes):
    """The estimate for that many minutes, as the report has it."""
    rows = {what: price * minutes / 60 for what, price in HOURLY.items()} | ONCE
    rounded = {what: round(price, 4) for what, price in rows.items()}
    return {"currency": "USD", "prices_of": PRICES_OF, "rows": rounded, "total": round(sum(rows.values()), 2)}


def estimate(minutes):
    """The cost of a run that uses all its minutes and the time to delete, as text."""
    whole = cost(minutes + DELETE_MINUTES)
    rows = [f"  {what:<65} {price:5.2f}" for what, price in whole["rows"].items()]
    head = (
        f"estimate in USD for {minutes} minutes of checks and {DELETE_MINUTES} to delete "
        f"(us-east-1, prices from memory on {PRICES_OF}):"
    )
    return "\n".join([head, *rows, f"  {'total':<65} {whole['total']:5.2f}"])


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
