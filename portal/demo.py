"""The demo town's people. All of them are invented; their passwords are public and exist in demo mode only."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime

import pyotp
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.domain.einwilligung import KOMFORT
from portal.schema.konto import KontoRow
from portal.schema.personal import PersonalRow
from portal.services import komforteinwilligung, konto, stammdaten, zweitfaktor
from portal.services.zweitfaktor import Inhaber

DEMO_PASSWORT = "demo-amtslotse-2026"
DEMO_TOTP = "AMTSLOTSEDEMOAMTSLOTSEDEMOAMTSLO"
"""TOTP secret of all demo people who have a second factor; /demo/codes shows the present code."""
DEMO_RETTUNGSCODES = ("DEMO-AAAA-BBBB-CCCC", "DEMO-DDDD-EEEE-FFFF")


@dataclass(frozen=True)
class DemoLogin:
    """One login to print for whoever tries the demo."""

    role: str
    name: str
    password: str = DEMO_PASSWORT


@dataclass(frozen=True)
class DemoPerson:
    """A citizen of the demo town."""

    id: str
    login: DemoLogin
    bestaetigt: dict[str, str]
    """Master data as if read from an eID."""
    angegeben: dict[str, str]
    """Master data as if given by herself."""
    zweitfaktor: bool = False


@dataclass(frozen=True)
class DemoStaff:
    """A member of the demo town's staff. `stelle` is an office of stellen.yml, None for the whole town."""

    id: str
    login: DemoLogin
    rollen: tuple[str, ...]
    funktion: str
    stelle_name: str
    stelle: str | None = None
    themen: tuple[str, ...] = ("*",)


STAND_AUSWEIS = date(2025, 3, 1)
STAND_ANGABE = date(2025, 6, 15)

PERSONEN = (
    DemoPerson(
        id="00000000-0000-4000-8000-000000000001",
        login=DemoLogin("Bürgerin mit vollständigen Daten", "anna"),
        bestaetigt={
            "familienname": "Beispiel",
            "geburtsname": "Probe",
            "vornamen": "Anna Maria",
            "geburtsdatum": "1990-04-17",
            "geburtsort": "Münster",
            "staatsangehoerigkeit": "deutsch",
            "geschlecht": "weiblich",
            "familienstand": "ledig",
            "anschrift": "Musterstraße 12, 44787 Bochum",
            "ausweisart": "Personalausweis",
            "ausweisnummer": "L01X00T47",
            "ausweis_gueltig_bis": "2031-02-28",
        },
        angegeben={"telefon": "0234 5550123", "email": "anna@beispiel.example"},
    ),
    DemoPerson(
        id="00000000-0000-4000-8000-000000000002",
        login=DemoLogin("Bürger, von dem nur die E-Mail bekannt ist", "bernd"),
        bestaetigt={},
        angegeben={"email": "bernd@beispiel.example"},
    ),
    DemoPerson(
        id="00000000-0000-4000-8000-000000000003",
        login=DemoLogin("Bürgerin mit zweitem Faktor (Code: /demo/codes)", "clara"),
        bestaetigt={
            "familienname": "Muster",
            "vornamen": "Clara",
            "geburtsdatum": "1978-09-02",
            "geburtsort": "Essen",
            "staatsangehoerigkeit": "deutsch",
            "anschrift": "Beispielallee 3, 45879 Gelsenkirchen",
        },
        angegeben={"telefon": "0209 5550177", "email": "clara@beispiel.example"},
        zweitfaktor=True,
    ),
)

