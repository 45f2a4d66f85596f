"""Rules of a draft application: which questions apply, which are open, what comes next, what handing in means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

NIVEAUS = ("niedrig", "substantiell", "hoch")
"""Levels of trust, rising."""

Wert = str | int | None


class Zustand(StrEnum):
    """State of one question."""

    OFFEN = "offen"
    VORGESCHLAGEN = "vorgeschlagen"
    BEANTWORTET = "beantwortet"
    ENTFAELLT = "entfaellt"


class Wirkung(StrEnum):
    """What handing in means in law."""

    ANTRAG = "antrag"
    ANZEIGE = "anzeige"
    VORBEREITUNG = "vorbereitung"


@dataclass(frozen=True)
class Bedingung:
    """The question applies only if the answer to `feld` is one of `ist`."""

    feld: str
    ist: tuple[str, ...]


@dataclass(frozen=True)
class Frage:
    """One question of the form."""

    id: str
    pflicht: bool
    nur_wenn: Bedingung | None = None


@dataclass(frozen=True)
class Gegeben:
    """An answer. `vorschlag`: offered from stored data, and not part of the draft before its release."""

    wert: Wert
    vorschlag: bool = False


@dataclass(frozen=True)
class Lage:
    """Everything that decides what comes next.

    Parameters
    ----------
    fragen
        Questions in the order in which they are asked; a condition names an earlier one.
    antworten
        Answers by question; absent means never answered.
    nachweise
        Evidence in order; `vorliegend` holds the ids that were uploaded or promised.
    wirkung
        What the act means at `niveau`, None where there is no online way.
    erklaerbar_ab
        First day on which the declaration is possible, None for any day.
    """

    status: str
    fragen: Sequence[Frage]
    antworten: Mapping[str, Gegeben]
    nachweise: Sequence[Frage]
    vorliegend: frozenset[str]
    wirkung: Wirkung | None
    niveau: str
    vertrauen: str
    heute: date
    erklaerbar_ab: date | None = None


@dataclass(frozen=True)
class Schritt:
    """What comes next: release, field, evidence, identity, wait, confirm or done."""

    art: str
    id: str | None = None
    ab: date | None = None


def gilt(bedingung: Bedingung | None, antworten: Mapping[str, Gegeben]) -> bool:
    """Whether a question applies; an answer that was only offered does not count yet.

    Rechtsgrundlage: § 5 EGovG (nur was erforderlich ist).
    """
    if bedingung is None:
        return True
    antwort = antworten.get(bedingung.feld)
    return antwort is not None and not antwort.vorschlag and str(antwort.wert) in bedingung.ist


def zustaende(fragen: Sequence[Frage], antworten: Mapping[str, Gegeben]) -> dict[str, Zustand]:
    """State of each question. An answer whose condition no longer holds falls away, and so does all that hangs on it.

    Rechtsgrundlage: § 5 EGovG (nur was erforderlich ist).
    """
    states: dict[str, Zustand] = {}
    counting: dict[str, Gegeben] = {}
    for frage in fragen:
        antwort = antworten.get(frage.id)
        if not gilt(frage.nur_wenn, counting):
            states[frage.id] = Zustand.ENTFAELLT
        elif antwort is None:
            states[frage.id] = Zustand.OFFEN
        elif antwort.vorschlag:
            states[frage.id] = Zustand.VORGESCHLAGEN
        else:
            states[frage.id] = Zustand.BEANTWORTET
            counting[frage.id] = antwort
    return states


def beantwortet(fragen: Sequence[Frage], antworten: Mapping[str, Gegeben]) -> dict[str, Gegeben]:
    """The answers that are part of the draft: applicable and released.

    Rechtsgrundlage: § 5 Abs. 5 EGovG (Vorschau und Entscheidung vor der Verwendung).
    """
    states = zustaende(fragen, antworten)
    return {k: v for k, v in antworten.items() if states.get(k) is Zustand.BEANTWORTET}


def offene_nachweise(lage: Lage) -> list[str]:
    """Required evidence that applies and is neither there nor promised.

    Rechtsgrundlage: § 24 VwVfG: die Stelle klärt den Sachverhalt; welche Nachweise sie braucht, sagt der Katalog.
    """
    counting = beantwortet(lage.fragen, lage.antworten)
    return [
        n.id
        for n in lage.nachweise
        if n.pflicht and n.id not in lage.vorliegend and gilt(n.nur_wenn, counting)
    ]


def wirkung(lage: Lage) -> Wirkung:
    """What handing in now would mean: the full effect from the needed level of trust on, below it a Vorbereitung.

    Rechtsgrundlage: für die Anmeldung der Wohnung § 23a BMG; sonst das Vertrauensniveau der Leistung im Katalog.
    """
    if lage.wirkung is None or not reicht(lage.vertrauen, lage.niveau):
        return Wirkung.VORBEREITUNG
    return lage.wirkung


def reicht(vertrauen: str, niveau: str) -> bool:
    """Whether a level of trust is enough.

    Rechtsgrundlage: das Vertrauensniveau der Leistung im Katalog; Ordnung nach eIDAS.

    Raises
    ------
    ValueError
        A level is unknown.
    """
    return NIVEAUS.index(vertrauen) >= NIVEAUS.index(niveau)


def zu_frueh(lage: Lage) -> date | None:
    """First day on which it may be declared, if that day is still to come.

    Rechtsgrundlage: § 17 Abs. 1 BMG: anzumelden ist, wer eingezogen ist; vorher gibt es nichts zu erklären.
    """
    return lage.erklaerbar_ab if lage.erklaerbar_ab and lage.erklaerbar_ab > lage.heute else None


def fehlend(lage: Lage) -> Schritt | None:
    """First thing without which the draft is incomplete: a required question or required evidence.

    Rechtsgrundlage: die Angaben und Nachweise, die der Katalog der Leistung als Pflicht nennt.
    """
    states = zustaende(lage.fragen, lage.antworten)
    for frage in lage.fragen:
        if frage.pflicht and states[frage.id] in (Zustand.OFFEN, Zustand.VORGESCHLAGEN):
            return Schritt("field", frage.id)
    for nachweis in offene_nachweise(lage):
        return Schritt("evidence", nachweis)
    return None


def naechster_schritt(lage: Lage) -> Schritt:
    """What the citizen is asked next.

    Rechtsgrundlage: § 5 EGovG: zuerst die Vorschau und Freigabe vorhandener Daten. Dann offene Fragen, Nachweise, der erste mögliche Tag, der Nachweis der Identität, die Bestätigung.
    """
    if lage.status in ("abgegeben", "verworfen"):
        return Schritt("done")
    states = zustaende(lage.fragen, lage.antworten)
    if Zustand.VORGESCHLAGEN in states.values():
        return Schritt("release")
    for frage in lage.fragen:
        if states[frage.id] is Zustand.OFFEN:
            return Schritt("field", frage.id)
    for nachweis in offene_nachweise(lage):
        return Schritt("evidence", nachweis)
    if (ab := zu_frueh(lage)) is not None:
        return Schritt("wait", ab=ab)
    if wirkung(lage) is Wirkung.VORBEREITUNG:
        if lage.status == "vorbereitet":
            return Schritt("done")
        return Schritt("confirm") if lage.wirkung is None else Schritt("identity")
    return Schritt("confirm")


def fortschritt(lage: Lage) -> tuple[int, int]:
    """How many of the applicable questions and required evidence are settled: (settled, all).

    Rechtsgrundlage: keine; Anzeige für die Bürgerin.
    """
    states = [s for s in zustaende(lage.fragen, lage.antworten).values() if s is not Zustand.ENTFAELLT]
    counting = beantwortet(lage.fragen, lage.antworten)
    evidence = [n for n in lage.nachweise if n.pflicht and gilt(n.nur_wenn, counting)]
    settled = states.count(Zustand.BEANTWORTET) + sum(n.id in lage.vorliegend for n in evidence)
    return settled, len(states) + len(evidence)
