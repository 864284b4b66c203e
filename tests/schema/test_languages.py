"""What languages are called, and that what `ingest` read before is read the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from schema.catalog import load_catalog
from schema.languages import MAX_NAME_LENGTH, read_language, related_codes
from schema.options import RunOptions

#: All that `ingest` read in its first version. It must be read so for ever: the identity of a row
#: without an id has its language in it.
FIRST_CODES = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz
    ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln
    lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi
    pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti
    tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""

FIRST_NAMES = {
    other: code
    for code, others in {
        "ar": "ara arabic",
        "bg": "bul bulgarian",
        "cs": "ces cze czech čeština",
        "da": "dan danish dansk",
        "de": "deu ger german deutsch",
        "el": "ell gre greek",
        "en": "eng english",
        "es": "spa spanish español castilian",
        "et": "est estonian",
        "fa": "fas per persian farsi",
        "fi": "fin finnish suomi",
        "fr": "fra fre french français",
        "he": "heb hebrew iw",
        "hi": "hin hindi",
        "hr": "hrv croatian",
        "hu": "hun hungarian magyar",
        "id": "ind indonesian in",
        "it": "ita italian italiano",
        "ja": "jpn japanese",
        "ko": "kor korean",
        "lt": "lit lithuanian",
        "lv": "lav latvian",
        "nl": "nld dut dutch nederlands",
        "no": "nor norwegian norsk",
        "pl": "pol polish polski",
        "pt": "por portuguese português",
        "ro": "ron rum romanian",
        "ru": "rus russian",
        "sk": "slk slo slovak",
        "sl": "slv slovenian",
        "sr": "srp serbian",
        "sv": "swe swedish svenska",
        "th": "tha thai",
        "tr": "tur turkish türkçe",
        "uk": "ukr ukrainian",
        "vi": "vie vietnamese",
        "zh": "zho chi cmn chinese mandarin",
    }.items()
    for other in others.split()
}


FIRST = {code: code for code in FIRST_CODES.split()} | FIRST_NAMES


@pytest.mark.parametrize(
    "form", ["{}", " {} ", "{}-AT", "{}_us", "{} (x)", "{}, en", "{};q=0.8", "{}-u-co-phonebk"]
)
def test_what_ingest_read_first_it_reads_still(form: str) -> None:
    written = {
        form.format(spelling): code
        for name, code in FIRST.items()
        for spelling in (name, name.upper(), name.title())
    }
    assert {value: read_language(value) for value in written} == written


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("EN_us", "en"), ("english?", "en"), ("Afrikaans", "af"), ("afr", "af"), ("ilo", "ilo"),
        ("yue-HK", "yue"), ("fil", "tl"), ("nob", "nb"), ("sh", "sr"), ("中文", "zh"),
        ("Brazilian Portuguese", "pt"), ("Chinese (Simplified)", "zh"), ("Norwegian Bokmål", "no"),
        ("xx", None), ("klingon", None), ("", None), ("?", None), ("x", None), (5, None),
        (None, None), ("nan", None), ("NaN", None), ("und", None), ("mul", None), ("not set", None),
        ("unknown", None), ("other", None), ("N/A", None), ("x" * 10_000, None), ("emailing", None),
        ("German" + "x" * MAX_NAME_LENGTH, None),
    ],
)  # fmt: skip
def test_codes_and_names(written: object, code: str | None) -> None:
    assert read_language(written) == code


@pytest.mark.parametrize(
    ("language", "codes"),
    [
        ("de", ["de", "deu"]), ("deu", ["deu", "de"]), ("no", ["no", "nor", "nob", "nb"]),
        ("ar", ["ar", "ara", "arb"]), ("zh", ["zh", "zho", "cmn"]), ("nso", ["nso", "ns"]),
        ("qu", ["qu", "que", "quz", "quy"]), ("tw", ["tw", "twi"]), ("yue", ["yue"]),
        ("fil", ["fil", "tl", "tgl"]), ("xx", ["xx"]),
    ],
)  # fmt: skip
def test_the_codes_of_one_language(language: str, codes: list[str]) -> None:
    assert related_codes(language) == codes


@pytest.mark.parametrize("written", ["de", "DE", "deu", "German", "de-AT", "Deutsch"])
def test_a_run_is_asked_for_a_language_by_any_name(written: str) -> None:
    assert RunOptions(translate_to=written).translate_to == "de"


def test_a_catalog_may_name_languages_by_three_letters(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text(
        '[translation.eng-deu]\nmodel = "a"\n[translation.en-no]\nmodel = "b"\n'
        '[translation.en-no.options.languages]\nnor = "nno_Latn"\n'
    )
    catalog = load_catalog(str(path))
    assert catalog.pairs() == [("en", "de"), ("en", "no")]
    assert catalog.pair("en", "de").model == "a"
    assert catalog.pair("en", "no").options.languages == {"no": "nno_Latn"}
