"""The books after a fault: what `triage verify` says, and the comparison with the undisturbed run.

A run is looked at after every fault until it has finished, and once more then; all runs are, now
and then and at the end.
"""

from __future__ import annotations

import subprocess
import sys

from schema.status.runs import find_run
from schema.verification import verify
from tests.chaos.comparison import Difference, Undisturbed
from tests.chaos.ledger import finished_runs, stored_documents
from tests.chaos.stage import Stage

#: Faults between two looks at everything.
EVERYTHING = 50


class BooksError(AssertionError):
    """Something was lost, doubled or changed: what, by ids."""


class Books:
    """Keeps in mind which runs are settled.

    Args:
        stage: With the undisturbed run finished.
        undisturbed: The name of that run.
    """

    def __init__(self, stage: Stage, undisturbed: str) -> None:
        self._stage = stage
        with stage.engine.connect() as connection:
            self._undisturbed = Undisturbed(connection, undisturbed)
        self._measure = undisturbed
        self._settled = {undisturbed}
        self.found = Difference()

    def check(self, everything: bool = False) -> str:
        """Verify and compare.

        Returns:
            What was looked at, in words.

        Raises:
            BooksError: If something does not balance, or is not as it was undisturbed.
        """
        stage = self._stage
        deliveries = dict(stage.deliveries)
        names = [name for name in deliveries if everything or name not in self._settled]
        # Before the snapshot, in which a run that begins meanwhile is not to be found.
        begun = [name for name in names if self._begun(name)]
        with stage.engine.connect().execution_options(triage_read_only=True) as connection:
            ids = {name: find_run(connection, name) for name in begun}
            finished = finished_runs(connection)
        violations = [str(one) for name in ids for one in verify(stage.engine, ids[name])]
        if violations:
            raise BooksError("\n".join(["triage verify:", *violations[:40]]))
        difference = Difference()
        for name in names:
            if name in finished and name != self._measure:
                with stage.engine.connect().execution_options(triage_read_only=True) as connection:
                    difference.add(self._undisturbed.compare(connection, deliveries[name]))
                self._settled.add(name)
        if difference.any:
            raise BooksError("\n".join([str(difference), *difference.notes[:40]]))
        if everything:
            self.found = difference
        return f"verify ok ({len(ids)} runs), {difference}"

    def _begun(self, name: str) -> bool:
        return self._stage.ask(lambda connection: stored_documents(connection, name)) is not None

    def close(self) -> Difference:
        """The command itself, and everything once more; all runs must have finished."""
        command = subprocess.run(
            [sys.executable, "-m", "producer", "verify"],
            env=self._stage.environment,
            cwd=self._stage.folder,
            capture_output=True,
            text=True,
        )
        if command.returncode != 0:
            raise BooksError(f"triage verify: exit code {command.returncode}\n{command.stdout}")
        self.check(everything=True)
        assert self._settled == self._stage.deliveries.keys(), "a run has not finished"
        return self.found
