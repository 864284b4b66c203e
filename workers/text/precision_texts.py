"""Texts for precision trials: such as customers write, in six languages."""

from __future__ import annotations

from collections.abc import Collection

#: Sentences that a text begins with, by language.
_SUBJECTS = {
    "en": (
        "The parcel arrived nine days late and nobody told me why.",
        "I have been using the new app since March.",
        "My order #48213 was split into three boxes.",
        "The blue jacket fits perfectly and feels warm.",
        "Your technician in Leeds repaired the boiler within an hour.",
        "After the last update the battery is empty by noon.",
        "The invoice says 49.90 but my card was charged twice.",
        "We stayed at the hotel near the station for two nights.",
        "The coffee machine leaks whenever the tank is full.",
        "Delivery was quick and the driver was friendly.",
    ),
    "de": (
        "Das Paket kam neun Tage zu spät, und niemand hat sich gemeldet.",
        "Seit dem Update stürzt die App ständig ab.",
        "Die Schuhe passen gut und sehen besser aus als auf dem Bild.",
        "Frau Krüger aus der Filiale in Köln hat mir sofort geholfen.",
        "Auf der Rechnung stehen 89 Euro, abgebucht wurden 98.",
        "Der Kühlschrank ist leise und braucht wenig Strom.",
        "Ich habe dreimal angerufen und hing jedes Mal in der Warteschleife.",
        "Die Rückgabe war unkompliziert.",
    ),
    "fr": (
        "Le colis est arrivé ouvert et il manquait une pièce.",
        "L'application est claire et facile à utiliser.",
        "J'attends toujours mon remboursement depuis le mois de juin.",
        "La vendeuse de Lyon m'a très bien conseillée.",
        "Le tissu s'est déchiré au premier lavage.",
        "Livraison rapide, emballage soigné.",
        "Impossible de joindre quelqu'un au téléphone.",
        "Le goût est correct, sans plus.",
    ),
    "es": (
        "El pedido llegó antes de lo previsto.",
        "La pantalla dejó de funcionar a la semana.",
        "En la tienda de Valencia me atendieron de maravilla.",
        "Me cobraron dos veces y nadie me devuelve el dinero.",
        "Las instrucciones no se entienden.",
        "El colchón es cómodo, pero huele a plástico.",
        "Llevo un mes esperando una respuesta.",
        "Buena calidad por este precio.",
    ),
    "it": (
        "La spedizione è stata veloce e il prodotto è come descritto.",
        "Il servizio clienti di Torino non risponde mai.",
        "Dopo due giorni il motore ha smesso di girare.",
        "La taglia è giusta e il colore è molto bello.",
        "Ho chiesto il rimborso tre settimane fa.",
        "Il ristorante era pieno, ma siamo stati serviti subito.",
    ),
    "pt": (
        "A encomenda chegou com a caixa amassada.",
        "O aplicativo trava sempre que abro as mensagens.",
        "Fui muito bem atendida na loja do Porto.",
        "O preço subiu sem aviso.",
        "O som é ótimo e a bateria dura o dia todo.",
        "Ainda não recebi a nota fiscal.",
    ),
}
#: Sentences that a text ends with, by language.
_VERDICTS = {
    "en": (
        "I want my money back.",
        "Would buy it again!",
        "It is okay for the price, nothing more.",
        "Please let Mr. Patel know that he saved my weekend.",
        "Never again.",
        "Could you tell me when the missing part will be sent?",
    ),
    "de": (
        "Ich bin sehr enttäuscht.",
        "Gerne wieder!",
        "Für den Preis in Ordnung.",
        "Wann bekomme ich mein Geld zurück?",
        "Vielen Dank an das Team in Hamburg.",
    ),
    "fr": (
        "Je ne recommande pas.",
        "Merci à toute l'équipe !",
        "Que dois-je faire maintenant ?",
        "Je suis plutôt satisfaite.",
        "C'est la dernière fois.",
    ),
    "es": (
        "Muy decepcionado.",
        "Lo recomiendo sin duda.",
        "¿Cuándo me lo van a solucionar?",
        "Ni bien ni mal.",
        "Gracias, Lucía.",
    ),
    "it": (
        "Consigliatissimo.",
        "Che delusione!",
        "Nella media.",
        "Potete mandarmi un altro pezzo?",
    ),
    "pt": (
        "Não recomendo.",
        "Adorei!",
        "Podia ser melhor.",
        "Quando vão resolver isto?",
    ),
}

#: Questions for models that find answers.
QUESTIONS = (
    "What is the customer unhappy about?",
    "Which product is it about?",
    "Who helped the customer?",
    "What should happen next?",
)


def sentence_in(languages: Collection[str]) -> str:
    """A sentence in one of some languages (ISO 639-1); an English one if there is none in any."""
    known = [one for one in languages if one in _SUBJECTS and "en" not in languages]
    return _SUBJECTS[known[0] if known else "en"][0]


def texts() -> list[str]:
    """Make some 250 texts of one to five sentences, the languages mixed; always the same ones."""
    made = []
    for language, subjects in _SUBJECTS.items():
        verdicts = _VERDICTS[language]
        for first, subject in enumerate(subjects):
            for second, verdict in enumerate(verdicts):
                # As many further sentences as makes lengths differ.
                more = [subjects[(first + step) % len(subjects)] for step in range(1, second % 4)]
                made.append(" ".join([subject, *more, verdict]))
    # A stride that shares no divisor with their number brings all languages into each batch.
    return [made[index * 89 % len(made)] for index in range(len(made))]


def plain_texts() -> list[str]:
    """Sentences of feedback of all kinds, each about something else."""
    return [subject for subjects in _SUBJECTS.values() for subject in subjects]
