"""Reads the annotated tweets and sentences that the pocket entity model learns from.

Sources (all CC BY 4.0): Broad Twitter Corpus (Derczynski, Bontcheva and Roberts 2016, COLING
1169–1179), WNUT17 emerging entities (Derczynski et al. 2017, W-NUT 140–147), GermEval 2014
(Benikova et al. 2014, LREC 2524–2531). Section h of the Broad Twitter Corpus, half of which is its
development part, is never trained on.
"""

import gzip
import random
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from recipes.data.feedback_texts import read_review_sentences
from recipes.data.labelled_reviews import read_clothing_reviews
from recipes.text.grammar import Marked, Span
from recipes.text.names import Names

TYPES = ("MISC", "PER", "ORG", "LOC")
_TYPE_OF = {
    **{name: name for name in TYPES},
    "person": "PER", "location": "LOC", "corporation": "ORG", "group": "ORG",
    "product": "MISC", "creative-work": "MISC", "OTH": "MISC",
}  # fmt: skip

Token = tuple[str, str]
#: Makes a name of (the annotated name, its type, whether an at sign stands before it).
Rename = Callable[[str, str, bool], str]


def read_conll(path: Path, *, word: int = 0, tag: int = 1) -> list[list[Token]]:
    """Sentences of (word, IOB2 tag) from a column file, plain or gzipped, types as in `TYPES`.

    Tags of a type that we do not know (GermEval's derivations and parts) become O.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    sentences: list[list[Token]] = [[]]
    with opener(path, "rt", encoding="utf-8") as file:
        for line in file:
            columns = line.rstrip("\n").split("\t")
            if len(columns) <= max(word, tag) or not columns[word].strip() or columns[0] == "#":
                if sentences[-1]:
                    sentences.append([])
                continue
            position, _, kind = columns[tag].partition("-")
            known = _TYPE_OF.get(kind)
            sentences[-1].append((columns[word], f"{position}-{known}" if known else "O"))
    return [sentence for sentence in sentences if sentence]


def with_accounts(sentence: Sequence[Token]) -> list[Token]:
    """Tag account names after an at sign alike in all corpora, and the at sign itself O.

    The Broad Twitter Corpus splits `@ name` and tags both, WNUT17 keeps `@name` whole and tags
    neither; to the model both look the same. A report lists the name, not a lone `@`.
    """
    tokens: list[Token] = []
    for word, tag in sentence:
        if word == "@":
            tokens.append((word, "O"))
        elif re.fullmatch(r"@\w+", word):
            tokens += [("@", "O"), (word[1:], tag if tag != "O" else "B-PER")]
        else:
            tokens.append((word, tag))
    return tokens


def read_training_sentences(data: Path) -> list[list[Token]]:
    """All annotated sentences that the model is trained on."""
    ner = data / "ner"
    tweets = [ner / "broad_twitter" / f"{section}.conll.gz" for section in "abeg"]
    emerging = [ner / "wnut17" / f"{part}.conll" for part in ("train", "dev")]
    english = [sentence for path in tweets + emerging for sentence in read_conll(path)]
    german = read_conll(ner / "germeval2014" / "dev.tsv.gz", word=1, tag=2)
    return [with_accounts(sentence) for sentence in english] + german


def read_development_sentences(data: Path) -> list[list[Token]]:
    """Section h of the Broad Twitter Corpus as annotated, at signs included."""
    return read_conll(data / "ner" / "broad_twitter" / "h.conll.gz")


def read_plain_sentences(data: Path, rng: random.Random) -> list[str]:
    """Sentences of reviews and of customers in a chat that hold no name, as far as one can tell.

    A sentence is taken when no word but its first and "I" has a capital.
    """
    reviews = (review.body for review in read_clothing_reviews(data))
    texts = [text for body in reviews for text in re.split(r"(?<=[.!?])\s+", body)]
    texts += read_review_sentences(data)
    texts = [text for text in texts if _looks_nameless(text)]
    return rng.sample(texts, min(30_000, len(texts)))


def _looks_nameless(text: str) -> bool:
    words = text.split()
    return 2 < len(words) < 40 and not any(
        re.match(r"[A-Z]", word) and not re.match(r"I\b", word) for word in words[1:]
    )


def harvest(sentences: Iterable[Sequence[Token]]) -> dict[str, list[str]]:
    """The names annotated in `sentences` by type, accounts and single letters left out."""
    found: dict[str, list[str]] = {kind: [] for kind in TYPES}
    for sentence in sentences:
        for start, end, kind in word_spans([tag for _, tag in sentence]):
            name = " ".join(word for word, _ in sentence[start:end])
            after_at = start > 0 and sentence[start - 1][0] == "@"
            if not after_at and 1 < len(name) < 40 and re.match(r"[A-Z]", name):
                found[kind].append(name)
    return found


def word_spans(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """The (start, end, type) of every chunk of IOB2 tags; a stray I starts a chunk."""
    spans: list[tuple[int, int, str]] = []
    for index, tag in enumerate(tags):
        position, _, kind = tag.partition("-")
        if position == "I" and spans and spans[-1][1] == index and spans[-1][2] == kind:
            spans[-1] = (spans[-1][0], index + 1, kind)
        elif kind:
            spans.append((index, index + 1, kind))
    return spans


def to_text(sentence: Sequence[Token], rename: Rename | None = None) -> Marked:
    """The words joined by spaces, with the entities' spans; `rename` may replace each name."""
    spans = {start: (end, kind) for start, end, kind in word_spans([tag for _, tag in sentence])}
    whole = Marked()
    index = 0
    while index < len(sentence):
        end, kind = spans.get(index, (index + 1, ""))
        text = " ".join(word for word, _ in sentence[index:end])
        if kind and rename:
            text = rename(text, kind, index > 0 and sentence[index - 1][0] == "@")
        whole.append(Marked(text, [Span(kind, 0, len(text))] if kind else []))
        index = end
    return whole


def swapping(names: Names, rng: random.Random, chance: float) -> Rename:
    """A renaming that swaps a name with this chance for another of its type."""

    def rename(text: str, kind: str, is_account: bool) -> str:
        if rng.random() >= chance:
            return text
        if is_account:
            return names.handle(rng)
        new = names.draw(kind, rng)
        return "#" + new.replace(" ", "") if text.startswith("#") else new

    return rename
