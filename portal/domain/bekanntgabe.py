"""On which day a decision counts as made known: the rule of each way on which it can come.

Dates come in, dates go out. Holidays are passed in as in `portal.domain.fristen`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.domain.fristen import Feiertag, naechster_fristtag


class Norm(StrEnum):
    """The norm by which a decision is made known."""

    OZG_9 = "ozg_9"
    VWVFG_41_2A = "vwvfg_41_2a"
    SGBX_37_2A = "sgbx_37_2a"
    AO_122A = "ao_122a"
    POST_VWVFG = "post_vwvfg"
    POST_SGBX = "post_sgbx"
    POST_AO = "post_ao"
    PZU = "pzu"
    EINSCHREIBEN = "einschreiben"
    UEBERGABE = "uebergabe"


class Beginn(StrEnum):
    """What a norm counts from."""

    AUFGABE = "aufgabe"
    """Posting, or sending."""
    BEREITSTELLUNG = "bereitstellung"
    HINWEIS = "hinweis"
    """Sending of the notice."""
    ABRUF = "abruf"
    ZUGANG = "zugang"
    """The day itself on which it was handed over or delivered."""


@dataclass(frozen=True)
class Regel:
    """How one norm works."""

    label: str
    recht: str
    beginn: Beginn
    fiktion: bool
    """Counts as made known some days later, whenever it really arrives earlier."""
    rollt: bool
    """Whether a fiction that ends on a Saturday, Sunday or holiday moves to the next Werktag."""
    im_portal: bool
    """Whether this portal makes decisions known by it."""
    marke: str = "geprueft"


REGELN: Mapping[Norm, Regel] = {
    Norm.OZG_9: Regel("Postfach des Nutzerkontos", "§ 9 OZG", Beginn.BEREITSTELLUNG, True, False, True),
    Norm.VWVFG_41_2A: Regel("Abruf im Portal", "§ 41 Abs. 2a VwVfG", Beginn.ABRUF, False, False, True),
    Norm.SGBX_37_2A: Regel(
        "Abruf im Portal, Sozialrecht", "§ 37 Abs. 2a SGB X", Beginn.HINWEIS, True, False, True
    ),
    Norm.AO_122A: Regel(
        "Bereitstellung im Portal, Steuern und Abgaben",
        "§ 122a AO",
        Beginn.BEREITSTELLUNG,
        True,
        True,
        True,
        "stand_pruefen",
    ),
    Norm.POST_VWVFG: Regel("Brief", "§ 41 Abs. 2 VwVfG", Beginn.AUFGABE, True, False, False),
    Norm.POST_SGBX: Regel("Brief, Sozialrecht", "§ 37 Abs. 2 SGB X", Beginn.AUFGABE, True, False, False),
    Norm.POST_AO: Regel(
        "Brief, Steuern und Abgaben", "§ 122 Abs. 2 AO", Beginn.AUFGABE, True, True, False, "stand_pruefen"
    ),
    Norm.PZU: Regel(
        "Postzustellungsurkunde (gelber Umschlag)", "VwZG und LZG NRW", Beginn.ZUGANG, False, False, False
    ),
    Norm.EINSCHREIBEN: Regel("Einschreiben", "§ 4 VwZG, in NRW das LZG", Beginn.AUFGABE, True, False, False),
    Norm.UEBERGABE: Regel("persönlich übergeben", "§ 41 Abs. 1 VwVfG", Beginn.ZUGANG, False, False, False),
}
"""Every norm with its rule."""

FIKTION_TAGE = ((date(2025, 1, 1), 4), (date.min, 3))
"""Days of the fiction by the day on which they begin to count, the newest first (before 2025: Stand prüfen)."""
ABRUF_FRIST_TAGE = 10
"""Days after the notice within which a decision under § 41 Abs. 2a VwVfG must be fetched."""


def fiktion(tag: date) -> date:
    """The day on which what was posted, sent or provided on `tag` counts as made known; it does not move.

    Rechtsgrundlage: § 41 Abs. 2 VwVfG, § 37 Abs. 2 SGB X, § 122 Abs. 2 AO, § 9 OZG (vierter Tag seit 01.01.2025).
    """
    tage = next(tage for seit, tage in FIKTION_TAGE if tag >= seit)
    return tag + timedelta(days=tage)


def bekanntgabe(norm: Norm, tag: date, feiertag: Feiertag, *, zugang: date | None = None) -> date:
    """The day on which a decision counts as made known.

    Rechtsgrundlage: § 41 Abs. 2 und 2a VwVfG, § 37 Abs. 2 und 2a SGB X, §§ 122, 122a AO mit § 108 Abs. 3 AO, § 9 OZG,
    § 4 VwZG. Nach VwVfG und SGB X wandert der fingierte Tag nicht (BSG 09.12.2008, B 8/9b SO 13/07 R), nach der AO schon
    (BFH 14.10.2003, IX R 68/98; Stand prüfen).

    Parameters
    ----------
    tag
        What the norm counts from (`REGELN[norm].beginn`).
    zugang
        Day of a later receipt that the citizen can prove (Einschreiben: the day on the Rückschein; § 37 Abs. 2a SGB X with a
        disputed notice: the day of the Abruf). An earlier receipt changes nothing, except on a Rückschein.
    """
    regel = REGELN[norm]
    if norm == Norm.VWVFG_41_2A:
        return tag + timedelta(days=1)
    if not regel.fiktion:
        return tag
    if norm == Norm.EINSCHREIBEN and zugang is not None:
        return zugang
    day = fiktion(tag)
    if regel.rollt:
        day = naechster_fristtag(day, feiertag)
    return max(day, zugang) if zugang is not None else day


def bereitstellung_endet(hinweis: date) -> date:
    """The last day on which a decision that was provided for Abruf can be fetched with effect.

    Rechtsgrundlage: § 41 Abs. 2a VwVfG (zehn Tage nach Absendung der Benachrichtigung; danach keine Bekanntgabe).
    """
    return hinweis + timedelta(days=ABRUF_FRIST_TAGE)
