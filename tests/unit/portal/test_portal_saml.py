"""BundID's answers: what is believed, and every way to forge one."""

import base64
import copy
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree
from signxml.verifier import XMLVerifier

from portal.services.anbieter import IdentityProofError, Person
from portal.services.anbieter_saml import AKDB, BundId
from tests.support.saml_idp import (
    ATTRIBUTES,
    DS,
    SAML,
    SETTING,
    SP_CERTIFICATE,
    XENC,
    XENC11,
    Answer,
    Lock,
    encode,
    key_and_certificate,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ACS = "https://portal.test/anmelden/bundid/antwort"
REQUEST = "_anfrage"
BUNDID = BundId(SETTING, "https://portal.test")


async def believed(encoded: str, now: datetime = NOW) -> Person:
    return await BUNDID.pruefen(REQUEST, {"begonnen": NOW.isoformat()}, {"SAMLResponse": encoded}, now)


def answer(**changes: object) -> Answer:
    return Answer(REQUEST, NOW, ACS, **changes)  # type: ignore[arg-type]


async def refused(encoded: str, now: datetime = NOW) -> None:
    with pytest.raises(IdentityProofError):
        await believed(encoded, now)


async def test_the_request_is_signed_and_asks_for_what_is_needed() -> None:
    way = await BUNDID.beginnen(REQUEST, NOW)
    xml = base64.b64decode(way.felder["SAMLRequest"])
    signed = XMLVerifier().verify(xml, x509_cert=SP_CERTIFICATE, id_attribute="ID").signed_xml
    assert signed is not None
    assert (signed.get("ID"), way.url) == (REQUEST, "https://bundid.test/sso")
    extension = signed.find(f".//{{{AKDB}}}AuthenticationRequest")
    assert extension is not None
    assert extension.get("Version") == "2"
    names = [e.get("Name") for e in extension.iter(f"{{{AKDB}}}RequestedAttribute")]
    assert "urn:oid:1.3.6.1.4.1.25484.494450.3" in names
    assert extension.findtext(f".//{{{AKDB}}}OnlineServiceId") == "BMI-TEST"


@pytest.mark.parametrize("sign", ["assertion", "response"])
async def test_a_signed_answer_gives_the_person_with_the_trust_of_each_value(sign: str) -> None:
    person = await believed(answer(sign=sign).encoded())
    assert (person.subjekt, person.vertrauen, person.faktor_erfuellt) == ("bpk2-greta", "hoch", True)
    values = {a.feld: (a.wert, a.vertrauen) for a in person.angaben}
    assert values["familienname"] == ("Muster", "hoch")
    assert values["email"] == ("greta@beispiel.example", "niedrig")
    assert values["anschrift"] == ("Probeweg 9, 45879 Gelsenkirchen", "substantiell")


async def test_a_value_is_never_better_proved_than_the_login() -> None:
    weak = tuple((o, "STORK-QAA-Level-1" if v.startswith("STORK") else v, t) for o, v, t in ATTRIBUTES)
    person = await believed(answer(attributes=weak).encoded())
    assert person.vertrauen == "niedrig"
    assert {a.vertrauen for a in person.angaben} == {"niedrig"}
    assert not person.faktor_erfuellt


@pytest.mark.parametrize(
    "wrong",
    [
        {"audience": "https://anderes-portal.test"},
        {"issuer": "https://boese.test"},
        {"in_response_to": "_andere"},
        {"recipient": "https://boese.test/acs"},
        {"acs": "https://boese.test/acs"},
        {"status": "urn:oasis:names:tc:SAML:2.0:status:Responder"},
        {"sign": "none"},
        {"begins": timedelta(minutes=2)},
        {"logged_in": timedelta(seconds=-61)},
        {"logged_in": None},
        {"attributes": tuple(a for a in ATTRIBUTES if a[1] != "bpk2-greta")},
    ],
)
async def test_what_is_wrong_is_refused(wrong: dict[str, object]) -> None:
    acs = str(wrong.pop("acs", ACS))
    await refused(Answer(REQUEST, NOW, acs, **wrong).encoded())  # type: ignore[arg-type]


async def test_an_answer_to_another_request_is_refused() -> None:
    await refused(Answer("_andere", NOW, ACS).encoded())


async def test_an_expired_answer_is_refused() -> None:
    encoded = answer().encoded()
    await believed(encoded, NOW + timedelta(minutes=5, seconds=59))
    await refused(encoded, NOW + timedelta(minutes=6))


async def test_a_foreign_key_is_refused_even_with_its_certificate_inside() -> None:
    key, certificate = key_and_certificate("bundid.test")
    await refused(answer(key=key, certificate=certificate).encoded())


async def test_a_changed_value_breaks_the_signature() -> None:
    response = answer().response()
    for value in response.iter(f"{{{SAML}}}AttributeValue"):
        if value.text == "bpk2-greta":
            value.text = "bpk2-opfer"
    await refused(encode(response))


async def test_wrapping_a_forged_assertion_around_the_signed_one_is_refused() -> None:
    response = answer().response()
    signed = response.find(f"{{{SAML}}}Assertion")
    assert signed is not None
    forged = copy.deepcopy(signed)
    forged.set("ID", "_gefaelscht")
    for value in forged.iter(f"{{{SAML}}}AttributeValue"):
        if value.text == "bpk2-greta":
            value.text = "bpk2-opfer"
    for place in ("beside", "around", "object"):
        attack = copy.deepcopy(response)
        original = attack.find(f"{{{SAML}}}Assertion")
        assert original is not None
        evil = copy.deepcopy(forged)
        if place == "beside":
            attack.insert(1, evil)
        elif place == "around":
            attack.replace(original, evil)
            evil.append(original)
        else:
            attack.replace(original, evil)
            signature = evil.find("{http://www.w3.org/2000/09/xmldsig#}Signature")
            assert signature is not None
            etree.SubElement(signature, "{http://www.w3.org/2000/09/xmldsig#}Object").append(original)
        await refused(encode(attack))


async def test_a_signature_over_something_else_is_refused() -> None:
    response = answer(sign="none").response()
    other = answer(sign="assertion").assertion()
    signature = other.find("{http://www.w3.org/2000/09/xmldsig#}Signature")
    target = response.find(f"{{{SAML}}}Assertion")
    assert signature is not None
    assert target is not None
    target.insert(1, signature)
    await refused(encode(response))


OPEN = [
    Lock(),
    Lock(bits=128, key_beside=True),
    Lock(digest=f"{XENC}sha256"),
    Lock(transport=f"{XENC11}rsa-oaep", digest=f"{XENC}sha256", mask=f"{XENC11}mgf1sha256"),
]
REFUSED = [
    Lock(certificate=key_and_certificate("anderes.test")[1]),
    Lock(transport=f"{XENC}rsa-1_5"),
    Lock(cipher=f"{XENC}aes256-cbc"),
    Lock(cipher=f"{XENC11}aes128-gcm"),
    Lock(digest=f"{DS}md5"),
]


@pytest.mark.parametrize("sign", ["assertion", "response"])
@pytest.mark.parametrize("lock", OPEN)
async def test_an_encrypted_answer_is_opened(sign: str, lock: Lock) -> None:
    encoded = encode(answer(sign=sign).encrypted(lock))
    assert b"Muster" not in base64.b64decode(encoded)
    person = await believed(encoded)
    assert (person.subjekt, person.vertrauen) == ("bpk2-greta", "hoch")


@pytest.mark.parametrize("lock", REFUSED)
async def test_what_is_encrypted_for_others_or_badly_is_refused(lock: Lock) -> None:
    await refused(encode(answer().encrypted(lock)))


async def test_anybody_can_encrypt_so_an_unsigned_encrypted_answer_is_refused() -> None:
    await refused(encode(answer(sign="none").encrypted()))
    key, certificate = key_and_certificate("bundid.test")
    for sign in ("assertion", "response"):
        await refused(encode(answer(sign=sign, key=key, certificate=certificate).encrypted()))


@pytest.mark.parametrize("sign", ["assertion", "response"])
async def test_a_changed_ciphertext_is_refused(sign: str) -> None:
    response = answer(sign=sign).encrypted()
    value = response.findall(f".//{{{XENC}}}CipherValue")[-1]
    raw = bytearray(base64.b64decode(str(value.text)))
    raw[-1] ^= 1
    value.text = base64.b64encode(raw).decode()
    await refused(encode(response))


async def test_a_signed_answer_is_not_believed_for_an_encrypted_one_put_beside_or_in_its_place() -> None:
    forged = answer(
        sign="none", attributes=tuple((o, v.replace("greta", "opfer"), t) for o, v, t in ATTRIBUTES)
    )
    evil = forged.encrypted().find(f"{{{SAML}}}EncryptedAssertion")
    for sign in ("assertion", "response"):
        for beside in (True, False):
            response = answer(sign=sign).response()
            if not beside:
                original = response.find(f"{{{SAML}}}Assertion")
                assert original is not None
                response.remove(original)
            response.append(copy.deepcopy(evil))
            await refused(encode(response))


@pytest.mark.parametrize(
    "wrong", [{"audience": "https://anderes-portal.test"}, {"recipient": "https://boese.test/acs"}]
)
async def test_an_encrypted_answer_for_somebody_else_is_refused(wrong: dict[str, object]) -> None:
    await refused(encode(answer(**wrong).encrypted()))
    await refused(encode(answer().encrypted()), NOW + timedelta(minutes=6))


@pytest.mark.parametrize("content", [b"kein xml", b"<x/>", b"<!DOCTYPE x><x/>", b""])
async def test_bad_documents_inside_the_encryption_are_refused(content: bytes) -> None:
    response = answer().encrypted()
    encrypted = response.find(f"{{{SAML}}}EncryptedAssertion")
    assert encrypted is not None
    response.replace(encrypted, Lock().close(content))
    await refused(encode(response))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"kein xml",
        b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
        b"<x/>",
        b"<a>" * 5000,
    ],
)
async def test_bad_documents_are_refused(raw: bytes) -> None:
    await refused(base64.b64encode(raw).decode())


async def test_what_is_no_base64_is_refused() -> None:
    await refused("%%%")
