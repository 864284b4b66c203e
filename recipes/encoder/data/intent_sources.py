"""What public sets say of the intent of their texts: 1, 0, or nothing, for each class."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from recipes.encoder.data.files import csv_rows, json_lines, lines
from recipes.encoder.data.intent import UNKNOWN, IntentText, asks, labelled, leaves, requests
from recipes.encoder.data.sentiment import (
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    LabelledText,
    clothing,
    patients,
    pros_cons,
    uci_sentences,
)

#: Languages of feedback that the vocabulary knows.
LANGUAGES = ("de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb")
#: Languages of Tatoeba whose questions begin with their verb or a question word, so that they are
#: questions without the mark.
_INVERTED = {"eng", "deu", "nld", "swe", "dan", "nob"}
_TATOEBA = _INVERTED | {"fra", "spa", "ita", "por", "pol", "ces", "fin", "ron", "rus", "ukr"}
_GLAD, _CROSS = {"admiration", "gratitude"}, {"annoyance", "disappointment"}
_HARM = re.compile(
    r"charged_twice|fee_charged|not_recognised|wrong|declined|failed|not_received|not_working|"
    r"swallowed|extra_charge|not_updated|not_showing"
)
_WANTED = re.compile(
    r"^(?:cancel_order|change_order|change_shipping_address|delete_account|edit_account|get_invoice|"
    r"get_refund|place_order|switch_account|create_account|recover_password|set_up_shipping_address|"
    r"newsletter_subscription)$"
)
_QUERY = re.compile(r"_query|^qa_|^recommendation_|_recipe$|_traffic$|_querycontact$")
_COMMAND = re.compile(
    r"^(?:alarm_(?:set|remove)|audio_|calendar_(?:set|remove)|email_(?:send|add)|iot_|lists_(?:create|"
    r"remove)|play_|social_post|takeaway_order|transport_(?:taxi|ticket)|music_settings)"
)
_DONE = re.compile(
    r"^(?:alarm|book_|calendar_update|cancel|car_rental|change_|credit_limit_change|find_phone|freeze|"
    r"insurance_change|make_call|new_card|next_song|order$|order_checks|pay_bill|pin_change|play_music|"
    r"reminder$|reminder_update|report_|reset|restaurant_reservation|roll_dice|schedule_|share_|"
    r"shopping_list_update|smart_home|sync|text|timer|todo_list_update|transfer|travel_notification|"
    r"uber|update_playlist|whisper)"
)
_TURNS_WANTED = re.compile(
    r"^(?:order|bookflight|change|startorder|replacecard|closeaccount|cancelservice|stoporder|"
    r"updateaddress|transfermoney|getboardingpass|getproofofinsurance|startservice|transferservice)"
)
_CLOSING = re.compile(r"\b(?:clos|leav|terminat|elsewhere|stop using|cancel my account)", re.I)


@dataclass(frozen=True)
class IntentSource:
    """A set of texts.

    Attributes:
        name: Of the set.
        read: Yields all of it.
        draw: Texts of an epoch that are of each class, and last of those that are of none.
    """

    name: str
    read: Callable[[Path], Iterator[IntentText]]
    draw: tuple[int, int, int, int, int, int]


def _by_polarity(texts: Iterator[LabelledText], *, plain: bool = False) -> Iterator[IntentText]:
    """Bad news is a complaint, good news praise; what is mixed says nothing of either, what is
    `plain` is neither.
    """
    for row in texts:
        known = {
            POSITIVE: {"complaint": 0, "praise": 1},
            NEGATIVE: {"complaint": 1, "praise": 0},
            NEUTRAL: {"complaint": 0, "praise": 0} if plain else {},
        }[row.label]
        question = UNKNOWN if "?" in row.text else 0
        request, churn_risk = requests(row.text), leaves(row.text)
        yield labelled(row.text, question=question, request=request, churn_risk=churn_risk, **known)


def reviews(data: Path) -> Iterator[IntentText]:
    """Reviews of clothes."""
    return _by_polarity(clothing(data))


def terse(data: Path) -> Iterator[IntentText]:
    """What is good, and what is bad."""
    return _by_polarity(pros_cons(data))


def sentences(data: Path) -> Iterator[IntentText]:
    """Sentences of product reviews, and of phones and films."""
    labels = {"pos": POSITIVE, "neg": NEGATIVE, "neutral": NEUTRAL}
    rows = json_lines(data / "sentiment/product_reviews_hu_liu.jsonl.gz")
    yield from _by_polarity(
        (LabelledText(r["text"], labels[r["label"]]) for r in rows if r["label"] in labels),
        plain=True,
    )
    yield from _by_polarity(uci_sentences(data))


def hospital(data: Path) -> Iterator[IntentText]:
    """What patients say of a hospital."""
    return _by_polarity(patients(data))


def bank_complaints(data: Path) -> Iterator[IntentText]:
    """Complaints to a bank supervisor: two sentences of each, and all that say who leaves."""
    rng = random.Random(6)
    for row in json_lines(data / "topics/cfpb_complaints.jsonl.zst"):
        parts = [s.strip() for s in re.split(r"(?<=[.!?])\s+", row["text"]) if "XX" not in s]
        parts = [s for s in parts if 25 < len(s) < 300]
        pairs = [" ".join(parts[at : at + 2]) for at in range(len(parts) - 1)]
        chosen = set(rng.sample(pairs, min(2, len(pairs))))
        for text in pairs:
            churn, request = leaves(text), requests(text)
            if churn == 1 or text in chosen:
                question = UNKNOWN if "?" in text else 0
                yield labelled(
                    text,
                    complaint=1,
                    praise=0,
                    question=question,
                    request=request,
                    churn_risk=churn,
                )


def support(data: Path) -> Iterator[IntentText]:
    """What customers write to a shop's support."""
    for name in ("canned", "llm"):
        for row in csv_rows(data / f"replies/bitext_{name}_replies.csv.gz"):
            text, intent = row["instruction"], row["intent"]
            known = {"praise": 0, "churn_risk": 0, "question": asks(text)}
            if intent in ("cancel_order", "newsletter_subscription", "check_cancellation_fee"):
                known["churn_risk"] = UNKNOWN
            if intent == "delete_account":
                known["churn_risk"] = 1
            if _WANTED.match(intent):
                known["request"] = UNKNOWN if known["question"] == 1 else 1
            elif known["question"] == 1:
                known["request"] = 0
            if intent == "complaint":
                known["complaint"] = 1
            elif not re.search(r"issue|problem|refund", intent):
                known["complaint"] = 0
            yield labelled(text, **known)