PERSONAL = (
    DemoStaff(
        id="00000000-0000-4000-9000-000000000001",
        login=DemoLogin("Sachbearbeitung BÜRGERcenter (/amt)", "amt-buergercenter"),
        rollen=("sachbearbeiter", "ident"),
        funktion="Sachbearbeitung Meldewesen",
        stelle_name="BÜRGERcenter",
        stelle="buergercenter",
    ),
    DemoStaff(
        id="00000000-0000-4000-9000-000000000002",
        login=DemoLogin("Sachbearbeitung Steuern (/amt)", "amt-steuern"),
        rollen=("sachbearbeiter",),
        funktion="Sachbearbeitung Hundesteuer",
        stelle_name="Abteilung Steuern",
        stelle="steuern",
    ),
    DemoStaff(
        id="00000000-0000-4000-9000-000000000003",
        login=DemoLogin("Mensch im Chat (/konsole)", "konsole-1"),
        rollen=("clerk",),
        funktion="Bürgerservice",
        stelle_name="BÜRGERcenter",
    ),
    DemoStaff(
        id="00000000-0000-4000-9000-000000000004",
        login=DemoLogin("Zweiter Mensch im Chat (/konsole)", "konsole-2"),
        rollen=("clerk",),
        funktion="Bürgerservice",
        stelle_name="BÜRGERcenter",
    ),
    DemoStaff(
        id="00000000-0000-4000-9000-000000000005",
        login=DemoLogin("Leitung (/konsole)", "leitung"),
        rollen=("clerk", "lead"),
        funktion="Leitung Bürgerservice",
        stelle_name="BÜRGERcenter",
    ),
    DemoStaff(
        id="00000000-0000-4000-9000-000000000010",
        login=DemoLogin("Mensch im Chat, Abteilung Steuern (/konsole)", "konsole-steuern"),
        rollen=("clerk",),
        funktion="Sachbearbeitung Hundesteuer",
        stelle_name="Abteilung Steuern",
        stelle="steuern",
    ),
    DemoStaff(
        id="00000000-0000-4000-9000-000000000006",
        login=DemoLogin("Redaktion EU (/redaktion)", "redaktion-eu"),
        rollen=("redaktion-eu",),
        funktion="Redaktion EU",
        stelle_name="Koordinierungsstelle SDG",
        themen=(),
    ),
    DemoStaff(
        id="00000000-0000-4000-9000-000000000007",
        login=DemoLogin("Redaktion Bund (/redaktion)", "redaktion-bund"),
        rollen=("redaktion-bund",),
        funktion="Redaktion Bund",
        stelle_name="Bundesredaktion",
        themen=(),
    ),
    DemoStaff(
        id="00000000-0000-4000-9000-000000000008",
        login=DemoLogin("Redaktion Land (/redaktion)", "redaktion-land"),
        rollen=("redaktion-land",),
        funktion="Redaktion Land NRW",
        stelle_name="Landesredaktion",
        themen=(),
    ),
    DemoStaff(
        id="00000000-0000-4000-9000-000000000009",
        login=DemoLogin("Redaktion Stadt (/redaktion)", "redaktion-kommune"),
        rollen=("redaktion-kommune",),
        funktion="Redaktion der Stadt",
        stelle_name="Stadtredaktion",
        themen=(),
    ),
)

DEMO_LOGINS: tuple[DemoLogin, ...] = tuple(p.login for p in (*PERSONEN, *PERSONAL))
"""All logins of the demo town, in the order in which they are printed."""


async def create_demo_town(context: PortalContext) -> tuple[DemoLogin, ...]:
    """Create the people who are missing; who exists stays as she is. Gives all logins.

    Raises
    ------
    ValueError
        Demo mode is off: public passwords must not enter a real installation.
    """
    if not context.settings.demo:
        raise ValueError("the demo town exists in demo mode only")
    async with context.transaction() as session:
        known = {*await session.scalars(select(KontoRow.id)), *await session.scalars(select(PersonalRow.id))}
    missing_citizens = [person for person in PERSONEN if person.id not in known]
    missing_staff = [person for person in PERSONAL if person.id not in known]
    if not missing_citizens and not missing_staff:
        return DEMO_LOGINS
    password_hash = await asyncio.to_thread(konto.hash_password, DEMO_PASSWORT)
    now = context.clock()
    async with context.transaction() as session:
        for person in missing_citizens:
            await konto.create_citizen(session, person.login.name, password_hash, now, konto_id=person.id)
            await stammdaten.store(session, person.id, person.bestaetigt, "online_ausweis", STAND_AUSWEIS)
            await stammdaten.store(session, person.id, person.angegeben, "angabe", STAND_ANGABE)
            for zweck in KOMFORT:
                await komforteinwilligung.erteilen(context, session, person.id, zweck)
            if person.zweitfaktor:
                owner = Inhaber(konto_id=person.id)
                await _second_factor(context, session, owner)
                await zweitfaktor.rettungscodes_setzen(context, session, owner, DEMO_RETTUNGSCODES)
        for member in missing_staff:
            session.add(
                PersonalRow(
                    id=member.id,
                    anmeldename=member.login.name,
                    passwort_hash=password_hash,
                    rollen=list(member.rollen),
                    stelle=member.stelle,
                    stelle_name=member.stelle_name,
                    funktion=member.funktion,
                    themen=list(member.themen),
                    angelegt_at=now,
                )
            )
            await session.flush()
            await _second_factor(context, session, Inhaber(personal_id=member.id))
    return DEMO_LOGINS


def demo_codes(now: datetime) -> list[tuple[str, str, str]]:
    """Login name, present and next code of all who have a second factor."""
    app = pyotp.TOTP(DEMO_TOTP)
    names = [p.login.name for p in PERSONEN if p.zweitfaktor] + [p.login.name for p in PERSONAL]
    return [(name, app.at(now), app.at(now, counter_offset=1)) for name in names]


async def _second_factor(context: PortalContext, session: AsyncSession, owner: Inhaber) -> None:
    secret: dict[str, object] = {"secret": DEMO_TOTP}
    await zweitfaktor.neu(context, session, owner, "totp", "Demo-App", secret, bestaetigt=True)
