"""What stands together on the page is found again from an address: requests, and answers."""

from __future__ import annotations

from sqlalchemy import Engine

from producer.page.answers import read_answers
from producer.page.asks import read_asks
from producer.page.texts import TextIndex
from producer.serve.documents.listing import read_listing
from producer.serve.filters.behind import read_behind
from schema.database import reading, writing
from schema.questions import Scope
from tests.support.feedback import add_document, add_result, add_run, add_to_run

TEXTS = ["Please add pockets!", "Please add pockets.", "A dark mode, please.", "It is fine."]
ANSWERS = ["pockets", "more pockets", "a dark mode", ""]


def write(engine: Engine) -> None:
    with writing(engine) as connection:
        run = add_run(connection, "asked", ("intent", "qa"), read=len(TEXTS))
        documents = [add_document(connection, n, text) for n, text in enumerate(TEXTS)]
        add_to_run(connection, run, documents)
        for document, answer in zip(documents, ANSWERS, strict=True):
            intent = "request" if answer else "none"
            add_result(connection, "intent", run, document, intent=intent, unsure=False)
            row = {"question": "What is asked for?", "answer": answer, "unsure": not answer}
            add_result(connection, "qa", run, document, **row)


def listed(engine: Engine, **sent: str) -> tuple[str, list[str]]:
    """What a link's texts are called, and these."""
    behind = read_behind(engine, sent, {}, Scope())
    with reading(engine) as connection:
        found = read_listing(connection, Scope(), behind, 1)
    return behind.words[0], sorted(one.text for one in found.texts)


def test_a_request_leads_to_all_that_make_it(engine: Engine) -> None:
    write(engine)
    with reading(engine) as connection:
        asks = read_asks(connection, Scope(), TextIndex())
    assert asks is not None
    first = asks.shown[0]
    assert (first.documents, first.texts.count, first.texts.total) == (2, 1, 2)
    assert listed(engine, asked_for=first.name) == (f"asked for: {first.name}", TEXTS[:2])
    assert listed(engine, asked_for="a pony")[1] == []


def test_answers_that_stand_together_lead_to_all_of_them(engine: Engine) -> None:
    write(engine)
    with reading(engine) as connection:
        (question,) = read_answers(connection, Scope(), TextIndex(), Scope())
    first = question.answers[0]
    assert (first.answer, first.share.count, len(first.wordings)) == ("pockets", 2, 2)
    words, texts = listed(engine, question=question.question, like=first.answer)
    assert (words, texts) == ("What is asked for? pockets", TEXTS[:2])
    assert listed(engine, question=question.question, like="a pony")[1] == []
