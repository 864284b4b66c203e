"""The language of a text: fifteen of Europe, others, and what says too little."""

from __future__ import annotations

import pytest

from schema.languages import read_language
from workers.text.danish_or_norwegian import DANISH, NORWEGIAN
from workers.text.language_identifier import USUAL_LANGUAGES, TextLanguageIdentifier

SENTENCES = {
    "en": "The parcel arrived two days late and the box was open.",
    "de": "Das Paket kam zwei Tage zu spät und war schon offen.",
    "fr": "Le colis est arrivé avec deux jours de retard et il était ouvert.",
    "es": "El paquete llegó dos días tarde y la caja estaba abierta.",
    "it": "Il pacco è arrivato con due giorni di ritardo ed era aperto.",
    "nl": "Het pakket kwam twee dagen te laat en de doos was open.",
    "pt": "A encomenda chegou com dois dias de atraso e a caixa estava aberta.",
    "pl": "Paczka przyszła dwa dni za późno i pudełko było otwarte.",
    "sv": "Paketet kom två dagar för sent och kartongen var öppen.",
    "da": "Pakken kom to dage for sent, og æsken var åben.",
    "no": "Pakken kom to dager for sent, og esken var åpen da jeg fikk den.",
    "fi": "Paketti saapui kaksi päivää myöhässä ja laatikko oli auki.",
    "cs": "Balík přišel o dva dny později a krabice byla otevřená.",
    "hu": "A csomag két nappal később érkezett, és a doboz nyitva volt.",
    "ro": "Coletul a ajuns cu două zile întârziere și cutia era deschisă.",
    "tr": "Paket iki gün geç geldi ve kutu açıktı.",
    "ru": "Посылка пришла на два дня позже, и коробка была открыта.",
    "ja": "荷物は二日遅れて届き、箱は開いていました。",
}


@pytest.fixture(scope="module")
def usual() -> TextLanguageIdentifier:
    return TextLanguageIdentifier(USUAL_LANGUAGES)


@pytest.mark.parametrize("language", SENTENCES)
def test_a_sentence_says_its_language(usual: TextLanguageIdentifier, language: str) -> None:
    found, probability = usual.identify(SENTENCES[language])
    assert found == language
    assert 0.5 < probability <= 1


def test_both_written_forms_of_norwegian_count_together(usual: TextLanguageIdentifier) -> None:
    language, probability = usual.identify("Eg har ikkje fått pakka mi enno, og ventar framleis.")
    assert (language, probability > 0.9) == ("no", True)


@pytest.mark.parametrize("text", ["ok", "Super", "5/5 a", "asdf", "http://example.org/a"])
def test_what_says_little_is_improbable(usual: TextLanguageIdentifier, text: str) -> None:
    _, probability = usual.identify(text)
    assert probability < 0.5


def test_fewer_languages_make_it_surer(usual: TextLanguageIdentifier) -> None:
    few = TextLanguageIdentifier(["en", "de"])
    assert {few.identify(text)[0] for text in SENTENCES.values()} <= {"en", "de", "und"}
    assert few.identify("Super gut")[1] > usual.identify("Super gut")[1]


def test_all_languages_are_there_for_who_asks() -> None:
    galician = "O paquete chegou dous días tarde e a caixa xa estaba aberta."
    assert TextLanguageIdentifier(None).identify(galician)[0] == "gl"


def test_the_usual_languages_are_codes_of_documents() -> None:
    assert all(read_language(code) == code for code in USUAL_LANGUAGES)
    assert len(set(USUAL_LANGUAGES)) == len(USUAL_LANGUAGES)


def test_a_language_that_nobody_knows_is_named() -> None:
    with pytest.raises(ValueError, match="does not know qq; leave it out"):
        TextLanguageIdentifier(["en", "qq"])


def test_only_the_beginning_of_a_long_text_counts(usual: TextLanguageIdentifier) -> None:
    long = SENTENCES["de"] * 40 + SENTENCES["en"] * 400
    assert usual.identify(long)[0] == "de"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("da", "sluk for lysene i gangen efter klokken ti"),
        ("no", "lag en cappuccino til meg"),
        ("no", "hvilken film vises nå"),
        ("da", "vær sød at sende den igen"),
    ],
)
def test_danish_and_norwegian_are_told_apart_by_their_words(
    usual: TextLanguageIdentifier, language: str, text: str
) -> None:
    assert usual.identify(text)[0] == language


def test_the_words_of_one_are_none_of_the_other() -> None:
    assert not DANISH & NORWEGIAN