def turns(data: Path) -> Iterator[IntentText]:
    """Turns of customers in chats of a bank, an airline, restaurants, a software's support."""
    for row in json_lines(data / "bulk/multidogo_customer_turns.jsonl.zst"):
        text, intent = row["text"], row["intent"]
        if len(text) < 8:
            continue
        known = {"complaint": 0, "praise": 0, "churn_risk": 0, "question": asks(text)}
        if _TURNS_WANTED.match(intent) and len(text) > 15:
            known["request"] = UNKNOWN if known["question"] else 1
        elif intent in ("openinggreeting", "confirmation", "thankyou", "closinggreeting"):
            known["request"] = requests(text)
        if intent in ("closeaccount", "cancelserviceintent"):
            known |= {"churn_risk": 1}
        if intent in ("reportbrokensoftware", "reportbrokenphone", "disputecharge"):
            known["complaint"] = UNKNOWN if known["question"] else 1
        if intent in ("thankyou", "closinggreeting", "outofdomain"):
            known["praise"] = UNKNOWN
        yield labelled(text, **known)
    for row in json_lines(data / "bulk/sgd_user_turns.jsonl.zst"):
        acts, text = set(row["acts"]), row["text"]
        known = {"complaint": 0, "praise": UNKNOWN if "THANK_YOU" in acts else 0, "churn_risk": 0}
        known["question"] = 1 if "REQUEST" in acts and "?" in text else asks(text)
        if acts <= {"INFORM_INTENT", "INFORM"} and "INFORM_INTENT" in acts and "?" not in text:
            known["request"] = 1
        elif not acts & {"INFORM_INTENT", "REQUEST_ALTS", "AFFIRM_INTENT"}:
            known["request"] = 0 if "?" not in text else UNKNOWN
        yield labelled(text, **known)


