"""How often the language of a text is found: `python -m benchmarks.languages FILE [WORDS]`.

FILE has a JSON object a line, with `text` and `language`; it may be packed with gzip. Texts of
fewer than WORDS words, 5 unless it is said, are left out. Prints the share that is found, by
language and over all, of all texts and of those that are not unsure; texts a second of processor
time, and what the model takes of the memory.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from schema.languages import fold_language, read_language
from workers.analyses.language import UNSURE_BELOW
from workers.text.language_identifier import USUAL_LANGUAGES, TextLanguageIdentifier


def main(path: Path, words: int) -> None:
    before = psutil.Process().memory_info().rss
    identifier = TextLanguageIdentifier(USUAL_LANGUAGES)
    identifier.identify("To have all in memory that it needs.")
    memory = psutil.Process().memory_info().rss - before
    texts = [(text, language) for text, language in _texts(path) if len(text.split()) >= words]
    began = time.process_time()
    found = [identifier.identify(text) for text, _ in texts]
    seconds = time.process_time() - began
    there, right, sure, sure_right = Counter[str](), Counter[str](), 0, 0
    for (_, language), (said, probability) in zip(texts, found, strict=True):
        there[language] += 1
        right[language] += said == language
        sure += probability >= UNSURE_BELOW
        sure_right += said == language and probability >= UNSURE_BELOW
    for language in sorted(there):
        print(f"{language} {right[language] / there[language]:.3f} of {there[language]:,}")
    print(f"all {right.total() / len(texts):.4f} of {len(texts):,}")
    print(f"unsure {1 - sure / len(texts):.3f}; right of the others {sure_right / sure:.4f}")
    print(f"{len(texts) / seconds:,.0f} texts a second; {memory / 2**20:.0f} MiB")


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    unpack: Any = gzip.open if path.suffix == ".gz" else open
    with unpack(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row["text"], fold_language(read_language(row["language"]) or row["language"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5)
