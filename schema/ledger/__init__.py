"""The ledger: what is done to jobs, one statement of their life a file.

    enqueue → dispatch → claim → heartbeat … → finish
                           └→ release (back to pending)     reap frees what nobody finished

Every time in it is the database's: clocks of workers are never asked.
"""
