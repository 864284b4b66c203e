"""What sets of messages to a bank, a shop, an airline or an assistant say of their intent."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from recipes.encoder.data.files import csv_rows, json_lines, lines
from recipes.encoder.data.intent import UNKNOWN, IntentText, asks, labelled, requests

#: Languages of feedback that the vocabulary knows.
LANGUAGES = ("de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb")
#: Topics of banking77 that say something went wrong.
_HARM = re.compile(
    r"charged_twice|fee_charged|not_recognised|wrong|declined|failed|not_received|not_working|"
    r"swallowed|extra_charge|not_updated|not_showing"
)
#: Intents of these sets, not ours: something is to be done; something is to be told.
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
