"""Who reaches which page: nobody without a login, no editing by viewers, no text where figures are
all that one may see.
"""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from producer.serve.filters.links import figure_links
from producer.serve.filters.page_filters import PageFilters
from schema.database import reading
from schema.tables import CorrectionRow, ThemeEdit
from tests.support.hostile import TEXTS
from tests.support.served import Answer, Person, Served

pytestmark = pytest.mark.slow

PAGES = ("/", "/texts", "/search?q=zip", "/documents/1", "/themes", "/themes/1")
FORMS = ("/documents/1", "/themes/1", "/logout")


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_a_page_without_a_login(shown: Served, path: str) -> None:
    answer = Person(shown.app).get(path)
    assert answer.status == 303 and answer.goes_to.startswith("/login?next=%2F")
    assert answer.text == ""


@pytest.mark.parametrize("path", FORMS)
def test_nobody_changes_anything_without_a_login(shown: Served, path: str) -> None:
    answer = Person(shown.app).send_without_token(path, {}, verb="hide", label="negative")
    assert answer.status == 403 and "nothing was changed" in answer.said


def edits(served: Served) -> tuple[int, ...]:
    with reading(served.engine) as connection:
        return tuple(
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (CorrectionRow, ThemeEdit)
        )


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/documents/1", {"analysis": "sentiment", "label": "positive"}),
        ("/themes/1", {"verb": "rename", "name": "x"}),
        ("/themes/1", {"verb": "hide"}),
        ("/themes/1", {"verb": "merge", "into": "2"}),
    ],
)
def test_a_viewer_changes_nothing_however_the_request_is_made(
    shown: Served, path: str, fields: dict[str, str]
) -> None:
    vic = shown.person("vic")
    assert vic.send(path, **fields).status == 403
    assert edits(shown) == (0, 0)
    assert "name=verb" not in vic.get("/themes").text
    assert vic.get("/themes/1").status == 403
    assert not vic.get("/documents/1").document.all("button", name="label")


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_its_token_changes_nothing(shown: Served, token: str) -> None:
    ann = shown.person("ann")
    for path in FORMS:
        answer = ann.send_without_token(path, {}, verb="hide", token=token)
        assert answer.status == 403 and "too old" in answer.said
    assert edits(shown) == (0, 0)


def test_the_token_of_another_login_is_none(shown: Served) -> None:
    ann, other = shown.person("ann"), shown.person("ann")
    answer = ann.send_without_token("/themes/1", {}, verb="hide", token=other.token())
    assert answer.status == 403 and edits(shown) == (0, 0)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_changes_nothing_though_it_has_the_token(
    shown: Served, site: str
) -> None:
    ann = shown.person("ann")
    headers = {"Sec-Fetch-Site": site}
    answer = ann.send_without_token("/themes/1", headers, verb="hide", token=ann.token())
    assert answer.status == 403 and edits(shown) == (0, 0)


def shows_text(answer: Answer) -> bool:
    # Names of products have the beginnings of hostile texts in them, and are figures' names.
    written = (TEXTS[5][:100], "days late", "of my coat broke", "refund of order", "Acme", "S-0")
    return any(one in answer.text or one in answer.said for one in (*written, "an <b>"))


def test_who_sees_figures_only_sees_no_text_anywhere(shown: Served) -> None:
    vic, fig = shown.person("vic"), shown.person("fig")
    assert shows_text(vic.get("/"))
    page = fig.get("/")
    assert page.status == 200 and not shows_text(page) and "<blockquote" not in page.text
    assert page.document.data("texts") == {
        "themes": {},
        "documents": [],
        "figures": {},
    }
    assert "38 %" in page.said
    # Nor by an address that somebody else has sent.
    facts = shown.serve.pages.find(PageFilters()).facts
    assert facts is not None
    links = sorted(set(figure_links(facts.page, PageFilters()).values()))
    assert len(links) > 50
    for path in [*links[::10], *PAGES[1:4], "/documents/2"]:
        answer = fig.get(path)
        assert answer.status == 403 and not shows_text(answer)
        assert "You see figures only" in answer.said
    assert not shows_text(fig.get("/themes"))


def test_an_editor_who_sees_figures_only_names_themes_and_labels_nothing(shown: Served) -> None:
    edfig = shown.person("edfig")
    assert edfig.get("/themes/2").status == 200
    answer = edfig.send("/documents/1", analysis="sentiment", label="positive")
    assert answer.status == 403 and edits(shown) == (0, 0)


def test_every_answer_says_what_a_browser_may_do(shown: Served) -> None:
    person = shown.person("vic")
    for path in (*PAGES, "/login", "/nothing", "/static/page.css", "/healthz"):
        headers = person.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'") and "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert ("no-store" in headers["cache-control"]) == (path != "/static/page.css")
        assert "server" not in headers


def test_no_page_has_a_script_or_a_style_inside(shown: Served) -> None:
    ann = shown.person("ann")
    for path in (*PAGES, "/nothing"):
        for one in ann.get(path).document.elements:
            assert "style" not in one.attributes and one.tag != "style", (path, one)
            assert not any(name.startswith("on") for name in one.attributes), (path, one)
            if one.tag == "script":
                assert "src" in one.attributes or one.attributes["type"] == "application/json"


def test_a_form_that_is_too_long_is_not_read(shown: Served) -> None:
    ann = shown.person("ann")
    answer = ann.send_without_token("/themes/1", {}, name="x" * 100_000)
    assert answer.status == 413 and "too long" in answer.said
