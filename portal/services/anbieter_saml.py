"""BundID over SAML 2.0: the signed request with AKDB's extension, and everything that makes its answer believable.

Only what the signature covers is read: the verified element, never the document that came.
"""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from portal.services.anbieter import Person, Weg, frisch
from portal.services.datenvorschlag import Angabe
from portal.services.identitaet import IdentityProofError
from portal.services.saml_entschluesselung import entschluesseln
from portal.settings import BundIdSetting

UHR = timedelta(seconds=60)
"""How far the provider's clock may be off."""
HOECHSTENS_BYTES = 512 * 1024

SAMLP, SAML = "urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:2.0:assertion"
DS, AKDB = "http://www.w3.org/2000/09/xmldsig#", "https://www.akdb.de/request/2018/09"
NS = {"samlp": SAMLP, "saml": SAML, "ds": DS}
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
SIGNATUREN = frozenset(
    {SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA512, SignatureMethod.SHA256_RSA_MGF1}
)

OID = {
    "vornamen": "2.5.4.42",
    "familienname": "2.5.4.4",
    "geburtsname": "1.2.40.0.10.2.1.1.225566",
    "geburtsdatum": "1.2.40.0.10.2.1.1.55",
    "geburtsort": "1.3.6.1.5.5.7.9.2",
    "staatsangehoerigkeit": "1.2.40.0.10.2.1.1.225577",
    "email": "0.9.2342.19200300.100.1.3",
    "telefon": "2.5.4.20",
}
"""Master datum → BundID's attribute (docs/protocol/tokens.md names the source)."""
STRASSE, PLZ, ORT = "2.5.4.16", "2.5.4.17", "2.5.4.7"
BPK2, NIVEAU = "1.3.6.1.4.1.25484.494450.3", "1.2.40.0.10.2.1.1.261.94"
STUFEN = {
    "STORK-QAA-LEVEL-1": "niedrig",
    "STORK-QAA-LEVEL-2": "niedrig",
    "STORK-QAA-LEVEL-3": "substantiell",
    "STORK-QAA-LEVEL-4": "hoch",
    "UNTERGEORDNET": "niedrig",
    "NORMAL": "niedrig",
}
RANG = ("niedrig", "substantiell", "hoch")
WEGE = ("Benutzername", "Elster", "eID", "eIDAS")


