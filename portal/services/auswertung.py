"""Use cases of answers instead of papers: make them, offer them, sign them, verify them."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.model import Auswertung, Feld, Leistung
from portal.context import BERLIN, PortalContext
from portal.domain import auswertung as regeln
from portal.domain.auswertung import BELEGT, ERKLAERT, REGELN
from portal.errors import InvalidInputError
from portal.schema.entwurf import Antwort
from portal.schema.stammdaten import HaushaltZeile
from portal.services import protokoll, stammdaten

VERFAHREN = "Ed25519"
TYP = "amtslotse-auswertung+jwt"
GUELTIG = timedelta(days=180)
"""How long a signed answer holds; afterwards the office asks again."""
EIGENE = ("volljaehrig", "wohnt_in", "haushaltsgroesse")
"""Rules whose answer a citizen can show by herself, outside an application."""
EIGENE_VERSION = "2026-11-1"
HERKUNFT = {BELEGT: "belegt", ERKLAERT: "erklärt"}


@dataclass(frozen=True)
class Ergebnis:
    """A verified answer. `fuer`: the draft or the free purpose that it was made for."""

    regel: str
    version: str
    frage: str
    antwort: str
    herkunft: str
    quelle: str
    fuer: str
    ausgestellt: datetime
    gueltig_bis: datetime


class AnswerForgedError(InvalidInputError):
    """The signed answer is forged, changed, too old or no answer of this portal. The office asks for another one."""

    code = "auswertung_ungueltig"


def gilt(context: PortalContext, feld: Feld) -> Auswertung | None:
    """The rule of a field, None where it has none or where the rule is for the demo town alone."""
    rule = feld.auswertung
    return rule if rule is not None and (context.settings.demo or not rule.nur_demo) else None


def umwandeln(context: PortalContext, feld: Feld, wert: str | int | None) -> Antwort | None:
    """What a typed value becomes; None for a field without such a rule. The value itself is not kept."""
    rule = gilt(context, feld)
    if rule is None or rule.aus != "eingabe" or not isinstance(wert, int):
        return None
    answer = regeln.einkommensstufe(wert, [(stufe.bis_cent, stufe.text) for stufe in rule.stufen])
    return _antwort(context, rule, answer, ERKLAERT, vorschlag=False)


def _antwort(
    context: PortalContext, rule: Auswertung, wert: str | int, herkunft: str, *, vorschlag: bool
) -> Antwort:
    today = context.today()
    day = f"{today.day:02}.{today.month:02}.{today.year}"
    return {
        "wert": wert,
        "quelle": "auswertung",
        "quelle_label": f"Antwort statt Papier, {HERKUNFT[herkunft]} am {day}, Regel {REGELN[rule.regel].name} {rule.version}",
        "stand": today.isoformat(),
        "vorschlag": vorschlag,
        "auswertung": {"regel": rule.regel, "version": rule.version, "herkunft": herkunft},
    }


async def ableiten(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    service: Leistung,
    antworten: Mapping[str, Antwort],
    *,
    fuer_andere: bool = False,
) -> dict[str, Antwort | None]:
    """What the rules make of the present answers: offers for fields (None: an earlier offer does not hold any more).

    Parameters
    ----------
    fuer_andere
        She acts for somebody else: her own household says nothing about that person.
    """
    found: dict[str, Antwort | None] = {}
    for feld in service.felder:
        rule = gilt(context, feld)
        if rule is None or rule.aus == "eingabe":
            continue
        present = antworten.get(feld.id)
        if present is not None and present["quelle"] != "auswertung":
            continue
        own = rule.regel == "haushaltsgroesse"
        answer = (
            None
            if own and fuer_andere
            else await _abgeleitet(context, session, konto_id, service, rule, antworten)
        )
        if answer is None and present is None:
            continue
        if answer is None or present is None or answer["wert"] != present["wert"]:
            found[feld.id] = answer
    return found


async def _abgeleitet(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    service: Leistung,
    rule: Auswertung,
    antworten: Mapping[str, Antwort],
) -> Antwort | None:
    if rule.regel == "haushaltsgroesse":
        others = await mitbewohner(session, konto_id)
        return (
            _antwort(context, rule, regeln.haushaltsgroesse(others), ERKLAERT, vorschlag=True)
            if others
            else None
        )
    source = antworten.get(rule.aus)
    field = service.feld(rule.aus)
    if source is None or source["vorschlag"] or field is None or not isinstance(source["wert"], str):
        return None
    zone = regeln.parkzone(source["wert"], rule.gemeinde, {zone.name: zone.strassen for zone in rule.zonen})
    if zone is None:
        return None
    known = (await stammdaten.load(session, konto_id)).get(field.stammdatum or "")
    proved = known is not None and source["quelle"] == "stammdaten" and known.wert == source["wert"]
    origin = regeln.herkunft(known.vertrauen) if known is not None and proved else ERKLAERT
    return _antwort(context, rule, zone, origin, vorschlag=True)


async def mitbewohner(session: AsyncSession, konto_id: str) -> int:
    """How many others the citizen says live with her."""
    query = select(func.count()).select_from(HaushaltZeile).where(HaushaltZeile.konto_id == konto_id)
    return await session.scalar(query) or 0


def _schluessel(context: PortalContext) -> OKPKey:
    return OKPKey.import_key(json.loads(context.settings.signing_key))


def jwks(context: PortalContext) -> dict[str, object]:
    """The public key by which everybody verifies answers (RFC 7517)."""
    key = _schluessel(context)
    public = key.as_dict(private=False)
    return {"keys": [{**public, "kid": key.thumbprint(), "use": "sig", "alg": VERFAHREN}]}


def unterzeichnen(
    context: PortalContext,
    *,
    regel: str,
    version: str,
    antwort: str,
    herkunft: str,
    quelle: str,
    fuer: str,
) -> str:
    """A signed answer (compact JWS). It names no person: the case or the person herself brings it."""
    key, now = _schluessel(context), context.clock()
    header = {"alg": VERFAHREN, "typ": TYP, "kid": key.thumbprint()}
    claims = {
        "iss": context.settings.origin,
        "jti": str(uuid.uuid4()),
        "iat": int(now.timestamp()),
        "exp": int((now + GUELTIG).timestamp()),
        "regel": regel,
        "regel_version": version,
        "frage": REGELN[regel].name,
        "antwort": antwort,
        "herkunft": herkunft,
        "quelle": quelle,
        "fuer": fuer,
    }
    return jwt.encode(header, claims, key, algorithms=[VERFAHREN])


def pruefen(context: PortalContext, token: str) -> Ergebnis:
    """Verify a signed answer of this portal. Raises AnswerForgedError."""
    try:
        decoded = jwt.decode(token.strip(), _schluessel(context), algorithms=[VERFAHREN])
        if decoded.header.get("typ") != TYP:
            raise ValueError("not an answer")
        jwt.JWTClaimsRegistry(
            now=lambda: int(context.clock().timestamp()),
            leeway=0,
            iss={"essential": True, "value": context.settings.origin},
            exp={"essential": True},
        ).validate(decoded.claims)
        c = decoded.claims
        return Ergebnis(
            regel=str(c["regel"]),
            version=str(c["regel_version"]),
            frage=str(c["frage"]),
            antwort=str(c["antwort"]),
            herkunft=HERKUNFT[str(c["herkunft"])],
            quelle=str(c["quelle"]),
            fuer=str(c["fuer"]),
            ausgestellt=datetime.fromtimestamp(int(c["iat"]), BERLIN),
            gueltig_bis=datetime.fromtimestamp(int(c["exp"]), BERLIN),
        )
    except (JoseError, ValueError, KeyError, TypeError):
        raise AnswerForgedError(
            "Diese Antwort ist nicht von diesem Portal unterschrieben, wurde verändert oder ist abgelaufen.",
            field="token",
        ) from None


def des_pakets(
    context: PortalContext, service: Leistung, entwurf_id: str, felder: Mapping[str, Antwort]
) -> list[dict[str, str]]:
    """The signed answers that go with a case, one for each field that a rule has filled."""
    signed = []
    for feld in service.felder:
        answer = felder.get(feld.id)
        if answer is None or "auswertung" not in answer or answer["wert"] is None or feld.auswertung is None:
            continue
        meta = answer["auswertung"]
        token = unterzeichnen(
            context,
            regel=meta["regel"],
            version=meta["version"],
            antwort=str(answer["wert"]),
            herkunft=meta["herkunft"],
            quelle=feld.auswertung.quelle,
            fuer=entwurf_id,
        )
        signed.append({"feld": feld.id, "label": feld.label, **meta, "token": token})
    return signed


def geprueft(context: PortalContext, paket: Mapping[str, object]) -> list[tuple[str, Ergebnis | None]]:
    """The answers of a delivered package: label and verified answer; None where signature, case or value do not fit."""
    signed, fields, draft = paket.get("auswertungen"), paket.get("felder"), paket.get("entwurf")
    if not isinstance(signed, list) or not isinstance(fields, list) or not isinstance(draft, dict):
        return []
    values = {str(f["id"]): str(f["wert"]) for f in fields}
    found: list[tuple[str, Ergebnis | None]] = []
    for one in signed:
        try:
            answer: Ergebnis | None = pruefen(context, str(one["token"]))
        except AnswerForgedError:
            answer = None
        if answer is not None and (
            answer.fuer != draft["id"] or answer.antwort != values.get(str(one["feld"]))
        ):
            answer = None
        found.append((str(one["label"]), answer))
    return found


@dataclass(frozen=True)
class Vorschau:
    """What an answer of one's own would say. `antwort` is None where something is missing; `fehlt` says what."""

    regel: str
    frage: str
    antwort: str | None
    herkunft: str
    nicht: str
    fehlt: str = ""


