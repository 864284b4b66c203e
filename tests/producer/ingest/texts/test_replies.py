from __future__ import annotations

import pytest

from producer.ingest.texts.replies import strip_replies

OWN = "Still no invoice.\n\nI am losing patience."


@pytest.mark.parametrize(
    "quoted",
    [
        "On Sat, 14 Mar 2026 at 10:00, Shop <help@shop.example> wrote:\n> So sorry.\n> Bye",
        "On Sat, 14 Mar 2026 at 10:00, A Shop With A Long Name\n<help@shop.example> wrote:\n\n> Hm",
        "On Sat, 14 Mar 2026 at 10:00, Shop <help@shop.example> wrote:\nSo sorry.\nBye",
        "Am 14.03.2026 um 10:00 schrieb Laden <hilfe@laden.example>:\n> Tut uns leid.",
        "Le sam. 14 mars 2026 à 10:00, Magasin <a@b.example> a écrit :\n> Navrés.",
        "El sáb, 14 mar 2026 a las 10:00, Tienda (<a@b.example>) escribió:\n> Lo sentimos.",
        "-----Original Message-----\nFrom: Shop\nSent: Saturday\nTo: Ray\nSubject: Yours\n\nGreat!",
        "-----Ursprüngliche Nachricht-----\nVon: Laden\n\nToll!",
        "________________________________\nFrom: Shop <a@b.example>\nSent: Saturday\nTo: Ray\n"
        "Subject: Yours\n\nGreat!",
        "Von: Laden\nGesendet: Samstag\nAn: Ray\nBetreff: Ihre\n\nToll!",
        "De : Magasin\nEnvoyé : samedi\nÀ : Ray\nObjet : Vôtre\n\nSuper !",
        "> So sorry.\n>\n> Bye",
        "2026-03-14 10:00 GMT+01:00 Shop <help@shop.example>:\n\n> Sorry",
        "Shop <help@shop.example> schrieb am Sa., 14. März 2026, 10:00:\n> Sorry",
        "----- Reply message -----\nFrom: Shop\n\nSorry",
        "Begin forwarded message:\n\nFrom: Shop\n\nSorry",
        "-- \nRay Miller\nMiller & Sons",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "##- Please type your reply above this line -##\nYour ticket has been solved.",
        "Sent from my iPhone\n\nOn 14 Mar 2026, at 10:00, Shop <help@shop.example> wrote:\n\n> Hm",
    ],
)
def test_the_mails_below_are_taken_out_and_kept(quoted: str) -> None:
    own, rest = strip_replies(f"{OWN}\n\n{quoted}")
    assert (own, rest) == (OWN, quoted)
    assert strip_replies(f"{OWN}\r\n\r\n{quoted}".replace("\n", "\r\n")).text == OWN


@pytest.mark.parametrize(
    "text",
    [
        OWN,
        "Your page says:\n> free returns\nbut I had to pay 5 euros.",
        "On Monday your agent wrote: no refund. That is not what I was told.",
        "The label wrote: 5 V",
        "I wrote to Shop <help@shop.example>:\nno answer came.",
        "From: the moment it came, it leaked.",
        "> So sorry.",
        "-----Original Message-----\nFrom: Shop\n\nGreat!",
        "-- ",
        "",
        "5 > 3\nand 3 < 5",
        "pros:\n-- light\n- cheap",
    ],
)
def test_what_a_customer_wrote_stays(text: str) -> None:
    assert strip_replies(text) == (text, None)


def test_an_answer_below_the_quotation_stays() -> None:
    mail = ("On Sat, 14 Mar 2026 at 10:00, Shop <help@shop.example> wrote:\n> Is it fine now?\n\n"
            "> Tell us.\n\nNo, it is not.")  # fmt: skip
    assert strip_replies(mail).text == "No, it is not."
