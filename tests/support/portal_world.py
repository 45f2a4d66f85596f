"""A portal with a small catalogue of its own, in a temporary folder: for tests of the portal and of its client."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
from cryptography.fernet import Fernet, MultiFernet
from fastapi import FastAPI
from joserfc.jwk import OKPKey

from portal.app import create_app
from portal.context import PortalContext
from portal.schema.base import KEYRING
from portal.schema.konto import KontoRow
from portal.schema.migrate import migrate
from portal.schema.stammdaten import StammdatumRow
from portal.services import sitzung
from portal.settings import PortalSettings

HUND = """
id: probe_hund
quelle: Test
marke: geprueft
gueltig_ab: 2025-01-01
name: Probehund anmelden
kurz: Wer einen Probehund hält, meldet ihn an.
text: Melden Sie den Probehund an.
finder: W
rechtsgrundlage: [Probesatzung]
gebuehr: [{betrag_cent: 0, text: kostenlos}]
frist: [{anzahl: 2, einheit: wochen, ab: seit, text: innerhalb von zwei Wochen, recht: Probesatzung}]
wege: [online]
online: {vertrauensniveau: niedrig, wirkung: anzeige}
felder:
  - {id: familienname, label: Familienname, typ: name, stammdatum: familienname}
  - {id: anschrift, label: Anschrift, typ: address, stammdatum: anschrift, wiederverwenden: neue_anschrift}
  - {id: seit, label: Gehalten seit, typ: date, wiederverwenden: einzugsdatum, regeln: [nicht_zukuenftig]}
  - {id: chip, label: Chipnummer, typ: text, muster: "[0-9]{15}", muster_hinweis: Eine Chipnummer hat 15 Ziffern., pflicht: false}
stelle: probeamt
"""
UMZUG = """
id: probe_umzug
quelle: Test
marke: geprueft
gueltig_ab: 2025-01-01
name: Probeumzug anzeigen
kurz: Wer umzieht, zeigt es an.
text: Zeigen Sie den Umzug an.
finder: W
rechtsgrundlage: [§ 17 BMG]
gebuehr: [{betrag_cent: 0, text: kostenlos}]
frist: [{anzahl: 2, einheit: wochen, ab: einzugsdatum, text: innerhalb von zwei Wochen nach dem Einzug, recht: § 17 Abs. 1 BMG}]
erklaerbar_ab: einzugsdatum
wege: [online, persoenlich]
online: {vertrauensniveau: hoch, wirkung: anzeige}
felder:
  - {id: familienname, label: Familienname, typ: name, stammdatum: familienname}
  - {id: geburtsname, label: Geburtsname, typ: name, pflicht: false, stammdatum: geburtsname}
  - {id: ausweisnummer, label: Ausweisnummer, typ: document_number, stammdatum: ausweisnummer}
  - {id: einzugsdatum, label: Tag des Einzugs, typ: date, wiederverwenden: einzugsdatum, regeln: [nicht_vor_1900]}
  - {id: neue_anschrift, label: Neue Anschrift, typ: address, wiederverwenden: neue_anschrift}
  - {id: zweitwohnung, label: Weitere Wohnung, typ: yes_no}
  - {id: zweite_anschrift, label: Zweite Anschrift, typ: address, nur_wenn: {feld: zweitwohnung, ist: ja}}
nachweise:
  - {id: bestaetigung, label: Wohnungsgeberbestätigung, pflicht: true}
stelle: probeamt
"""
SITUATION = """
id: probelage
quelle: Test
marke: geprueft
gueltig_ab: 2025-01-01
name: Probelage
intro: Das ist zu tun.
schritte:
  - {leistung: probe_umzug}
  - {leistung: probe_hund, merkmal: probetier, nach: [probe_umzug], optional: true}
"""
MERKMALE = "- {id: probetier, label: Ein Probetier, woerter: [Probetier]}\n"
STELLEN = "- {id: probeamt, name: Probeamt, behoerde: Stadt Probe, anschrift: 'Amtsweg 1, 45879 Gelsenkirchen', oeffnungszeiten: 'Montag bis Freitag 8 bis 12 Uhr', quelle: Test, marke: geprueft, gueltig_ab: 2025-01-01}\n"

JETZT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
KONTO = "11111111-1111-4111-8111-111111111111"
ANDERES_KONTO = "22222222-2222-4222-8222-222222222222"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def write_catalogue(root: Path) -> Path:
    """Write the small catalogue's files under `root`."""
    files = {
        "bund/leistungen/probe_hund.yml": HUND,
        "bund/leistungen/probe_umzug.yml": UMZUG,
        "bund/lebenslagen/probelage.yml": SITUATION,
        "bund/merkmale.yml": MERKMALE,
        "bund/stellen.yml": STELLEN,
    }
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return root


@dataclass
class TickingClock:
    """A clock that tests set by hand."""

    now: datetime = JETZT

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@dataclass
class PortalWorld:
    """A running portal without a network."""

    app: FastAPI
    clock: TickingClock
    settings: PortalSettings
    sids: dict[str, str] = field(default_factory=dict)

    @property
    def context(self) -> PortalContext:
        context: PortalContext = self.app.state.context
        return context

    def transport(self) -> httpx.ASGITransport:
        return httpx.ASGITransport(app=self.app, raise_app_exceptions=False)

    async def log_in(self, konto_id: str = KONTO, vertrauen: str = "niedrig") -> str:
        """Begin a session; gives its public id."""
        async with self.context.transaction() as session:
            new = await sitzung.begin(session, self.clock(), konto_id=konto_id)
            await sitzung.raise_trust(session, new.sid, vertrauen)
            if vertrauen != "niedrig":
                await sitzung.confirm(session, new.sid, self.clock())
        self.sids[new.sid] = new.geheimnis
        return new.sid


MASTER_DATA = {"familienname": "Yıldız", "ausweisnummer": "L01X00T47", "anschrift": "Altweg 3, 44787 Bochum"}


@asynccontextmanager
async def portal_world(folder: Path, database: str | None = None) -> AsyncIterator[PortalWorld]:
    """A migrated portal with two accounts; the first has master data."""
    keys = (Fernet.generate_key().decode(),)
    KEYRING.load(MultiFernet([Fernet(key) for key in keys]))
    settings = PortalSettings(
        database=database or f"sqlite+aiosqlite:///{folder / 'portal.db'}",
        keys=keys,
        signing_key=json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True)),
        actions_token="actions-token",
        handoff_token="handoff-token",
        portal_token="portal-token",
        demo=True,
        catalogue_roots=(write_catalogue(folder / "katalog"),),
    )
    clock = TickingClock()
    app = create_app(settings, clock)
    world = PortalWorld(app, clock, settings)
    await migrate(world.context.engine)
    async with world.context.transaction() as session:
        for konto_id, name in ((KONTO, "erste"), (ANDERES_KONTO, "zweite")):
            session.add(KontoRow(id=konto_id, anmeldename=name, passwort_hash="-", angelegt_at=clock()))
        await session.flush()
        for feld, wert in MASTER_DATA.items():
            session.add(
                StammdatumRow(
                    konto_id=KONTO,
                    feld=feld,
                    wert=wert,
                    quelle="online_ausweis",
                    vertrauen="hoch",
                    stand=date(2025, 3, 1),
                )
            )
    try:
        yield world
    finally:
        await world.context.close()
