"""Rules of access: how long a confirmation holds, which TOTP steps count, what may be kept of an address and a browser."""

import ipaddress
import re
from collections.abc import Callable
from datetime import datetime, timedelta

BESTAETIGUNG_GILT = timedelta(minutes=10)
"""After the second factor, critical acts need no new one for this long."""
TOTP_SCHRITT_S = 30
TOTP_TOLERANZ = 1
"""Steps before and after the present one that count (clocks of telephones are not exact)."""

BROWSER = (
    ("Firefox", r"Firefox/"),
    ("Edge", r"Edg/"),
    ("Opera", r"OPR/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Chrome", r"Chrom(e|ium)/"),
    ("Safari", r"Safari/"),
)
SYSTEME = (
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("Linux", r"Linux"),
)
UNBEKANNT = "Unbekanntes Gerät"


def totp_schritt(code: str, jetzt: datetime, letzter: int, erwartet: Callable[[int], bool]) -> int | None:
    """The 30-second step that a code belongs to; None if it fits none that still counts.

    Rechtsgrundlage: Art. 32 Abs. 1 DSGVO; RFC 6238 Abschnitt 5.2 (ein Code gilt einmal, höchstens ein Schritt daneben).

    Parameters
    ----------
    letzter
        Newest step that was used; it and all before it are refused.
    erwartet
        Says whether the code is the right one for a step.
    """
    if not re.fullmatch(r"\d{6}", code):
        return None
    jetziger = int(jetzt.timestamp()) // TOTP_SCHRITT_S
    steps = range(jetziger - TOTP_TOLERANZ, jetziger + TOTP_TOLERANZ + 1)
    return next((step for step in steps if step > letzter and erwartet(step)), None)


def netz_grob(adresse: str) -> str:
    """What is kept of a network address: the first half of an IPv4 address, the first 32 bits of IPv6.

    Rechtsgrundlage: Art. 5 Abs. 1 Buchst. c DSGVO (Datenminimierung).
    """
    try:
        ip = ipaddress.ip_address(adresse)
    except ValueError:
        return "unbekanntes Netz"
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if ip.is_loopback:
        return "dieser Rechner"
    if ip.is_private:
        return "lokales Netz"
    if isinstance(ip, ipaddress.IPv4Address):
        return ".".join(str(ip).split(".")[:2]) + ".…"
    return ":".join(ip.exploded.split(":")[:2]) + ":…"


def geraet(user_agent: str) -> str:
    """Browser and system in words, such as "Firefox, Linux"; nothing finer is kept.

    Rechtsgrundlage: Art. 5 Abs. 1 Buchst. c DSGVO (Datenminimierung).
    """
    text = user_agent[:400]
    browser = next((name for name, pattern in BROWSER if re.search(pattern, text)), None)
    system = next((name for name, pattern in SYSTEME if re.search(pattern, text)), None)
    return ", ".join(part for part in (browser, system) if part) or UNBEKANNT


def bestaetigt(zuletzt: datetime | None, jetzt: datetime) -> bool:
    """Whether a confirmation with the second factor still holds.

    Rechtsgrundlage: Art. 32 Abs. 1 DSGVO (Schutz vor unbefugter Änderung).
    """
    return zuletzt is not None and timedelta(0) <= jetzt - zuletzt < BESTAETIGUNG_GILT
