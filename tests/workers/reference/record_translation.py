"""Record what the `translation` pipeline of Transformers 4.57.6 writes.

In an environment with `transformers==4.57.6`, sentencepiece and the torch of the constraints file,
from the root of the repository:

    python -m tests.workers.reference.record_translation tests/workers/reference/translation.json
"""

import sys
from pathlib import Path

from tests.support.checkpoints import build_translation
from tests.support.seq2seq_variants import TRANSLATION
from tests.workers.reference.record_generation import record

if __name__ == "__main__":
    task, key = "translation_en_to_de", "translation_text"
    record(Path(sys.argv[1]), task, key, TRANSLATION, build_translation)
