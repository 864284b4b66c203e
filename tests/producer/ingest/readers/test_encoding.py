"""Encodings without a mark are found by the bytes, and the finding is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from producer.ingest.readers.row import Row
from tests.support.reading import open_path, read_bytes

TEXTS = {
    "German": ("Die Tür schließt nicht|Schöne Räume|Für 5 € zu viel", "cp1252"),
    "French": ("Très déçu par la qualité du café|Livraison à l'heure, ça va", "cp1252"),
    "Spanish": ("El envío llegó mañana|¡genial!", "cp1252"),
    "quotes": ("“Great” – really|It’s fine", "cp1252"),
    "one letter": ("good|naïve", "cp1252"),
    "Polish": ("Bardzo dobra jakość|Źle zapakowane, łamie się", "cp1250"),
    "Czech": ("Skvělý výrobek, rychlé doručení|Příliš drahé", "cp1250"),
    "Turkish": ("Çok güzel ürün, hızlı kargo|İade ettim, şişe kırıktı", "cp1254"),
    "Russian": ("Очень хороший товар|Не работает после недели", "cp1251"),
    "Russian, old": ("Очень хороший товар|Не работает после недели", "koi8_r"),
    "Japanese": ("とても良い商品です。また買います。|すぐに壊れました。", "cp932"),
    "Chinese": ("质量很好，物流很快，下次还会再来|用了一周就坏了", "gb18030"),
    "Chinese, old": ("品質很好，物流很快，下次還會再來|用了一週就壞了", "big5"),
    "Korean": ("정말 좋은 제품입니다 추천합니다|일주일 만에 고장났어요", "cp949"),
    "Macintosh": ("Die Tür schließt nicht|Für die Größe zu schwer", "mac_roman"),
    "UTF-16": ("Bus stop moved|Nice driver", "utf-16-le"),
    "UTF-16, the other way": ("Bus stop moved|Größer", "utf-16-be"),
    "UTF-32": ("Bus stop moved|Größer", "utf-32-le"),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_encodings_are_found_and_said(tmp_path: Path, kind: str) -> None:
    texts, codec = TEXTS[kind]
    rows = texts.split("|")
    path = tmp_path / "a.csv"
    written = "id;text\n" + "".join(f"{number};{text}\n" for number, text in enumerate(rows))
    path.write_bytes(written.encode(codec))
    with open_path(path) as stream:
        assert [row.fields["text"] for row in stream.rows if isinstance(row, Row)] == rows
        assert f"is read as {codec}" in " ".join(stream.notes) or kind in ("quotes", "one letter")
        assert "give --encoding" in " ".join(stream.notes)


def test_utf8_is_not_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\n1,größer\n", "utf-8")
    with open_path(path) as stream:
        assert stream.notes == []


def test_a_few_broken_bytes_are_no_other_encoding(tmp_path: Path) -> None:
    content = "id,text\n1,schön\n2,größer\n".encode() + b"3,gr\xfcn\n"
    _, good, bad = read_bytes(tmp_path, "a.csv", content)
    assert [row.fields["text"] for row in good] == ["schön", "größer"]
    assert [reject.line for reject in bad] == [4]


def test_a_letter_that_the_begin_of_a_file_cuts_is_not_broken(tmp_path: Path) -> None:
    for size in (262_143, 262_144, 1_048_574, 1_048_575):
        content = b"id,text\n1," + b"x" * (size - 10) + "ü\n2,größer\n".encode()
        _, good, bad = read_bytes(tmp_path, "a.csv", content)
        assert [*(row.line for row in good), *(row.line for row in bad)] == [2, 3] or len(bad) == 1
        assert good[-1].fields["text"] == "größer"


def test_json_is_found_in_any_encoding(tmp_path: Path) -> None:
    content = '{"text": "Tür"}\n{"text": "Räume"}\n'.encode("cp1252")
    _, good, _ = read_bytes(tmp_path, "a.json", content)
    assert [row.fields["text"] for row in good] == ["Tür", "Räume"]
    _, good, _ = read_bytes(tmp_path, "b.json", '[{"text": "Tür"}]'.encode("utf-16"))
    assert [row.fields["text"] for row in good] == ["Tür"]
