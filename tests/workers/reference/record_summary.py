"""Record what the `summarization` pipeline of Transformers 4.57.6 writes.

In an environment with `transformers==4.57.6` and the torch of the constraints file, from the root
of the repository:

    python -m tests.workers.reference.record_summary tests/workers/reference/summary.json
"""

import sys
from pathlib import Path

from tests.support.checkpoints import build_summary
from tests.support.seq2seq_variants import SUMMARY
from tests.workers.reference.record_generation import record

if __name__ == "__main__":
    record(Path(sys.argv[1]), "summarization", "summary_text", SUMMARY, build_summary)
