"""Names on the page: each once, whatever types the model gives it."""

from __future__ import annotations

from sqlalchemy import Engine

from producer.page.entities import read_entities
from producer.page.texts import TextIndex
from schema.database import reading, writing
from schema.questions import Scope
from tests.support.feedback import add_document, add_result, add_run, add_to_run

NAMED = [("Google", "ORG"), ("google", "ORG"), ("Google", "PROD"), ("-", "ORG"), ("Play", "PROD")]


def test_a_name_comes_once_and_what_has_no_letter_is_none(engine: Engine) -> None:
    with writing(engine) as connection:
        run = add_run(connection, "named", ("entities",), read=len(NAMED))
        documents = [add_document(connection, n, "It is named.") for n in range(len(NAMED))]
        add_to_run(connection, run, documents)
        for document, (name, kind) in zip(documents, NAMED, strict=True):
            row = {"text": name, "type": kind}
            add_result(connection, "entities", run, document, **row)
    with reading(engine) as connection:
        found = read_entities(connection, Scope(), TextIndex(), Scope())
    assert found is not None
    shown = [(one.name, one.type, one.documents, list(one.also)) for one in found.shown]
    assert shown == [("Google", "ORG", 2, [("PROD", 1)]), ("Play", "PROD", 1, [])]
