"""Blocks: what goes into the database in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from producer.ingest.validation.feedback import Feedback
from producer.ingest.validation.input_row import InputRow

#: Characters after which a block is closed early, so that long texts do not fill the memory.
MOST_CHARACTERS = 8_000_000

Block = list[InputRow]


def cut_blocks(rows: Iterable[InputRow | None], size: int) -> Iterator[Block]:
    """Cut a stream into blocks of `size` rows, or fewer where texts are long, and at each None:
    what comes behind it depends on what was stored before, which an empty block says.
    """
    block: Block = []
    characters = 0
    for row in rows:
        if row is None:
            if block:
                yield block
                block, characters = [], 0
            yield []
            continue
        block.append(row)
        item = row.content
        if isinstance(item, Feedback):
            characters += len(item.text) + len(item.metadata)
        else:
            characters += len(item.as_json())
        if len(block) >= size or characters >= MOST_CHARACTERS:
            yield block
            block, characters = [], 0
    if block:
        yield block