class BundId:
    """The BundID as an identity provider."""

    id, name, quelle = "bundid", "BundID", "bundid"

    def __init__(self, setting: BundIdSetting, origin: str) -> None:
        self._setting = setting
        self._acs = f"{origin}/anmelden/bundid/antwort"

    async def beginnen(self, anfrage: str, now: datetime) -> Weg:
        request = self._request(anfrage, now)
        return Weg(
            self._setting.sso_url,
            felder={"SAMLRequest": base64.b64encode(request).decode()},
            geheim={"begonnen": now.isoformat()},
        )

    async def pruefen(
        self, anfrage: str, geheim: Mapping[str, str], antwort: Mapping[str, str], now: datetime
    ) -> Person:
        try:
            assertion = self._assertion(antwort["SAMLResponse"], anfrage)
            self._check(assertion, anfrage, now)
            statement = assertion.find(f"{{{SAML}}}AuthnStatement")
            if statement is None:
                raise ValueError("it does not say when the person logged in")
            frisch(geheim, _moment(str(statement.get("AuthnInstant"))), UHR)
            return _person(assertion)
        except (SignXMLException, etree.LxmlError, ValueError, KeyError, TypeError, IndexError) as error:
            raise IdentityProofError from error

    def _request(self, anfrage: str, now: datetime) -> bytes:
        root = etree.Element(
            f"{{{SAMLP}}}AuthnRequest",
            {
                "ID": anfrage,
                "Version": "2.0",
                "IssueInstant": _instant(now),
                "Destination": self._setting.sso_url,
                "AssertionConsumerServiceURL": self._acs,
                "ProtocolBinding": POST,
                "ForceAuthn": "true",
            },
            nsmap={"samlp": SAMLP, "saml": SAML, "ds": DS, "akdb": AKDB},
        )
        etree.SubElement(root, f"{{{SAML}}}Issuer").text = self._setting.own_entity_id
        etree.SubElement(root, f"{{{DS}}}Signature", Id="placeholder")
        extension = etree.SubElement(
            etree.SubElement(root, f"{{{SAMLP}}}Extensions"),
            f"{{{AKDB}}}AuthenticationRequest",
            Version="2",
        )
        ways = etree.SubElement(extension, f"{{{AKDB}}}AuthnMethods")
        for name in WEGE:
            way = etree.SubElement(ways, f"{{{AKDB}}}{name}")
            etree.SubElement(way, f"{{{AKDB}}}Enabled").text = "true"
        wanted = etree.SubElement(extension, f"{{{AKDB}}}RequestedAttributes")
        for oid in (*OID.values(), STRASSE, PLZ, ORT, BPK2, NIVEAU):
            etree.SubElement(
                wanted,
                f"{{{AKDB}}}RequestedAttribute",
                Name=f"urn:oid:{oid}",
                RequiredAttribute="true" if oid in (BPK2, NIVEAU) else "false",
            )
        display = etree.SubElement(extension, f"{{{AKDB}}}DisplayInformation")
        etree.SubElement(display, f"{{{AKDB}}}OnlineServiceId").text = self._setting.online_service_id
        signer = XMLSigner(
            method=SignatureConstructionMethod.enveloped,
            signature_algorithm=SignatureMethod.RSA_SHA256,
            digest_algorithm=DigestAlgorithm.SHA256,
            c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#",
        )
        signed = signer.sign(
            root, key=self._setting.own_key, cert=self._setting.own_certificate, reference_uri=anfrage
        )
        return bytes(etree.tostring(signed))

    def _assertion(self, encoded: str, anfrage: str) -> etree._Element:
        """The one assertion that a signature of the BundID covers, decrypted if it came encrypted."""
        root = _parse(base64.b64decode(encoded, validate=True))
        plain, closed = (root.findall(f".//{{{SAML}}}{name}") for name in ("Assertion", "EncryptedAssertion"))
        if root.tag != f"{{{SAMLP}}}Response" or len(plain) + len(closed) != 1:
            raise ValueError("exactly one assertion is expected")
        if (
            root.get("InResponseTo") != anfrage
            or root.get("Destination", self._acs) != self._acs
            or _text(root, "saml:Issuer") != self._setting.entity_id
            or root.xpath("string(samlp:Status/samlp:StatusCode/@Value)", namespaces=NS) != SUCCESS
        ):
            raise ValueError("not an answer to this request")
        signed = root.find(f"{{{DS}}}Signature") is not None
        if signed:
            root = self._verified(root)
        assertion = root.find(f"{{{SAML}}}Assertion")
        encrypted = root.find(f"{{{SAML}}}EncryptedAssertion")
        if encrypted is not None:
            assertion = _parse(entschluesseln(encrypted, self._setting.own_key))
        if assertion is None or assertion.tag != f"{{{SAML}}}Assertion":
            raise ValueError("the assertion is not where it belongs")
        if assertion.find(f".//{{{SAML}}}Assertion") is not None:
            raise ValueError("exactly one assertion is expected")
        return assertion if signed else self._verified(assertion)

    def _verified(self, element: etree._Element) -> etree._Element:
        """What the BundID's signature of this very element covers."""
        verified = XMLVerifier().verify(
            etree.tostring(element),
            x509_cert=self._setting.certificate,
            id_attribute="ID",
            parser=_parser(),
            expect_config=SignatureConfiguration(
                require_x509=True, location="./", expect_references=1, signature_methods=SIGNATUREN
            ),
        )
        found = verified.signed_xml if not isinstance(verified, list) else None
        if found is None or (found.tag, found.get("ID")) != (element.tag, element.get("ID")):
            raise ValueError("the signature covers something else")
        return found

    def _check(self, assertion: etree._Element, anfrage: str, now: datetime) -> None:
        if _text(assertion, "saml:Issuer") != self._setting.entity_id:
            raise ValueError("another issuer")
        conditions = assertion.find(f"{{{SAML}}}Conditions")
        confirmation = assertion.find(
            f"{{{SAML}}}Subject/{{{SAML}}}SubjectConfirmation[@Method='{BEARER}']/{{{SAML}}}SubjectConfirmationData"
        )
        if conditions is None or confirmation is None:
            raise ValueError("conditions or confirmation are missing")
        audiences = [e.text for e in conditions.findall(f"{{{SAML}}}AudienceRestriction/{{{SAML}}}Audience")]
        if self._setting.own_entity_id not in audiences:
            raise ValueError("made for somebody else")
        if confirmation.get("Recipient") != self._acs or confirmation.get("InResponseTo") != anfrage:
            raise ValueError("sent to somebody else")
        ends = [conditions.get("NotOnOrAfter"), confirmation.get("NotOnOrAfter")]
        if any(end is None or now >= _moment(end) + UHR for end in ends):
            raise ValueError("too old")
        begins = conditions.get("NotBefore")
        if begins is not None and now < _moment(begins) - UHR:
            raise ValueError("not valid yet")


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)


def _parse(raw: bytes) -> etree._Element:
    if len(raw) > HOECHSTENS_BYTES or b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise ValueError("not an answer of SAML")
    return etree.fromstring(raw, _parser())


def bezug(encoded: str) -> str:
    """The request that an answer says it belongs to; not yet believed. Raises IdentityProofError."""
    try:
        return str(_parse(base64.b64decode(encoded, validate=True)).get("InResponseTo") or "")
    except (etree.LxmlError, ValueError) as error:
        raise IdentityProofError from error


def _person(assertion: etree._Element) -> Person:
    values: dict[str, tuple[str, str]] = {}
    for attribute in assertion.findall(f"{{{SAML}}}AttributeStatement/{{{SAML}}}Attribute"):
        value = attribute.find(f"{{{SAML}}}AttributeValue")
        if value is not None and value.text:
            oid = str(attribute.get("Name")).removeprefix("urn:oid:")
            values[oid] = (value.text.strip(), _stufe(_trust(attribute) or _trust(value)))
    level = _stufe(values[NIVEAU][0])
    found = [
        Angabe(feld, values[oid][0], _kleiner(values[oid][1], level))
        for feld, oid in OID.items()
        if oid in values
    ]
    if all(oid in values for oid in (STRASSE, PLZ, ORT)):
        text = f"{values[STRASSE][0]}, {values[PLZ][0]} {values[ORT][0]}"
        trust = _kleiner(_kleiner(values[STRASSE][1], values[PLZ][1]), _kleiner(values[ORT][1], level))
        found.append(Angabe("anschrift", text, trust))
    return Person(values[BPK2][0], level, found, faktor_erfuellt=level != "niedrig")


def _trust(element: etree._Element) -> str:
    """The trust level that the BundID states with an attribute, whatever namespace it is in; empty if none."""
    for name, value in element.attrib.items():
        if etree.QName(str(name)).localname == "TrustLevel":
            return str(value)
    return ""


def _stufe(text: str) -> str:
    return STUFEN.get(text.rsplit("/", 1)[-1].upper(), "niedrig")


def _kleiner(one: str, other: str) -> str:
    return min(one, other, key=RANG.index)


def _text(element: etree._Element, path: str) -> str:
    return str(element.findtext(path, default="", namespaces=NS)).strip()


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return found
