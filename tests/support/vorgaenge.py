"""A case that lies in an office's inbox, without the way through the pages (tests of the pages walk that way)."""

import hashlib
import json
import uuid

from portal.context import PortalContext
from portal.schema.entwurf import EntwurfZeile
from portal.schema.vorgang import PosteingangZeile, VorgangZeile
from portal.services import katalog


async def delivered_case(
    context: PortalContext,
    konto_id: str,
    leistung_id: str = "hundesteuer_anmelden",
    wirkung: str = "anzeige",
    vertretung_id: str | None = None,
) -> str:
    """Lay a case with one answer into the inbox of the service's office; gives its id."""
    service = katalog.leistung(context, leistung_id)
    office = katalog.stelle(context, service)
    case_id, draft_id, now = str(uuid.uuid4()), str(uuid.uuid4()), context.clock()
    package = json.dumps(
        {
            "aktenzeichen": f"AZ-{case_id[:8]}",
            "leistung": {"id": leistung_id, "name": service.name},
            "felder": [
                {
                    "id": "rasse",
                    "label": "Rasse",
                    "anzeige": "Dackel",
                    "quelle": "Angabe",
                    "stand": "2026-11-24",
                }
            ],
            "anlagen": [],
            "nachgereicht": [],
        }
    ).encode()
    async with context.transaction() as session:
        session.add(
            EntwurfZeile(
                id=draft_id,
                konto_id=konto_id,
                leistung=leistung_id,
                version=1,
                status="abgegeben",
                felder={},
                nachweise={},
                vertretung_id=vertretung_id,
                erstellt_utc=now,
                geaendert_utc=now,
            )
        )
        await session.flush()
        session.add(
            VorgangZeile(
                id=case_id,
                aktenzeichen=f"AZ-{case_id[:8]}",
                konto_id=konto_id,
                entwurf_id=draft_id,
                entwurf_version=1,
                leistung=leistung_id,
                leistung_name=service.name,
                stelle_id=office.id,
                stelle=office.name,
                behoerde=office.behoerde,
                wirkung=wirkung,
                status="eingegangen",
                eingegangen_utc=now,
                paket=package,
                paket_sha256=hashlib.sha256(package).hexdigest(),
                pdf=b"%PDF-1.4",
                pdf_sha256="0" * 64,
            )
        )
        await session.flush()
        session.add(
            PosteingangZeile(vorgang_id=case_id, stelle_id=office.id, eingang_utc=now, beleg=b"0" * 32)
        )
    return case_id
