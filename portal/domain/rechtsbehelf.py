"""Until when a decision can be contested, and where: never promised later than the safest reading.

The date "sicher bis" is what she should keep. Later dates ("möglicherweise bis") are named beside it; a printed Rechtsbehelfsbelehrung
names track and addressee, but never moves "sicher bis" to a later day. Where it disagrees with the rule, a human looks at it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.domain.bekanntgabe import REGELN, Beginn, Norm, bekanntgabe
from portal.domain.fristen import Feiertag, fristende, plus_monate


class Weg(StrEnum):
    """The remedy's track, as the catalogue names it."""

    VG = "VG"
    WI = "WI"
    SG = "SG"
    FG = "FG"
    AG = "AG"
    KEIN = "kein"


@dataclass(frozen=True)
class Gericht:
    """A kind of court. `stelle`: the id by which a town's catalogue names the one that is responsible for it."""

    name: str
    stelle: str


VERWALTUNGSGERICHT = Gericht("Verwaltungsgericht", "verwaltungsgericht")
SOZIALGERICHT = Gericht("Sozialgericht", "sozialgericht")
FINANZGERICHT = Gericht("Finanzgericht", "finanzgericht")
AMTSGERICHT = Gericht("Amtsgericht", "amtsgericht_personenstand")


@dataclass(frozen=True)
class Rechtsweg:
    """One track. `gericht` is where it goes when the office does not help."""

    name: str
    adressat: Gericht | None
    """None: the office that decided."""
    gericht: Gericht | None
    monate: int | None
    """Length; None: no general deadline is known here."""
    recht: str
    formen: tuple[str, ...]


SCHRIFTLICH = "schriftlich mit Ihrer Unterschrift (auch per Fax; Stand prüfen)"
NIEDERSCHRIFT = "zur Niederschrift bei der Behörde: Sie gehen hin, und jemand schreibt es auf"
ELEKTRONISCH = (
    "elektronisch nur mit qualifizierter Signatur oder auf einem sicheren Weg, nicht mit einfacher E-Mail"
)

WEGE: Mapping[Weg, Rechtsweg] = {
    Weg.VG: Rechtsweg(
        "Klage",
        VERWALTUNGSGERICHT,
        None,
        1,
        "§ 74 VwGO, § 110 JustG NRW",
        (
            SCHRIFTLICH,
            "zu Protokoll bei der Rechtsantragsstelle des Gerichts",
            "elektronisch nur nach § 55a VwGO, zum Beispiel mit Mein Justizpostfach",
        ),
    ),
    Weg.WI: Rechtsweg(
        "Widerspruch",
        None,
        VERWALTUNGSGERICHT,
        1,
        "§ 70 VwGO",
        (SCHRIFTLICH, NIEDERSCHRIFT, ELEKTRONISCH),
    ),
    Weg.SG: Rechtsweg(
        "Widerspruch",
        None,
        SOZIALGERICHT,
        1,
        "§ 84 SGG",
        (SCHRIFTLICH, NIEDERSCHRIFT, ELEKTRONISCH),
    ),
    Weg.FG: Rechtsweg(
        "Einspruch",
        None,
        FINANZGERICHT,
        1,
        "§§ 347, 355, 357 AO",
        ("schriftlich", "elektronisch, dafür genügt eine einfache Nachricht", NIEDERSCHRIFT),
    ),
    Weg.AG: Rechtsweg(
        "Antrag beim Amtsgericht",
        AMTSGERICHT,
        None,
        None,
        "§§ 49, 50 PStG",
        ("schriftlich oder zu Protokoll",),
    ),
    Weg.KEIN: Rechtsweg("kein Rechtsbehelf bekannt", None, None, None, "", ()),
}
"""Every track. In NRW most decisions go to the court at once; the catalogue says which do not."""

ABGABENRECHT = re.compile(r"\b(KAG|GrStG|GewStG)\b")
"""Laws by which towns levy taxes and duties, as the catalogue cites them."""
OHNE_BELEHRUNG_MONATE = 12
BUSSGELD_WOCHEN = 2
UNTAETIGKEIT_MONATE = 3
"""So long an office may take before the Verwaltungsgericht can be asked."""