async def vorschauen(context: PortalContext, session: AsyncSession, konto_id: str) -> list[Vorschau]:
    """All answers that the citizen can show by herself, as they would be now."""
    known = await stammdaten.load(session, konto_id)
    others = await mitbewohner(session, konto_id)
    born, address = known.get("geburtsdatum"), known.get("anschrift")
    of_age = regeln.volljaehrig(date.fromisoformat(born.wert), context.today()) if born else None
    town = address.wert.rsplit(",", 1)[-1].strip() if address and "," in address.wert else None
    return [
        _vorschau(
            "volljaehrig", None if of_age is None else "ja" if of_age else "nein", born, "Ihr Geburtsdatum"
        ),
        _vorschau("wohnt_in", town, address, "Ihre Anschrift"),
        _vorschau("haushaltsgroesse", str(regeln.haushaltsgroesse(others)), None, ""),
    ]


def _vorschau(regel: str, antwort: str | None, datum: stammdaten.Stammdatum | None, fehlt: str) -> Vorschau:
    origin = regeln.herkunft(datum.vertrauen) if datum else ERKLAERT
    return Vorschau(regel, REGELN[regel].name, antwort, HERKUNFT[origin], REGELN[regel].nicht, fehlt)


async def ausstellen(
    context: PortalContext, session: AsyncSession, konto_id: str, regel: str, fuer: str
) -> tuple[Vorschau, str]:
    """Sign one answer for a purpose that the citizen names; logged.

    Raises
    ------
    InvalidInputError
        The rule is unknown, its value is missing, or the purpose is empty or too long.
    """
    shown = next((v for v in await vorschauen(context, session, konto_id) if v.regel == regel), None)
    if shown is None:
        raise InvalidInputError("Diese Antwort gibt es nicht.", field="regel")
    if shown.antwort is None:
        raise InvalidInputError(f"Dafür fehlt noch: {shown.fehlt}.", field="regel")
    if not 0 < len(fuer.strip()) <= 120:
        raise InvalidInputError("Bitte schreiben Sie kurz, wem Sie die Antwort zeigen.", field="fuer")
    token = unterzeichnen(
        context,
        regel=regel,
        version=EIGENE_VERSION,
        antwort=shown.antwort,
        herkunft=next(key for key, label in HERKUNFT.items() if label == shown.herkunft),
        quelle="Stammdaten im Portal",
        fuer=fuer.strip(),
    )
    await protokoll.eintragen(
        context,
        session,
        konto_id,
        art="auskunft",
        akteur="buerger",
        akteur_label="Sie selbst",
        stelle_name=fuer.strip(),
        zweck="Antwort statt Papier, von Ihnen ausgestellt",
        rechtsgrundlage="Art. 6 Abs. 1 Buchst. a DSGVO",
        felder=[f"{shown.frage}: ja/nein" if regel == "volljaehrig" else shown.frage],
        kanal="unterschriebene Antwort",
        wortlaut="antwort",
    )
    return shown, token
