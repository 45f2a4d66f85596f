"""Which notices there are, which way each may take, and when it may go out.

A notice says only that something lies in the portal. Its sentences are fixed here: nothing of a person, a service or an
office can get into one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum


class Kanal(StrEnum):
    """A way by which a citizen hears of something."""

    MAIL = "mail"
    SMS = "sms"
    MESSENGER = "messenger"
    PUSH = "push"
    """Web Push to the browsers that she switched on."""
    POSTFACH = "postfach"
    """Nothing is sent; it only lies in the postbox."""


REIHENFOLGE = (Kanal.PUSH, Kanal.MESSENGER, Kanal.MAIL, Kanal.SMS)
"""In which order the other channels are tried when the chosen one is closed."""


@dataclass(frozen=True)
class Art:
    """A kind of message, for which the citizen chooses a channel."""

    id: str
    label: str
    abwaehlbar: bool = True
    """Whether "only postbox" may be chosen: not where the notice protects her or makes a decision known."""


@dataclass(frozen=True)
class Anlass:
    """An occasion of a notice."""

    id: str
    art: str
    betreff: str
    text: str
    sofort: bool = False
    """Goes out at once, whatever the quiet hours."""


@dataclass(frozen=True)
class Ruhezeit:
    """Hours in which nothing is sent that can wait, German time; both ends equal: none."""

    von: time = time(22)
    bis: time = time(7)

    def __contains__(self, wann: time) -> bool:
        if self.von <= self.bis:
            return self.von <= wann < self.bis
        return wann >= self.von or wann < self.bis


ARTEN: Mapping[str, Art] = {
    a.id: a
    for a in (
        Art("nachricht", "Nachrichten und Stand Ihrer Vorgänge"),
        Art("rueckfrage", "Rückfragen einer Stelle"),
        Art("bescheid", "Bescheide", abwaehlbar=False),
        Art("frist", "Erinnerungen an Fristen und Termine"),
        Art("zahlung", "Gebühren und Zahlungen"),
        Art("datenschutz", "Weitergabe und Einsicht in Ihre Daten"),
        Art("sicherheit", "Sicherheit Ihres Kontos", abwaehlbar=False),
    )
}
"""Kinds of message, in the order of the settings page."""

ANLAESSE: Mapping[str, Anlass] = {
    a.id: a
    for a in (
        Anlass(
            "neue_nachricht",
            "nachricht",
            "Neue Nachricht in Ihrem Postfach",
            "In Ihrem Postfach liegt eine neue Nachricht.",
        ),
        Anlass(
            "rueckfrage",
            "rueckfrage",
            "Eine Stelle hat eine Rückfrage",
            "Eine Stelle braucht noch eine Angabe von Ihnen. Die Frage liegt in Ihrem Postfach.",
        ),
        Anlass(
            "bescheid_bereit",
            "bescheid",
            "Ein Bescheid liegt für Sie bereit",
            "Ab heute liegt ein Bescheid zum Abruf in Ihrem Postfach bereit. Damit können Fristen beginnen. Bitte sehen Sie bald nach.",
            sofort=True,
        ),
        Anlass(
            "bescheid_erinnerung",
            "bescheid",
            "Ein Bescheid wartet noch auf Sie",
            "Ein Bescheid in Ihrem Postfach ist noch nicht abgerufen. Bitte sehen Sie bald nach.",
        ),
        Anlass(
            "bereitstellung_beendet",
            "nachricht",
            "Ein Bescheid kommt auf anderem Weg",
            "Ein Bescheid wurde nicht rechtzeitig abgerufen und gilt so nicht als bekannt gegeben. Die Stelle stellt ihn auf anderem Weg zu.",
        ),
        Anlass(
            "frist_erinnerung",
            "frist",
            "Erinnerung an eine Frist",
            "Eine Ihrer Fristen rückt näher. Welche es ist, steht in Ihrem Bereich unter Fristen.",
        ),
        Anlass(
            "termin_erinnerung",
            "frist",
            "Erinnerung an einen Termin",
            "Bald haben Sie einen Termin. Tag, Ort und was Sie mitbringen, steht in Ihrem Bereich unter Termine.",
        ),
        Anlass(
            "gebuehr",
            "zahlung",
            "Eine Gebühr ist zu bezahlen",
            "In Ihrem Bereich liegt eine Gebühr, die Sie bezahlen können.",
        ),
        Anlass(
            "zahlung",
            "zahlung",
            "Stand Ihrer Zahlung",
            "Der Stand einer Zahlung hat sich geändert. Die Quittung oder der Hinweis liegt in Ihrem Bereich.",
        ),
        Anlass(
            "datenzugriff",
            "datenschutz",
            "Ihre Daten wurden angesehen oder weitergegeben",
            "Im Protokoll Ihrer Daten steht ein neuer Eintrag: wer, wann, wofür und auf welcher Grundlage.",
        ),
        Anlass(
            "jahresuebersicht",
            "datenschutz",
            "Ihre Jahresübersicht",
            "In Ihrem Postfach liegt die jährliche Übersicht: welche Daten hier liegen und wer davon was bekommen hat.",
        ),
        Anlass(
            "einladung",
            "nachricht",
            "Ein gemeinsames Dokument hat sich geändert",
            "An einem Dokument, das Sie gemeinsam mit jemandem unterzeichnen, hat sich etwas geändert.",
        ),
        Anlass(
            "neue_anmeldung",
            "sicherheit",
            "Neue Anmeldung an Ihrem Konto",
            "An Ihrem Konto hat sich jemand von einem unbekannten Gerät oder Ort angemeldet. Waren Sie das nicht, sperren Sie Ihr Konto sofort.",
            sofort=True,
        ),
        Anlass(
            "konto_geaendert",
            "sicherheit",
            "An Ihrem Konto wurde etwas geändert",
            "An Ihrem Konto wurde etwas geändert. Waren Sie das nicht, sperren Sie Ihr Konto sofort.",
            sofort=True,
        ),
        Anlass(
            "konto_gesperrt",
            "sicherheit",
            "Ihr Konto ist gesperrt",
            "Ihr Konto ist gesperrt. Alle Anmeldungen sind beendet. Wie Sie es wieder öffnen, steht auf der Anmeldeseite.",
            sofort=True,
        ),
    )
}
"""All occasions. A new one is one entry here."""


def anlass(id: str) -> Anlass:
    """The occasion of this id.

    Rechtsgrundlage: Art. 5 Abs. 1 Buchst. c DSGVO (nur feste Sätze, keine Daten der Person).

    Raises
    ------
    ValueError
        There is none.
    """
    found = ANLAESSE.get(id)
    if found is None:
        raise ValueError(f"unknown occasion {id!r}")
    return found


def faellig_ab(anlass: Anlass, jetzt: datetime, ruhe: Ruhezeit) -> datetime:
    """When the notice may go out: now, or at the end of the quiet hours.

    Rechtsgrundlage: § 9 OZG, § 41 Abs. 2a VwVfG (Benachrichtigung am Tag der Bereitstellung geht der Ruhezeit vor);
    Art. 34 DSGVO (Warnungen unverzüglich).

    Parameters
    ----------
    jetzt
        Moment in German local time.
    """
    if anlass.sofort or jetzt.time() not in ruhe:
        return jetzt
    tag = jetzt.date() if jetzt.time() < ruhe.bis else jetzt.date() + timedelta(days=1)
    return datetime.combine(tag, ruhe.bis, jetzt.tzinfo)


def wege_nach(gewaehlt: Kanal, versperrt: Kanal) -> tuple[Kanal, ...]:
    """The channels that are still to be tried when one turned out closed: the chosen one comes first, each comes once.

    Rechtsgrundlage: § 9 OZG, § 41 Abs. 2a VwVfG (die Benachrichtigung soll ankommen).
    """
    order = (gewaehlt, *(kanal for kanal in REIHENFOLGE if kanal != gewaehlt))
    return order[order.index(versperrt) + 1 :]