def trotzdem_zahlen(weg: Weg, rechtsgrundlage: Iterable[str], *, mit_gebuehr: bool) -> bool:
    """Whether a remedy leaves the duty to pay: öffentliche Abgaben und Kosten in the track of the administrative courts.

    Rechtsgrundlage: § 80 Abs. 2 Nr. 1 VwGO.

    Parameters
    ----------
    mit_gebuehr
        The case has a fee that is not waived.
    """
    levied = any(ABGABENRECHT.search(law) for law in rechtsgrundlage)
    return weg in (Weg.VG, Weg.WI) and (levied or mit_gebuehr)


@dataclass(frozen=True)
class Belehrung:
    """What the decision itself says about its remedy; None: it does not say it or nobody read it yet."""

    vorhanden: bool = True
    weg: Weg | None = None
    stelle: str | None = None
    monate: int | None = None


@dataclass(frozen=True)
class Zugang:
    """What is known of how a decision came."""

    norm: Norm | None
    """None: the way is not known."""
    bescheiddatum: date
    beginn: date | None = None
    """The day that the norm counts from, where it is known (posting by the envelope, provision, Abruf, delivery)."""
    zugang: date | None = None
    """Proven receipt."""


@dataclass(frozen=True)
class Fristbild:
    """What she should know of a deadline."""

    weg: Weg
    adressat: str | None
    """As the Belehrung names it; None: as the track says."""
    bekanntgabe: date
    """The day from which `sicher_bis` counts."""
    sicher_bis: date | None
    """None: the track has no general deadline, or there is no remedy."""
    moeglich_bis: date | None
    """A later day that may hold too; None when there is none."""
    gruende: tuple[str, ...]
    konflikt: str | None
    """Why a human should look; None when all agree."""


def tage_der_bekanntgabe(zugang: Zugang, feiertag: Feiertag) -> tuple[date, date]:
    """The earliest and the latest day on which the decision may count as made known.

    Rechtsgrundlage: § 41 VwVfG, § 37 SGB X, § 122 AO; vorsichtige Lesart: Datum des Bescheids statt Tag der Aufgabe, keine
    Verschiebung nach § 108 Abs. 3 AO, unbekannter Weg wie Übergabe am Tag des Bescheids.
    """
    dated, norm = zugang.bescheiddatum, zugang.norm
    if norm is None:
        posted = zugang.beginn or dated
        latest = bekanntgabe(Norm.POST_AO, max(posted, dated), feiertag, zugang=zugang.zugang)
        return min(dated, posted), latest
    regel = REGELN[norm]
    start = zugang.beginn or dated
    if not regel.fiktion or (norm == Norm.EINSCHREIBEN and zugang.zugang is not None):
        day = bekanntgabe(norm, start, feiertag, zugang=zugang.zugang)
        return day, day
    early = min(start, dated) if regel.beginn == Beginn.AUFGABE else start
    earliest = bekanntgabe(Norm.POST_VWVFG, early, feiertag)
    return earliest, max(earliest, bekanntgabe(norm, start, feiertag, zugang=zugang.zugang))


def fristbild(zugang: Zugang, weg: Weg, feiertag: Feiertag, belehrung: Belehrung | None = None) -> Fristbild:
    """Until when a decision can be contested, with the reasons.

    Rechtsgrundlage: §§ 58, 70, 74 VwGO, §§ 66, 84 SGG, §§ 355, 356 AO, § 110 JustG NRW.

    Parameters
    ----------
    weg
        The track that the catalogue names for the service.
    belehrung
        What the decision says; None: not read yet.
    """
    earliest, latest = tage_der_bekanntgabe(zugang, feiertag)
    told = belehrung or Belehrung(weg=weg)
    used = told.weg or weg
    lengths = [w.monate for w in (WEGE[weg], WEGE[used]) if w.monate]
    reasons = [_grund(zugang, earliest)]
    conflict = _konflikt(weg, told, lengths)
    safe: date | None = None
    possible: date | None = None
    if lengths or told.monate:
        shortest = min([*lengths, *([told.monate] if told.monate else [])])
        longest = OHNE_BELEHRUNG_MONATE if not told.vorhanden else max([*lengths, told.monate or 0])
        safe = fristende(earliest, shortest, "monate", feiertag)
        later = fristende(latest, longest, "monate", feiertag)
        possible = later if later > safe else None
        law = WEGE[used].recht or WEGE[weg].recht
        reasons.append(
            f"{_monate(shortest)} nach der Bekanntgabe ({law}). Fällt der letzte Tag auf einen Samstag, Sonntag oder Feiertag, endet die Frist am nächsten Werktag."
        )
        if not told.vorhanden:
            reasons.append(
                "Eine Rechtsbehelfsbelehrung fehlt oder ist falsch: dann kann ein Jahr gelten. Verlassen Sie sich nicht darauf."
            )
    return Fristbild(used, told.stelle, earliest, safe, possible, tuple(reasons), conflict)


