"""Which span answers, or that there is none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from tokenizers import Encoding, Tokenizer, pre_tokenizers, processors
from tokenizers.models import WordLevel

from workers.spans.answer_spans import AnswerRules, best_span

TEXT = "I want a full refund."
CLS = 0


def encoded(text: str) -> Encoding:
    """Words and spaces as tokens, so that a token may cut what is between two spaces."""
    words = {"<s>": CLS, "</s>": 1, "?": 2}
    pieces = ["I", "want", "a", "full", "ref", "und", "refund", "."]
    tokenizer = Tokenizer(
        WordLevel(words | {p: n + 3 for n, p in enumerate(pieces)}, unk_token="?")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation()]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> $B:1 </s>:1",
        special_tokens=[("<s>", CLS), ("</s>", 1)],
    )
    return tokenizer.encode("?", text)


def logits(encoding: Encoding, first: int, last: int, none: float = 0.0) -> npt.NDArray[np.float32]:
    """The tokens of the text `first` to `last` are the answer; `none` is for the first token."""
    own = encoding.sequence_ids.index(1)
    said = np.zeros((len(encoding.ids), 2), np.float32)
    said[own + first, 0] = said[own + last, 1] = 5
    said[0] = none
    return said


def test_no_answer_is_given_only_where_the_model_may_say_so() -> None:
    window = encoded(TEXT)
    likely, unlikely = logits(window, 2, 4, none=9), logits(window, 2, 4, none=1)
    impossible = AnswerRules(may_be_none=True)
    start, end, score = best_span(TEXT, [(window, likely)], CLS)
    assert (TEXT[start:end], score < 0.1) == ("a full refund", True)
    start, end, score = best_span(TEXT, [(window, likely)], CLS, impossible)
    assert (start, end) == (0, 0)
    assert score > 0.9
    start, end, _ = best_span(TEXT, [(window, unlikely)], CLS, impossible)
    assert TEXT[start:end] == "a full refund"


def test_where_the_end_is_unsure_there_is_an_answer_all_the_same() -> None:
    window = encoded(TEXT)
    said = logits(window, 2, 2, none=4)
    own = window.sequence_ids.index(1)
    said[own + 2 : own + 6, 1] = 4  # it may end anywhere
    start, end, none = best_span(TEXT, [(window, said)], CLS, AnswerRules(may_be_none=True))
    assert start == 7 and end > start and none < 0.2  # the pipeline's rule, just
    said[0] = 4.9
    _, end, none = best_span(TEXT, [(window, said)], CLS, AnswerRules(may_be_none=True))
    assert end == 0 and none < 0.3
    for least, found in ((none + 0.01, True), (none - 0.01, False)):
        rules = AnswerRules(may_be_none=True, none_from=least)
        assert (best_span(TEXT, [(window, said)], CLS, rules)[1] > 0) is found


def test_of_several_windows_one_that_answers_is_enough() -> None:
    window = encoded(TEXT)
    windows = [(window, logits(window, 2, 4, none=9)), (window, logits(window, 2, 4, none=-9))]
    start, end, _ = best_span(TEXT, windows, CLS, AnswerRules(may_be_none=True))
    assert TEXT[start:end] == "a full refund"


@pytest.mark.parametrize(("longest", "answer"), [(1, "a"), (2, "a full"), (3, "a full refund")])
def test_an_answer_has_so_many_tokens_at_the_most(longest: int, answer: str) -> None:
    window = encoded(TEXT)
    said = logits(window, 2, 2)
    own = window.sequence_ids.index(1)
    # The further the end, the likelier.
    said[own + 2 : own + 5, 1] = [5, 6, 7]
    start, end, _ = best_span(TEXT, [(window, said)], CLS, AnswerRules(longest=longest))
    assert TEXT[start:end] == answer


def test_letters_are_not_cut_and_a_full_stop_is_not_added() -> None:
    window = encoded(TEXT)
    rules = AnswerRules(by_words=False)
    start, end, _ = best_span(TEXT, [(window, logits(window, 2, 4))], CLS, rules)
    assert TEXT[start:end] == "a full refund"
