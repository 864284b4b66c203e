"""Sentence pairs beside Tatoeba: requests to an assistant, chats with a shop, strings of software.

MASSIVE (FitzGerald et al. 2022, CC BY 4.0), BConTrasT (Farajian et al. 2020, CC BY-SA 4.0), and the
user interfaces of shopware (MIT), matrix-react-sdk and mattermost-mobile (Apache-2.0). A tenth of
each, by the hash of the English side, is measured with and never trained on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from recipes.encoder.data.files import held_out, json_lines, lines
from recipes.translation.pairs import Pair, is_clean

_SLOT = re.compile(r"\[[^:\]]+ : ([^\]]+)\]")


def requests(data: Path) -> Iterator[Pair]:
    """What people ask of an assistant, in lower case."""
    for row in json_lines(data / "topics/massive_16_languages.jsonl.zst"):
        yield Pair(_SLOT.sub(r"\1", row["en"]), row["de"])


def chats(data: Path) -> Iterator[Pair]:
    """What customers and agents write to each other."""
    for row in json_lines(data / "parallel/bcontrast/train.jsonl.gz"):
        yield Pair(row["en"].strip(), row["de"].strip())


def software(data: Path) -> Iterator[Pair]:
    """What buttons and messages say."""
    for line in lines(data / "parallel/software_strings_en_de.tsv.gz"):
        if line:
            english, german, _ = line.split("\t")
            yield Pair(english, german)


SOURCES = {"requests": requests, "chats": chats, "software": software}


def training_pairs(data: Path) -> list[Pair]:
    """All that may be trained on, each pair once."""
    every = (pair for read in SOURCES.values() for pair in read(data))
    return list(dict.fromkeys(p for p in every if is_clean(p) and not held_out(p.english)))


def measuring_pairs(data: Path) -> dict[str, list[Pair]]:
    """What is held out of each source."""
    return {
        name: list(dict.fromkeys(p for p in read(data) if is_clean(p) and held_out(p.english)))
        for name, read in SOURCES.items()
    }
