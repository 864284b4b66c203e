"""Replies from a library by the built-in encoder: which fits, in which language, and which none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from schema.catalog import load_catalog
from schema.document import About, Document
from schema.options import RunOptions
from schema.reply_library import Macro, ReplyLibrary
from schema.results.reply import ReplyDraft
from workers.analyses import load_analysis
from workers.child.cache_key import CacheKey
from workers.engine.engine import Engine
from workers.replies.chosen import NOBODY_ELSE, NOTHING_FITS, NOTHING_SAID

REFUND = Macro(line=2, title="Refund", when=("I want my money back",), reply="Hi {name}: sent.")
PARCEL = Macro(line=3, title="Parcel", when=("My parcel never arrived",), reply="We look.")
GERMAN = Macro(
    line=4, title="Geld", when=("Ich möchte mein Geld zurück",), reply="Kommt.", language="de"
)
ENGLISH = [one.model_copy(update={"language": "en"}) for one in (REFUND, PARCEL)]
LOST = Document(1, "Good morning. Two weeks, and my parcel has not arrived!", "en")


@cache
def engine() -> Engine:
    return Engine(load_analysis("reply", load_catalog("pocket"), "cpu"))


def asked(*macros: Macro) -> RunOptions:
    return RunOptions(replies=ReplyLibrary.of("macros.csv", macros))


def drafts(documents: Sequence[Document], *macros: Macro) -> list[ReplyDraft]:
    found = engine().run(documents, asked(*macros))
    return [one[0] for one in found if isinstance(one, list) and isinstance(one[0], ReplyDraft)]


def test_the_answer_of_the_nearest_clause() -> None:
    (draft,) = drafts([LOST], REFUND, PARCEL)
    assert (draft.draft, draft.macro, draft.macro_line) == ("We look.", "Parcel", 3)
    assert draft.similarity is not None and draft.similarity > 0.65


def test_nothing_fits_and_nothing_is_said() -> None:
    fine, silent = drafts(
        [Document(1, "Lovely colours, and it fits.", "en"), Document(2, "!!!", "en")], REFUND
    )
    assert (fine.draft, fine.macro, fine.reason) == (None, "Refund", NOTHING_FITS)
    assert (silent.draft, silent.macro, silent.reason) == (None, None, NOTHING_SAID)


def test_a_german_is_answered_in_german_if_that_can_be() -> None:
    text = Document(1, "Ich will sofort mein Geld zurück.", "de")
    (draft,) = drafts([text], *ENGLISH, GERMAN)
    assert draft.draft == "Kommt."
    # No German answer fits: an English one would be worse than none.
    late = Document(2, "Mein Paket ist nie angekommen.", "de")
    (draft,) = drafts([late], *ENGLISH, GERMAN)
    assert (draft.draft, draft.macro) == (None, "Geld")
    # There is none in German at all.
    (draft,) = drafts([late], *ENGLISH)
    assert draft.macro == "Parcel"


def test_a_draft_does_not_depend_on_its_neighbours() -> None:
    texts = [LOST, *(Document(n, f"{'So late. ' * n}I want my money back.") for n in range(2, 30))]
    together = drafts(texts, REFUND, PARCEL)
    alone = [drafts([text], REFUND, PARCEL)[0] for text in texts]
    assert together == alone


def test_what_a_draft_is_made_of_is_in_its_key() -> None:
    analysis = engine().analysis
    keys = [
        CacheKey.of(analysis, document, options)
        for document, options in (
            (LOST, asked(REFUND)),
            (LOST, asked(PARCEL)),
            (Document(1, LOST.text, "de"), asked(REFUND)),
            (Document(1, LOST.text, "en", about=About(fields={"name": "Ann"})), asked(REFUND)),
            (Document(1, LOST.text, "en", about=About(fields={"name": "Bo"})), asked(REFUND)),
        )
    ]
    assert len({key.digest for key in keys if key is not None}) == 5
    # What no answer asks for makes no other draft.
    more = Document(2, LOST.text, "en", about=About(fields={"plan": "gold"}))
    assert CacheKey.of(analysis, more, asked(REFUND)) == keys[0]


def test_the_floor_is_the_catalogs_and_kept_with_the_model(tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.toml"
    catalog.write_text(
        '[embedding]\nmodel = "pocket/embedding"\n'
        'options = { precision = "fp32", prefix = "query: " }\n'
        "[reply]\ncalibration = { threshold = 0.99 }\n",
        "utf-8",
    )
    strict = Engine(load_analysis("reply", load_catalog(str(catalog)), "cpu"))
    (model,) = strict.analysis.provenance()
    assert model.options["threshold"] == 0.99
    ((draft,),) = strict.run([LOST], asked(PARCEL))  # type: ignore[misc]
    assert isinstance(draft, ReplyDraft)
    assert (draft.draft, draft.reason) == (None, NOTHING_FITS)


def test_a_run_without_a_library_is_a_failure_that_says_so() -> None:
    (failure,) = engine().run([LOST], RunOptions())
    assert "names no reply library" in str(failure)


def test_an_answer_to_unhappy_customers_is_none_to_a_happy_one() -> None:
    sorry = PARCEL.model_copy(update={"sentiment": "negative"})
    text = LOST.text
    unhappy, happy, middling, unknown = drafts(
        [
            Document(1, text, "en", about=About(rating=1.0, rating_scale=5)),
            Document(2, text, "en", about=About(rating=1.0, rating_scale=5, polarity="positive")),
            Document(3, text, "en", about=About(rating=3.0, rating_scale=5)),
            Document(4, text, "en", about=About(rating=5.0)),
        ],
        sorry,
    )
    assert unhappy.draft == middling.draft == unknown.draft == "We look."
    assert (happy.draft, happy.reason) == (None, NOBODY_ELSE)
    keys = [
        CacheKey.of(engine().analysis, Document(1, text, about=About(polarity=one)), asked(sorry))
        for one in ("negative", "positive")
    ]
    assert len({key.digest for key in keys if key is not None}) == 2
