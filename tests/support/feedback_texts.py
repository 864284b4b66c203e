"""Texts for the parity tests: what customers write, and what breaks tokenizers and offsets."""

from __future__ import annotations

import random

from tests.support.vocabularies import WORDS

SHORT = [
    "ok",
    "👍",
    "Terrible!",
    "I want my money back",
    "The parcel was late and the box was damaged.",
    "Great product, fast delivery, friendly support. Thank you!",
    "Anna Smith from Acme in Berlin never called me back.",
    "Mein Paket aus München kam viel zu spät, die Schuhe sind größer als bestellt.",
    "Très déçue : l'écran est cassé et le service client ne répond pas…",
    "¿Dónde está mi pedido? ¡Llevo dos semanas esperando, señor García!",
    "这个大的不是我的，他们说不了中国。",
    "上海到北京的包裹 is lost 了",
    "love it 😀😀😀 👍🏽 ❤️ would buy again",
    "family 👨‍👩‍👧‍👦 pack arrived,but broken",
    "too   many    spaces     here  and\ttabs\t\tthere",
    "  leading and trailing spaces  ",
    "first line\nsecond line\r\nthird line\n\n\nlast",
    "e\u0301cole, nai\u0308ve, \ufb01ne print, ﬁ and Å vs A\u030a",
    "zero\u200bwidth\u200d joined\u00a0hard\u2009thin\u202fspaces\u2028line",
    "[CLS] in the text [SEP] and [MASK] [UNK] [PAD] too",
    "<s> html </s> <pad> & &amp; <unk> tags <br/>",
    ">>fra<< a language code for a translator",
    "▁underlines▁of▁SentencePiece",
    "order #A-1029/33, 2 x 49.90€ = 99,80 €; refund: -$12.5 (25%)",
    "see https://example.com/a?b=c&d=e#f or mail help@example.com",
    "WHY IS THE APP SO SLOW??!!1!",
    "don't can't won't it's I'd we'll they're o'clock",
    "state-of-the-art half-broken e-mail U.S.A. e.g. this",
    "good good good good good good good good",
    "GOOD good Good gOOD",
    "a b c d e f g h i j k l m n o p",
    "Ünïcödé ßtraße İstanbul Ω Ж щ ا ש ก あ ア 한",
    "\x07bell and \ufffd replacement \ufeff bom",
    "𝔅𝔩𝔞𝔠𝔨𝔩𝔢𝔱𝔱𝔢𝔯 and 𝕕𝕠𝕦𝕓𝕝𝕖",
    "Supercalifragilisticexpialidocious",
    "...",
]


def long_texts(words: int, count: int, seed: int) -> list[str]:
    """Texts of about so many words each, in sentences, with some odd characters among them."""
    draw = random.Random(seed)
    texts = []
    for _ in range(count):
        parts = draw.choices(WORDS, k=words)
        for place in range(5, words, draw.randrange(6, 12)):
            parts[place] = parts[place].capitalize()
            parts[place - 1] += draw.choice([".", "!", "?", ".\n", "... ", " 😀.", "。"])
        for place in range(3, words, 17):
            parts[place] += draw.choice(
                ["  ", "\u00e9\u0301", " €", "-" + draw.choice(WORDS), "中国"]
            )
        texts.append(" ".join(parts))
    return texts
