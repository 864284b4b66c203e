"""What models call the languages of documents: the real tokenizers' own lists."""

from __future__ import annotations

from pathlib import Path

import pytest
from transformers import AutoTokenizer, NllbTokenizer

from schema.languages import related_codes
from tests.support.told_checkpoints import build_m2m100, build_mbart50
from workers.generation.model_languages import ModelLanguages

#: Languages of several scripts, none of which is the usual one.
SEVERAL = {"kr": ["knc_Arab", "knc_Latn"], "ks": ["kas_Arab", "kas_Deva"]}


@pytest.fixture(scope="module")
def nllb() -> ModelLanguages:
    return ModelLanguages(NllbTokenizer())


def test_nllb_knows_202_and_none_is_guessed_at(nllb: ModelLanguages) -> None:
    assert len(nllb.codes) == 202
    two_letters = {code for own in nllb.codes for code in related_codes(own[:3]) if len(code) == 2}
    assert len(two_letters) > 130
    for language in two_letters - set(SEVERAL):
        assert len(nllb.called(language)) == 1, language
    for language, codes in SEVERAL.items():
        assert nllb.called(language) == codes


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("en", "eng_Latn"), ("eng", "eng_Latn"), ("de", "deu_Latn"), ("sr", "srp_Cyrl"),
        ("no", "nob_Latn"), ("nb", "nob_Latn"), ("nn", "nno_Latn"), ("ar", "arb_Arab"),
        ("fa", "pes_Arab"), ("sw", "swh_Latn"), ("ms", "zsm_Latn"), ("lv", "lvs_Latn"),
        ("et", "est_Latn"), ("sq", "als_Latn"), ("az", "azj_Latn"), ("uz", "uzn_Latn"),
        ("mg", "plt_Latn"), ("mn", "khk_Cyrl"), ("ne", "npi_Deva"), ("ps", "pbt_Arab"),
        ("qu", "quy_Latn"), ("yi", "ydd_Hebr"), ("ku", "kmr_Latn"), ("zh", "zho_Hans"),
        ("zho", "zho_Hans"), ("yue", "yue_Hant"), ("arz", "arz_Arab"), ("ilo", "ilo_Latn"),
    ],
)  # fmt: skip
def test_nllb_has_codes_of_flores(nllb: ModelLanguages, language: str, code: str) -> None:
    assert nllb.called(language) == [code]


@pytest.mark.parametrize("language", ["la", "tlh", "xx"])
def test_what_a_model_does_not_know_has_no_name(nllb: ModelLanguages, language: str) -> None:
    assert nllb.called(language) == []


def test_m2m100_needs_no_table(tmp_path: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(build_m2m100(tmp_path))
    languages = ModelLanguages(tokenizer)
    assert len(languages.codes) == 100
    for code in languages.codes:
        assert languages.called(code) == [code]
        token = languages.first_token(code)
        assert tokenizer.convert_ids_to_tokens(token) == f"__{code}__"
    others = {"nb": "no", "nso": "ns", "deu": "de", "fil": "tl", "cmn": "zh"}
    assert {other: languages.called(other) for other in others} == {
        other: [code] for other, code in others.items()
    }


def test_mbart_50_adds_a_country(tmp_path: Path) -> None:
    languages = ModelLanguages(AutoTokenizer.from_pretrained(build_mbart50(tmp_path)))
    assert len(languages.codes) == 52
    for code in languages.codes:
        assert languages.called(code[:2]) == [code]
    assert languages.called("no") == []
