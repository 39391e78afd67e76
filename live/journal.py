"""The progress of a run, written after each check. A run that ended early is resumed from it.

It has the ids of the account, so unlike the report it is not for sending.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path

from .finding import NOT_SHOWN, Fact, Finding
from .names import Names


class Journal:
    def __init__(self, path, names, account, region, facts=()):
        self.path = path
        self.names = names
        self.account = account
        self.region = region
        self._facts = {fact.name: fact for fact in facts}

    @classmethod
    def new(cls, directory, account, region):
        names = Names.new()
        return cls(Path(directory) / f"live-run-{names.stack}.json", names, account, region)

    @classmethod
    def load(cls, path):
        """Raises ValueError if the file is not a journal."""
        try:
            read = json.loads(Path(path).read_text())
            facts = [Fact(**{**fact, "finding": Finding(**fact["finding"])}) for fact in read["facts"]]
            return cls(Path(path), Names(read["stack"]), read["account"], read["region"], facts)
        except (OSError, KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"{path} is not the journal of a run: {error!r}") from error

    def keep(self, fact):
        self._facts[fact.name] = fact
        written = {"stack": self.names.stack, "account": self.account, "region": self.region}
        facts = [asdict(fact) for fact in self._facts.values()]
        with open(os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            json.dump(written | {"facts": facts}, file, default=str)

    def facts(self):
        return list(self._facts.values())

    def is_open(self, check):
        """Whether the check has no answer of AWS yet."""
        fact = self._facts.get(check.name)
        return fact is None or fact.finding.verdict == NOT_SHOWN
