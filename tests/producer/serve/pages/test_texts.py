"""Lists of texts: all of them, page by page, the newest first."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from schema.database import reading
from schema.tables import DocumentRow
from tests.support.served import Served

pytestmark = pytest.mark.slow


def test_the_pages_together_have_every_text_once_the_newest_first(shown: Served) -> None:
    vic, path, seen = shown.person("vic"), "/texts?product=Boots", []
    while path:
        answer = vic.get(path)
        links = {one.attributes.get("rel"): one for one in answer.document.all("a")}
        seen += [int(one) for one in re.findall(r'<a href="/documents/(\d+)"><bdi>', answer.text)]
        path = links["next"].attributes["href"] if "next" in links else ""
    with reading(shown.engine) as connection:
        newest = select(DocumentRow.id).where(DocumentRow.product == "Boots")
        ordered = newest.order_by(DocumentRow.time.desc(), DocumentRow.id.desc())
        assert seen == list(connection.execute(ordered).scalars())


def test_behind_the_last_page_there_is_a_way_back(shown: Served) -> None:
    answer = shown.person("vic").get("/texts?product=Boots&page=99")
    assert answer.status == 200 and "There are no further texts" in answer.said


@pytest.mark.parametrize(
    "query",
    [
        *("page=0", "page=-1", "page=x", "page=999999999999999999", "side=sad", "week=monday"),
        *("month=9999-12-01", "differ=anything", "in_theme=x", "segment=nobody%3D1"),
    ],
)
def test_an_address_that_means_nothing_is_said_so(shown: Served, query: str) -> None:
    answer = shown.person("vic").get(f"/texts?{query}")
    assert answer.status == 400 and len(answer.said) > 20


@pytest.mark.parametrize(
    "query",
    [
        "entity=%27%3B--&type=%25",
        "question=%27&answer=%22",
        "segment=product%3D%27%3B%20DROP",
        "segment=metadata.plan%3Dpro",
        "entity=x",
        "answer=x",
    ],
)
def test_whatever_stands_in_an_address_is_a_value(shown: Served, query: str) -> None:
    assert shown.person("vic").get(f"/texts?{query}").status == 200
