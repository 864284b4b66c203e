"""The sentences that a summary may be made of."""

from __future__ import annotations

from workers.text.sentences import sentence_spans

Span = tuple[int, int]

#: What a sentence ends with, closing quotes and brackets left away.
_ENDS = (".", "!", "?", "…", "‽", "。", "！", "？", "｡", "．", "।", "۔", "؟", ":")
_CLOSERS = "\"'”’»›)]}」』】〉》*"


def whole_sentences(text: str) -> list[Span]:
    """Find the sentences of a text.

    A line that ends without a mark and goes on in lower case was only wrapped, as mails are: its
    sentence goes on in the next one. What has no letter and no digit is no sentence.

    Returns:
        (start, end) in characters, in order, without the space around them; no two overlap.
    """
    spans: list[Span] = []
    open_line = False
    for start, end in sentence_spans(text):
        sentence = text[start:end].strip()
        if not any(character.isalnum() for character in sentence):
            # A smiley or a closing bracket behind a sentence ends it all the same.
            open_line = open_line and not sentence
            continue
        begin = start + len(text[start:end]) - len(text[start:end].lstrip())
        span = (begin, begin + len(sentence))
        if open_line and sentence[0].islower():
            span = (spans.pop()[0], span[1])
        spans.append(span)
        ended = sentence.rstrip(_CLOSERS).endswith(_ENDS)
        open_line = not ended and text[start:end].count("\n") == 1
    return spans
