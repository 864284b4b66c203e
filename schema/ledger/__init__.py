"""The ledger: what is done to jobs, one step of their life a file.

    enqueue → dispatch → claim (→ begin) → heartbeat … → finish
                           └→ release (back to pending)     reap frees what nobody finished

An operator may pause, cancel and replay, archive and delete; forget deletes documents from under
all of it. Whoever locks several rows does it in this order: run, jobs, documents, each by id.

Every time in it is of the database's clock, since the clocks of hosts differ.
"""
