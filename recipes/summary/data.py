"""Text and target pairs for the pocket summary model.

Four kinds: clothing reviews and pseudo-documents (sentences of several sets strung together), both
with the extractive target of `summary_salience`; templated feedback with written compressions
(`summary_cases`); and random words, which teach copying of whatever stands in the text, in the
manner of BART's denoising (Lewis et al. 2020, arXiv:1910.13461). Sources: the sets named in
`sentiment_data`; Tatoeba English-German pairs and sentences by language (CC BY 2.0 FR);
MultiDoGO customer turns (Peskov et al. 2019, CDLA-Permissive 1.0).
"""

import gzip
import random
import re
from collections.abc import Callable
from pathlib import Path

from recipes.data.feedback_texts import read_turns
from recipes.data.labelled_reviews import (
    Review,
    read_bank_troubles,
    read_clothing_reviews,
    read_jsonl,
    read_short_examples,
)
from recipes.sentiment.templates import FeedbackWriter
from recipes.summary.cases import CaseWriter, Pair, invented
from recipes.summary.salience import patterns, summarise

SPACE_BEFORE = re.compile(r" +([.,;:!?)'’]|n't\b)")


def detokenise(text: str) -> str:
    """Join the tokens of a corpus that writes "it 's great ." as a person would."""
    text = SPACE_BEFORE.sub(r"\1", text.replace("( ", "(").replace(" n't", "n't"))
    return text[:1].upper() + text[1:]


def read_sentences(data: Path, rng: random.Random) -> dict[str, list[str]]:
    """Sentences by kind: `opinion`, `plain`, `chat`, and `german`, `other` for other languages."""
    with gzip.open(data / "parallel" / "tatoeba_eng_deu.tsv.gz", "rt", encoding="utf-8") as file:
        pairs = [line.rstrip("\n").split("\t")[:2] for line in file]
    pairs = rng.sample([p for p in pairs if len(p[0].split()) >= 4], 30_000)
    other = [str(row["text"]) for row in read_jsonl(data / "langid" / "tatoeba_langid.jsonl.gz")
             if row["lang"] in ("fra", "spa", "ita", "nld", "por")]  # fmt: skip
    chat = [turn for turn in read_turns(data) if len(turn.split()) >= 5]
    opinions = [detokenise(e.text) for e in read_short_examples(data) if len(e.text.split()) >= 4]
    return {
        "opinion": opinions + [e.text for e in read_bank_troubles(data)],
        "plain": [english for english, _ in pairs],
        "german": [german for _, german in pairs[:12_000]],
        "chat": rng.sample(chat, 12_000),
        "other": other,
    }


class PairSampler:
    """Draws text and target pairs; the clothing reviews held out by hash are never drawn."""

    def __init__(self, data: Path, rng: random.Random) -> None:
        self.rng = rng
        self.reviews: list[Review] = [r for r in read_clothing_reviews(data) if not r.held_out]
        self.sentences = read_sentences(data, rng)
        self.cases = CaseWriter(rng)
        self.feedback = FeedbackWriter(rng)
        self.emoji = str(self.cases.cases["text"]["emoji"]).split()
        words = {w for text in self.sentences["plain"] + self.sentences["opinion"]
                 for w in text.split() if w.isalnum()}  # fmt: skip
        self.words = sorted(words)
        self.cues = [p for name in ("wants", "problems", "praise")
                     for p in self.phrases_of(name)]  # fmt: skip

    @staticmethod
    def phrases_of(name: str) -> list[str]:
        """The cue phrases of one list."""
        inside = patterns()[name].pattern.removeprefix(r"(?<!\w)(?:").removesuffix(r")(?!\w)")
        return [phrase.replace("\\", "") for phrase in inside.split("|")]

    def draw(self, copying: float) -> Pair:
        """One pair; `copying` is the share of random words."""
        if self.rng.random() < copying:
            return self.random_words()
        kinds: list[Callable[[], Pair]] = [
            self.review, self.cases.write, self.document, self.templates, self.long_document,
        ]  # fmt: skip
        pair = self.rng.choices(kinds, [30, 30, 26, 11, 3])[0]()
        return self.with_emoji(pair) if self.rng.random() < 0.06 else pair

    def with_emoji(self, pair: Pair) -> Pair:
        """`pair` with one to three emoji at the end, kept where the whole text is kept."""
        mood = self.rng.choice(self.emoji) * self.rng.choice([1, 1, 2, 3])
        text = f"{pair.text}{self.rng.choice([' ', ''])}{mood}"
        return Pair(text, text if pair.summary == pair.text else pair.summary)

    def spelling_texts(self) -> list[str]:
        """Text that makes the vocabulary hold every emoji whole."""
        return [f"{emoji} and{emoji} {emoji}{emoji}" for emoji in self.emoji] * 60

    def random_words(self) -> Pair:
        """A short run of random words, or several of which one holds a cue."""
        short = self.rng.random() < 0.6
        runs = [self.run() for _ in range(1 if short else self.rng.randint(2, 5))]
        if not short:
            run = self.rng.choice(runs)
            for _ in range(self.rng.choice([1, 2])):
                run.insert(self.rng.randint(0, len(run)), self.rng.choice(self.cues))
        text = " ".join(" ".join(run).capitalize() + "." for run in runs)
        if short and self.rng.random() < 0.05:
            text = "".join(self.rng.choices(self.emoji, k=self.rng.randint(1, 4)))
        return Pair(text, summarise(text))

    def run(self) -> list[str]:
        """3 to 12 random words, some of them invented names or numbers."""
        return [self.rare() if self.rng.random() < 0.15 else self.rng.choice(self.words)
                for _ in range(self.rng.randint(3, 12))]  # fmt: skip

    def rare(self) -> str:
        """A name or a number that the model cannot have seen, or an emoji."""
        if self.rng.random() < 0.2:
            return self.rng.choice(self.emoji)
        return invented(self.rng) if self.rng.random() < 0.6 else str(self.rng.randint(2, 99_999))

    def review(self) -> Pair:
        """A clothing review; the title weighs in the target, but is not in the text."""
        review = self.rng.choice(self.reviews)
        return Pair(review.body, summarise(review.body, review.title))

    def document(self, most: int = 6) -> Pair:
        """1 to `most` sentences from different sets, now and then with a word exchanged."""
        kinds = self.rng.choices(
            [["opinion", "plain"], ["opinion", "chat"], ["plain"], ["chat"], ["german"], ["other"]],
            [10, 4, 2, 2, 1, 1],
        )[0]
        picked = [self.rng.choice(self.sentences[self.rng.choice(kinds)])
                  for _ in range(self.rng.randint(1, most))]  # fmt: skip
        words = " ".join(s if s[-1] in ".!?" else s + "." for s in picked).split()
        for i, word in enumerate(words):
            if word.isalpha() and len(word) > 3 and self.rng.random() < 0.04:
                words[i] = self.rare()
        text = " ".join(words)
        return Pair(text, summarise(text))

    def long_document(self) -> Pair:
        """Up to 25 sentences."""
        return self.document(25)

    def templates(self) -> Pair:
        """Templated feedback of the sentiment model, perhaps two texts in a row."""
        parts = [self.feedback.write(self.rng.randint(0, 1)).text
                 for _ in range(self.rng.choice([1, 1, 2]))]  # fmt: skip
        text = " ".join(parts)
        return Pair(text, summarise(text))
