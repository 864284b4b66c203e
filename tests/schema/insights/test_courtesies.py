"""What letters say and are not about, in seven languages, and what only begins like it."""

from __future__ import annotations

import pytest

from schema.insights.courtesies import is_courtesy

COURTESIES = [
    "Dear Tech Online Store Customer Support,",
    "I hope this message finds you well.",
    "Thank you for your time and assistance.",
    "Please help us resolve this issue as soon as possible.",
    "Best regards, [Your Name]",
    "Sehr geehrte Damen und Herren,",
    "Vielen Dank für Ihre Unterstützung in dieser Angelegenheit.",
    "Ich freue mich auf Ihre schnelle Antwort.\n\nDanke,\n<name>",
    "Könnten Sie mir bitte bei der Lösung dieses Problems helfen?",
    "Mit freundlichen Grüßen, Ulrike Hagenbeck",
    "Espero que este mensaje les encuentre bien.",
    "Gracias por su tiempo y su ayuda.",
    "Chère équipe de support,",
    "Je vous remercie de votre aide.",
    "Prezado atendimento ao cliente,",
    "Obrigado pela sua atenção.",
    "Gentile servizio clienti,",
    "Grazie per la vostra assistenza.",
    "Geachte klantenservice,",
    "Bedankt voor uw hulp.",
    "<name> <tel_num>",
    "<br>Thank you, <name>, <tel_num>",
    "Account Number: <acc_num>",
    "Meine Kontonummer ist <acc_num>",
    "Mi número de cuenta es <acc_num>",
    "Mon nom est <name>, le numéro de contact est <tel_num>.",
    "Il mio nome è <name> e il mio numero è <tel_num>",
    "O meu nome é <name>",
    "Mijn naam is <name>",
    "This was on XXXX XXXX.",
    "My name is XXXX XXXX my address is XXXX",
    "XX/XX/2017",
]
MATTERS = [
    "I was charged XXXX twice",
    "The XXL shirt is too small",
    "I am very pleased with it!",
    "Hopeless on me.",
    "Please fix the login page.",
    "Thank you for the lovely dress.",
    "The support team never answered my mails.",
    "Dear customers are charged twice while others pay nothing for the very same trip.",
    "Vielen Dank für den schönen Tisch.",
    "Lieber ein anderes Modell kaufen.",
    "Das Problem mit dem Drucker besteht weiterhin.",
    "Bitte senden Sie mir die Rechnung.",
    "El producto llegó roto.",
    "Merci de rembourser ma commande.",
    "O aplicativo fecha sozinho.",
    "La lavatrice perde acqua.",
    "De rits is kapot.",
    "The parcel <order_num> never arrived",
    "Je n'ai pas pu joindre un opérateur au <tel_num>",
    "[Update]: the zip broke",
    "battery <3",
    "",
    "12345",
]


@pytest.mark.parametrize("text", COURTESIES)
def test_what_says_nothing_is_a_courtesy(text: str) -> None:
    assert is_courtesy(text)


@pytest.mark.parametrize("text", MATTERS)
def test_what_says_something_is_none(text: str) -> None:
    assert not is_courtesy(text)
