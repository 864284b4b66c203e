"""Reply libraries: what a file may look like, and what is said of one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from producer.ingest.errors import IngestError
from producer.ingest.macros import read_library
from producer.ingest.run_options import choose_analyses, choose_library, choose_needs, make_options


def written(folder: Path, text: str, name: str = "macros.csv") -> str:
    path = folder / name
    path.write_text(text, "utf-8")
    return str(path)


def test_titles_examples_languages_and_places(tmp_path: Path) -> None:
    library = read_library(
        written(
            tmp_path,
            'Title,Example,Answer,Locale\nRefund,"Money back\n\nRefund please",Hi {name},en-GB\n'
            ",Wo bleibt mein Paket?|Es kam nie an,Hallo {{name}},German\nBye,,So long,\n",
        )
    )
    refund, parcel, bye = library.macros
    assert (refund.line, refund.title, refund.language) == (2, "Refund", "en")
    assert refund.when == ("Money back", "Refund please")
    assert (parcel.title, parcel.language) == ("Wo bleibt mein Paket?", "de")
    assert parcel.when == ("Wo bleibt mein Paket?", "Es kam nie an")
    assert (bye.when, bye.reply, bye.language) == (("Bye",), "So long", None)
    assert library.name == "macros.csv"


def test_the_hash_is_of_what_is_in_it(tmp_path: Path) -> None:
    one = read_library(written(tmp_path, "title,reply\na,b\n"))
    same = read_library(written(tmp_path, "reply;title\r\nb;a\r\n", "other.csv"))
    other = read_library(written(tmp_path, "title,reply\na,c\n", "third.csv"))
    assert one.sha256 == same.sha256 != other.sha256


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title,when\na,b\n", r"has no column 'reply' \(it has 'title', 'when'\)"),
        ("reply,other\na,b\n", "has no column 'when'"),
        ("title,reply\na,b\nc,\n", "line 3, column 'reply': empty; write the answer"),
        ("title,when,reply\n,!!,b\n", "line 2, column 'when': empty; write what a customer"),
        ("title,reply\na,Hi {name\n", "line 2, column 'reply': a { without its counterpart"),
        ("title,reply\na,Hi name}}\n", "line 2, column 'reply': a } without its counterpart"),
        ("title,reply\na,b\nA,c\n", "line 3, column 'title': line 2 has the same title"),
        ("title,reply,lang\na,b,Klingonish\n", "line 2, column 'lang': no language; write de"),
        ("title,reply,sentiment\na,b,angry\n", "line 2, column 'sentiment': write negative"),
        ("title,reply\n", "macros.csv"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(IngestError, match=said):
        read_library(written(tmp_path, text))


def test_two_languages_may_share_a_title(tmp_path: Path) -> None:
    text = "title,reply,language\nRefund,Yes,en\nRefund,Ja,de\n"
    assert len(read_library(written(tmp_path, text)).macros) == 2


def test_replies_are_drafted_only_where_there_is_something_to_take_them_from(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, "title,reply\na,b\n")
    usual = make_options((), None)
    assert "reply" not in choose_analyses(None, "pocket", usual)
    with pytest.raises(IngestError, match="give --replies FILE"):
        choose_analyses("reply", "pocket", usual)
    library = choose_library(path, None, "pocket")
    told = make_options((), None, library)
    assert choose_analyses(None, "pocket", told)[-1] == "reply"
    assert library is not None
    assert told.stored()["replies"] == {"name": "macros.csv", "sha256": library.sha256}
    assert "replies" not in usual.stored()
    with pytest.raises(IngestError, match="--analyses does not name"):
        choose_library(path, "sentiment", "pocket")


def test_the_library_of_the_catalog(tmp_path: Path) -> None:
    written(tmp_path, "title,reply\na,b\n")
    catalog = written(
        tmp_path,
        '[embedding]\nmodel = "pocket/embedding"\nlanguages = ["en"]\n'
        '[reply]\nreplies = "macros.csv"\n',
        "catalog.toml",
    )
    library = choose_library(None, None, catalog)
    options = make_options((), None, library)
    analyses = choose_analyses(None, catalog, options)
    assert analyses == ("language", "embedding", "reply")
    assert choose_needs(analyses, catalog, options) == {
        "embedding": ["language"],
        "reply": ["language"],
    }
    assert choose_library(None, "embedding", catalog) is None


def test_a_model_that_writes_looks_into_no_library_and_is_told_the_sentiment(
    tmp_path: Path,
) -> None:
    catalog = written(
        tmp_path,
        '[reply]\nmodel = "./writes"\n[sentiment]\nmodel = "./feels"\n[embedding]\nmodel = "./e"\n',
        "catalog.toml",
    )
    path = written(tmp_path, "title,reply\na,b\n")
    with pytest.raises(IngestError, match="has a model in \\[reply\\] that writes"):
        choose_library(path, None, catalog)
    options = make_options((), None, choose_library(None, None, catalog))
    analyses = choose_analyses(None, catalog, options)
    assert analyses == ("sentiment", "embedding", "reply")
    assert choose_needs(analyses, catalog, options) == {"reply": ["sentiment"]}


def test_answers_for_some_customers_wait_for_the_sentiment(tmp_path: Path) -> None:
    library = read_library(written(tmp_path, "title,reply,sentiment\na,b,Negative\nc,d,\n"))
    assert [macro.sentiment for macro in library.macros] == ["negative", None]
    options = make_options((), None, library)
    needs = choose_needs(("language", "sentiment", "reply"), "pocket", options)
    assert needs is not None and needs["reply"] == ["language", "sentiment"]
