"""A SAML identity provider of the test: signs what the test wants to have signed."""

import base64
import os
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.signer import XMLSigner

from portal.settings import BundIdSetting

SAMLP, SAML = "urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:2.0:assertion"
XENC, XENC11 = "http://www.w3.org/2001/04/xmlenc#", "http://www.w3.org/2009/xmlenc11#"
DS = "http://www.w3.org/2000/09/xmldsig#"
ENTITY, SSO = "https://bundid.test/idp", "https://bundid.test/sso"
OWN = "https://portal.test/sp"


def key_and_certificate(name: str) -> tuple[str, str]:
    """A new RSA key with a certificate that it signed itself, both PEM."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return pem, certificate.public_bytes(Encoding.PEM).decode()


IDP_KEY, IDP_CERTIFICATE = key_and_certificate("bundid.test")
SP_KEY, SP_CERTIFICATE = key_and_certificate("portal.test")
SETTING = BundIdSetting(SSO, ENTITY, IDP_CERTIFICATE, OWN, SP_KEY, SP_CERTIFICATE, "BMI-TEST")

ATTRIBUTES = (
    ("2.5.4.42", "Greta", "STORK-QAA-Level-4"),
    ("2.5.4.4", "Muster", "STORK-QAA-Level-4"),
    ("1.2.40.0.10.2.1.1.55", "1990-01-31", "STORK-QAA-Level-4"),
    ("2.5.4.16", "Probeweg 9", "STORK-QAA-Level-4"),
    ("2.5.4.17", "45879", "STORK-QAA-Level-4"),
    ("2.5.4.7", "Gelsenkirchen", "STORK-QAA-Level-3"),
    ("0.9.2342.19200300.100.1.3", "greta@beispiel.example", "STORK-QAA-Level-1"),
    ("1.3.6.1.4.1.25484.494450.3", "bpk2-greta", ""),
    ("1.2.40.0.10.2.1.1.261.94", "STORK-QAA-Level-4", ""),
)


@dataclass
class Answer:
    """An answer of the BundID; a test changes what it wants to have wrong."""

    request: str
    now: datetime
    acs: str
    audience: str = OWN
    issuer: str = ENTITY
    status: str = "urn:oasis:names:tc:SAML:2.0:status:Success"
    lasts: timedelta = timedelta(minutes=5)
    logged_in: timedelta | None = timedelta(0)
    """When the person logged in at the BundID, from `now` on; None: it does not say."""
    begins: timedelta = timedelta(0)
    attributes: tuple[tuple[str, str, str], ...] = ATTRIBUTES
    key: str = IDP_KEY
    certificate: str = IDP_CERTIFICATE
    sign: str = "assertion"
    in_response_to: str | None = None
    recipient: str | None = None
    id: str = field(default_factory=lambda: f"_{uuid.uuid4().hex}")

    def assertion(self) -> etree._Element:
        end, begin = _instant(self.now + self.lasts), _instant(self.now + self.begins)
        request = self.in_response_to or self.request
        root = etree.Element(
            f"{{{SAML}}}Assertion",
            {"ID": self.id, "Version": "2.0", "IssueInstant": _instant(self.now)},
            nsmap={"saml": SAML},
        )
        _sub(root, "Issuer", text=self.issuer)
        subject = _sub(root, "Subject")
        _sub(subject, "NameID", text="einmal")
        confirmation = _sub(subject, "SubjectConfirmation", Method="urn:oasis:names:tc:SAML:2.0:cm:bearer")
        _sub(
            confirmation,
            "SubjectConfirmationData",
            InResponseTo=request,
            Recipient=self.recipient or self.acs,
            NotOnOrAfter=end,
        )
        conditions = _sub(root, "Conditions", NotBefore=begin, NotOnOrAfter=end)
        _sub(_sub(conditions, "AudienceRestriction"), "Audience", text=self.audience)
        if self.logged_in is not None:
            _sub(root, "AuthnStatement", AuthnInstant=_instant(self.now + self.logged_in))
        statement = _sub(root, "AttributeStatement")
        for oid, value, trust in self.attributes:
            attribute = _sub(statement, "Attribute", Name=f"urn:oid:{oid}")
            if trust:
                attribute.set("TrustLevel", trust)
            _sub(attribute, "AttributeValue", text=value)
        return self.signed(root) if self.sign == "assertion" else root

    def response(self) -> etree._Element:
        root = etree.Element(
            f"{{{SAMLP}}}Response",
            {
                "ID": f"_{uuid.uuid4().hex}",
                "Version": "2.0",
                "IssueInstant": _instant(self.now),
                "Destination": self.acs,
                "InResponseTo": self.request,
            },
            nsmap={"samlp": SAMLP, "saml": SAML},
        )
        _sub(root, "Issuer", text=self.issuer)
        status = etree.SubElement(root, f"{{{SAMLP}}}Status")
        etree.SubElement(status, f"{{{SAMLP}}}StatusCode", Value=self.status)
        root.append(self.assertion())
        return self.signed(root) if self.sign == "response" else root

    def signed(self, element: etree._Element) -> etree._Element:
        signer = XMLSigner(c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#")
        return signer.sign(
            element, key=self.key, cert=self.certificate, reference_uri=element.get("ID"), id_attribute="ID"
        )

    def encoded(self) -> str:
        return encode(self.response())

    def encrypted(self, lock: "Lock | None" = None) -> etree._Element:
        """The answer with its assertion encrypted; with `sign="response"` the signature covers the encrypted form."""
        sign, self.sign = self.sign, "none" if self.sign == "response" else self.sign
        root = self.response()
        self.sign = sign
        assertion = root.find(f"{{{SAML}}}Assertion")
        assert assertion is not None
        root.replace(assertion, (lock or Lock()).close(etree.tostring(assertion)))
        return self.signed(root) if sign == "response" else root


@dataclass
class Lock:
    """How an assertion is encrypted; a test changes what it wants to have wrong."""

    certificate: str = SP_CERTIFICATE
    bits: int = 256
    transport: str = f"{XENC}rsa-oaep-mgf1p"
    cipher: str | None = None
    digest: str | None = None
    mask: str | None = None
    key_beside: bool = False

    def close(self, content: bytes) -> etree._Element:
        secret, nonce = AESGCM.generate_key(self.bits), os.urandom(12)
        public = x509.load_pem_x509_certificate(self.certificate.encode()).public_key()
        assert isinstance(public, rsa.RSAPublicKey)
        oaep = padding.OAEP(
            padding.MGF1(hashes.SHA256() if self.mask else hashes.SHA1()),
            hashes.SHA256() if self.digest else hashes.SHA1(),
            None,
        )
        wrapped = public.encrypt(secret, padding.PKCS1v15() if self.transport.endswith("rsa-1_5") else oaep)
        root = etree.Element(f"{{{SAML}}}EncryptedAssertion", nsmap={"saml": SAML, "xenc": XENC, "ds": DS})
        data = etree.SubElement(root, f"{{{XENC}}}EncryptedData", Type=f"{XENC}Element")
        cipher = self.cipher or f"{XENC11}aes{self.bits}-gcm"
        etree.SubElement(data, f"{{{XENC}}}EncryptionMethod", Algorithm=cipher)
        place = root if self.key_beside else etree.SubElement(data, f"{{{DS}}}KeyInfo")
        key = etree.SubElement(place, f"{{{XENC}}}EncryptedKey")
        method = etree.SubElement(key, f"{{{XENC}}}EncryptionMethod", Algorithm=self.transport)
        if self.digest:
            etree.SubElement(method, f"{{{DS}}}DigestMethod", Algorithm=self.digest)
        if self.mask:
            etree.SubElement(method, f"{{{XENC11}}}MGF", Algorithm=self.mask)
        _cipher(key, wrapped)
        _cipher(data, nonce + AESGCM(secret).encrypt(nonce, content, None))
        return root


def _cipher(parent: etree._Element, content: bytes) -> None:
    value = etree.SubElement(etree.SubElement(parent, f"{{{XENC}}}CipherData"), f"{{{XENC}}}CipherValue")
    value.text = base64.encodebytes(content).decode()


def encode(element: etree._Element) -> str:
    return base64.b64encode(etree.tostring(element)).decode()


def _sub(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{SAML}}}{name}", attributes)
    child.text = text
    return child


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