def _monate(number: int) -> str:
    """The length in words.

    Rechtsgrundlage: keine (Wortlaut).
    """
    return "Einen Monat" if number == 1 else f"{number} Monate"


def _grund(zugang: Zugang, day: date) -> str:
    """Why the decision counts as made known on this day, for people.

    Rechtsgrundlage: wie `bekanntgabe`.
    """
    written = f"{day.day:02}.{day.month:02}.{day.year}"
    if zugang.norm is None:
        return f"Bekanntgabe am {written}, weil der Weg nicht bekannt ist: vorsichtig gerechnet ab dem Datum des Bescheids."
    regel = REGELN[zugang.norm]
    begin = {
        Beginn.AUFGABE: "vierter Tag nach dem Datum des Bescheids (der Tag der Aufgabe zur Post kann später liegen)",
        Beginn.BEREITSTELLUNG: "vierter Tag nach der Bereitstellung im Postfach",
        Beginn.HINWEIS: "vierter Tag nach dem Hinweis auf die Bereitstellung",
        Beginn.ABRUF: "Tag nach dem Abruf",
        Beginn.ZUGANG: "Tag der Übergabe oder Zustellung",
    }[regel.beginn]
    if zugang.norm == Norm.EINSCHREIBEN and zugang.zugang is not None:
        begin = "Tag auf dem Rückschein"
    return f"Bekanntgabe am {written}, weil: {begin} ({regel.recht})."


def _konflikt(weg: Weg, told: Belehrung, lengths: list[int]) -> str | None:
    """Where the printed Belehrung and the rule disagree; None where they agree.

    Rechtsgrundlage: § 58 VwGO, § 66 SGG, § 356 AO (die Belehrung des Bescheids geht vor; bei Widerspruch sieht ein Mensch nach).
    """
    if not told.vorhanden:
        return "Im Bescheid fehlt die Rechtsbehelfsbelehrung."
    if told.weg is not None and told.weg != weg:
        return f"Der Bescheid nennt „{WEGE[told.weg].name}“, üblich ist hier „{WEGE[weg].name}“."
    if told.monate is not None and told.monate not in lengths:
        return "Der Bescheid nennt eine andere Frist als das Gesetz."
    return None


def bussgeld_einspruch(zustellung: date, feiertag: Feiertag) -> date:
    """Last day of the Einspruch against a Bußgeldbescheid.

    Rechtsgrundlage: § 67 OWiG (zwei Wochen nach Zustellung; Stand prüfen).
    """
    return fristende(zustellung, BUSSGELD_WOCHEN, "wochen", feiertag)


def wiedereinsetzung(hindernis_weg: date, weg: Weg, feiertag: Feiertag) -> date:
    """Last day to ask for reinstatement after a deadline was missed without fault.

    Rechtsgrundlage: § 32 VwVfG, § 60 VwGO (zwei Wochen); § 110 AO (ein Monat).
    """
    if weg == Weg.FG:
        return fristende(hindernis_weg, 1, "monate", feiertag)
    return fristende(hindernis_weg, 2, "wochen", feiertag)


def untaetigkeit_ab(antrag: date, weg: Weg) -> date | None:
    """First day on which inactivity of the office can be brought to the court: the day after the three months.

    Rechtsgrundlage: § 75 VwGO (Verwaltungsgericht). Wie lange die anderen Gerichte warten lassen, ist hier nicht hinterlegt.

    Returns
    -------
    date or None
        None in a track whose waiting time is not known here; the citizen is told so.
    """
    if weg not in (Weg.VG, Weg.WI):
        return None
    return plus_monate(antrag, UNTAETIGKEIT_MONATE) + timedelta(days=1)


def behoerdentermin(tag: date) -> date:
    """A day that the office itself set: it holds even on a Sunday or holiday.

    Rechtsgrundlage: § 31 Abs. 5 VwVfG.
    """
    return tag
