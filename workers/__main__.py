"""`python -m workers …`: the same as `celery -A workers …`; Ctrl-C during its start is a sentence.

A node has its own handlers once it is up, and Flower its own way to end.
"""

import sys

from schema.interrupts import end_at_once, raised

end_at_once()

from workers.runtime.importing import importing  # noqa: E402

# What is frozen here stays shared with the children that are forked later.
with importing():
    import celery.__main__
    import celery.apps.worker
    import celery.bin.celery

    import workers.celery  # noqa: F401

sys.argv[:] = [celery.__main__.__file__, "-A", "workers", *sys.argv[1:]]
if sys.argv[3:4] == ["worker"]:
    code = celery.bin.celery.main()
else:
    with raised():
        code = celery.bin.celery.main()
sys.exit(code)
