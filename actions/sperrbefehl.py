"""Recognises „Konto sperren“ as a whole message, whatever the conversation is about; a button then confirms it."""

from actions import karten
from actions.gespraech import Event, Gespraech, button

BEFEHLE = {
    "konto sperren",
    "mein konto sperren",
    "konto jetzt sperren",
    "sperren sie mein konto",
    "bitte mein konto sperren",
    "bitte sperren sie mein konto",
    "sperre mein konto",
    "ich möchte mein konto sperren",
    "ich will mein konto sperren",
    "mein konto wurde gehackt",
    "mein konto ist gehackt worden",
    "jemand anderes ist in meinem konto",
}
KNOPF = button("Jetzt sperren", "/lock_account")
LOGIN_TEXT = "Anmelden und Konto sperren"


def gemeint(gespraech: Gespraech) -> bool:
    """Whether the whole message asks for the lock."""
    return " ".join(gespraech.text.lower().strip(" .!").split()) in BEFEHLE


def anbieten(gespraech: Gespraech) -> list[Event]:
    """Say what locking does and show the button; without a login, the way to where it is done."""
    if gespraech.said_this_turn("utter_sperre_sicher") or gespraech.said_this_turn("utter_sperre_anmelden"):
        return []
    if gespraech.has_account:
        gespraech.say("utter_sperre_sicher", buttons=[KNOPF, button("Nicht sperren", "/deny")])
    else:
        gespraech.say("utter_sperre_anmelden", card=karten.anmeldung(LOGIN_TEXT, "/mein/sicherheit/sperren"))
    return []