def messages(data: Path) -> Iterator[IntentText]:
    """Messages to a bank, a hotel and an assistant, by what they are about."""
    with (data / "topics/banking77_train.csv").open(encoding="utf-8", newline="") as file:
        for banking in csv.DictReader(file):
            text, intent = banking["text"], banking["category"]
            known = {"praise": 0, "churn_risk": int(intent == "terminate_account")}
            known["question"] = asks(text)
            if intent in ("terminate_account", "request_refund", "cancel_transfer"):
                known["request"] = UNKNOWN if known["question"] == 1 else 1
            if _HARM.search(intent):
                known["complaint"] = UNKNOWN if known["question"] == 1 else 1
            yield labelled(text, **known)
    clinc = json.loads("\n".join(lines(data / "topics/clinc150_train_val.json.gz")))
    for text, intent in [*clinc["train"], *clinc["val"]]:
        question = asks(text)
        known = {"complaint": UNKNOWN if "report" in intent else 0, "churn_risk": 0}
        known |= {"praise": UNKNOWN if intent == "thank_you" else 0, "question": question}
        known["request"] = (UNKNOWN if question else 1) if _DONE.match(intent) else UNKNOWN
        if intent in ("cancel", "freeze_account", "no", "goodbye"):
            known["churn_risk"] = UNKNOWN
        yield labelled(text, **known)
    for row in json_lines(data / "topics/nlupp_banking_hotels.jsonl.gz"):
        text, said = row["text"], set(row["intents"])
        question = asks(text)
        known = {"praise": 0, "question": question, "churn_risk": 0}
        if "cancel_close_leave_freeze" in said:
            known["churn_risk"] = 1 if _CLOSING.search(text) else UNKNOWN
        if "wrong_notworking_notshowing" in said:
            known["complaint"] = UNKNOWN if question == 1 else 1
        if "handoff" in said:
            known["request"] = 1
        yield labelled(text, **known)


def assistant(data: Path) -> Iterator[IntentText]:
    """Requests and questions to an assistant, in eleven languages, without any mark."""
    rng = random.Random(7)
    for row in json_lines(data / "topics/massive_16_languages.jsonl.zst"):
        english = re.sub(r"\[\w+ : ([^\]]+)\]", r"\1", row["en"])
        asked = bool(asks(english) == 1)
        known = {"complaint": 0, "praise": 0, "churn_risk": 0}
        if _QUERY.search(row["intent"]):
            known |= {"question": 1, "request": 0} if asked else {}
        elif _COMMAND.match(row["intent"]):
            polite = re.match(r"(?:can|could|would|will) you", english)
            known |= {"request": 1} | ({} if asked or polite else {"question": 0})
        else:
            continue
        for language in {"en", rng.choice(LANGUAGES), rng.choice(LANGUAGES)}:
            if text := english if language == "en" else row.get(language):
                yield labelled(text, **known)


def everyday(data: Path) -> Iterator[IntentText]:
    """Everyday sentences: a question or not; some questions without their mark."""
    rng = random.Random(8)
    for row in json_lines(data / "langid/tatoeba_langid.jsonl.gz"):
        if row["lang"] not in _TATOEBA:
            continue
        text = row["text"].strip()
        question = int(text.endswith("?"))
        bare = row["lang"] in _INVERTED and rng.random() < 0.4
        yield labelled(text.rstrip(" ?.") if bare else text, question=question)


def comments(data: Path) -> Iterator[IntentText]:
    """Comments on Reddit by their emotions."""
    for row in json_lines(data / "sentiment/goemotions.jsonl.gz"):
        felt, text = set(row["emotions"]), row["text"]
        known = {"churn_risk": leaves(text)}
        if felt <= _GLAD:
            known |= {"praise": 1, "complaint": 0}
        elif felt <= _CROSS:
            known |= {"praise": 0, "complaint": 1}
        elif felt == {"neutral"}:
            known |= {"praise": 0, "complaint": 0, "request": requests(text)}
        elif "curiosity" in felt and text.endswith("?"):
            known |= {"question": 1, "praise": 0}
        else:
            continue
        if "question" not in known:
            known["question"] = 0 if asks(text) == 0 else UNKNOWN
        yield labelled(text, **known)


SOURCES = (
    IntentSource("reviews", reviews, (1500, 600, 1500, 0, 300, 300)),
    IntentSource("terse", terse, (700, 200, 700, 0, 50, 0)),
    IntentSource("sentences", sentences, (900, 300, 1100, 0, 50, 1400)),
    IntentSource("hospital", hospital, (1500, 300, 1200, 0, 50, 300)),
    IntentSource("bank_complaints", bank_complaints, (700, 500, 0, 0, 500, 0)),
    IntentSource("support", support, (300, 900, 0, 700, 350, 200)),
    IntentSource("turns", turns, (500, 900, 0, 700, 150, 900)),
    IntentSource("messages", messages, (700, 900, 0, 900, 150, 700)),
    IntentSource("assistant", assistant, (0, 1200, 0, 1200, 0, 300)),
    IntentSource("everyday", everyday, (0, 0, 0, 900, 0, 900)),
    IntentSource("comments", comments, (900, 150, 1100, 300, 20, 900)),
)
