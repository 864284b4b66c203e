"""Names of themes have no words that say nothing, in any language that feedback is in."""

from __future__ import annotations

import numpy as np
import pytest

from producer.themes.grid import to_grid
from producer.themes.naming import name_themes
from producer.themes.phrases import phrases
from schema.insights.function_words import function_words
from schema.insights.words import words

#: By language texts of one theme, and words of them that no name may begin or end with.
TEXTS = {
    "fr": (
        ["La livraison est très en retard et je ne suis pas contente",
         "J'ai attendu la livraison pendant très longtemps",
         "C'est très décevant, la livraison n'est jamais arrivée",
         "Une livraison en retard, c'est toujours très pénible"],
        "très est pas je la en et",
    ),
    "es": (
        ["La cremallera es muy mala y se rompió",
         "Una cremallera muy floja, no me gusta nada",
         "Se rompió la cremallera el primer día, muy mal",
         "La cremallera está rota y es muy cara"],
        "muy la una es se no el",
    ),
    "de": (
        ["Die Lieferung war sehr spät und ich bin nicht zufrieden",
         "Ich habe auf die Lieferung sehr lange gewartet",
         "Eine Lieferung, die nie kam, das ist sehr ärgerlich",
         "Die Lieferung ist immer noch nicht da und sehr teuer"],
        "sehr die ich ist nicht und",
    ),
    "it": (
        ["La consegna è molto lenta e non sono contenta",
         "Ho aspettato la consegna per molto tempo",
         "Una consegna molto in ritardo, che delusione",
         "La consegna non è mai arrivata, sono molto arrabbiato"],
        "molto la non una che sono",
    ),
    "nl": (
        ["De levering was erg laat en ik ben niet blij",
         "Ik heb heel lang op de levering gewacht",
         "Een levering die nooit kwam, dat is niet goed",
         "De levering is nog steeds niet hier en dat is jammer"],
        "de ik een is niet dat",
    ),
    "pt": (
        ["A entrega foi muito lenta e não estou contente",
         "Esperei pela entrega durante muito tempo",
         "Uma entrega com muito atraso, que não chegou",
         "A entrega não chegou e isso é muito mau"],
        "muito uma não que com isso",
    ),
    "pl": (
        ["Dostawa jest bardzo późno i nie jestem zadowolona",
         "Bardzo długo czekałem na dostawa która nie przyszła",
         "Ta dostawa nigdy nie przyszła, bardzo źle",
         "Dostawa jest jak zawsze bardzo droga i nie na czas"],
        "bardzo jest nie na jak",
    ),
    "sv": (
        ["Min leverans var mycket sen och jag är inte nöjd",
         "Jag har väntat på en leverans mycket länge",
         "En leverans som aldrig kom, det är inte bra",
         "Denna leverans är inte här än och det är mycket dyrt"],
        "mycket är jag en inte det och",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", TEXTS)
def test_names_have_none_of_the_words_that_say_nothing(language: str) -> None:
    texts, empty = TEXTS[language]
    others = [text for other, (found, _) in TEXTS.items() if other != language for text in found]
    everything = [*texts, *others]
    themes = np.array([0] * len(texts) + [1] * len(others))
    rows = to_grid(np.eye(8)[themes])
    (name, _) = name_themes(everything, rows, themes, [True, True])
    ends = {end for part in name.name.split(" · ") for end in (part.split()[0], part.split()[-1])}
    assert not ends & set(empty.split()), name.name
    assert not {word for phrase in name.phrases for word in (phrase,)} & set(empty.split())


def test_of_english_the_words_stay_as_they_were() -> None:
    said = words("The zip of my coat broke after a week, and nobody answers")
    assert "the" in function_words(said) and "zip" not in function_words(said)
    assert phrases("The zip of my coat broke") == {
        "zip", "coat", "broke", "coat broke",
    }  # fmt: skip


def test_what_is_cut_off_before_an_apostrophe_is_no_part_of_a_word() -> None:
    assert words("L'appareil n’est pas à l'heure, dell'acqua; don't, it's") == [
        *("appareil", "est", "pas", "heure", "acqua", "dont", "its"),
    ]
