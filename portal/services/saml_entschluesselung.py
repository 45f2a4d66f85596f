"""Decrypting a SAML assertion (XML Encryption 1.1) with the portal's own RSA key.

Only RSA-OAEP and AES-GCM: RSA 1.5 and AES-CBC can be attacked through the very act of decrypting, so they are refused. What comes
out is worth nothing yet; whoever calls this checks signatures before or after.
"""

import base64
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree

XENC, XENC11 = "http://www.w3.org/2001/04/xmlenc#", "http://www.w3.org/2009/xmlenc11#"
DS = "http://www.w3.org/2000/09/xmldsig#"
NONCE_BYTES = 12
"""AES-GCM's nonce stands before the ciphertext (XML Encryption 1.1, 5.2.4)."""

AES_GCM: Mapping[str, int] = {f"{XENC11}aes{bits}-gcm": bits // 8 for bits in (128, 192, 256)}
"""Algorithm → bytes of its key."""
OAEP_SHA1, OAEP = f"{XENC}rsa-oaep-mgf1p", f"{XENC11}rsa-oaep"
DIGESTS: Mapping[str, HashAlgorithm] = {
    f"{DS}sha1": SHA1(),  # noqa: S303  # the default of OAEP in the standard; its collisions do not matter here
    f"{XENC}sha256": SHA256(),
    f"{XENC}sha512": SHA512(),
}
MASKS: Mapping[str, HashAlgorithm] = {
    f"{XENC11}mgf1sha1": SHA1(),  # noqa: S303
    f"{XENC11}mgf1sha256": SHA256(),
    f"{XENC11}mgf1sha384": SHA384(),
    f"{XENC11}mgf1sha512": SHA512(),
}


def entschluesseln(encrypted: etree._Element, own_key: str) -> bytes:
    """The bytes of the assertion inside an `EncryptedAssertion`.

    Parameters
    ----------
    own_key
        RSA private key as PEM.

    Raises
    ------
    ValueError
        It is not encrypted for this key, was changed, or uses an algorithm that is refused.
    KeyError
        An algorithm or a part is missing or unknown.
    """
    data = encrypted.findall(f"{{{XENC}}}EncryptedData")
    keys = list(encrypted.iter(f"{{{XENC}}}EncryptedKey"))
    if len(data) != 1 or len(keys) != 1:
        raise ValueError("exactly one key and one text are expected")
    length = AES_GCM[_algorithm(data[0])]
    private = load_pem_private_key(own_key.encode(), None)
    if not isinstance(private, RSAPrivateKey):
        raise ValueError("the own key is no RSA key")
    secret = private.decrypt(_cipher_value(keys[0]), _oaep(keys[0]))
    if len(secret) != length:
        raise ValueError("a key of another length")
    content = _cipher_value(data[0])
    try:
        return AESGCM(secret).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], None)
    except InvalidTag as error:
        raise ValueError("the text was changed") from error


def _method(element: etree._Element) -> etree._Element:
    found = element.find(f"{{{XENC}}}EncryptionMethod")
    if found is None:
        raise ValueError("no algorithm is named")
    return found


def _algorithm(element: etree._Element) -> str:
    return str(_method(element).get("Algorithm"))


def _oaep(key: etree._Element) -> padding.OAEP:
    method, named = _method(key), _algorithm(key)
    if named not in (OAEP_SHA1, OAEP):
        raise ValueError("keys are taken with RSA-OAEP only")
    digest = method.find(f"{{{DS}}}DigestMethod")
    mask = method.find(f"{{{XENC11}}}MGF") if named == OAEP else None
    return padding.OAEP(
        mgf=padding.MGF1(SHA1() if mask is None else MASKS[str(mask.get("Algorithm"))]),  # noqa: S303
        algorithm=SHA1() if digest is None else DIGESTS[str(digest.get("Algorithm"))],  # noqa: S303
        label=None,
    )


def _cipher_value(element: etree._Element) -> bytes:
    text = element.findtext(f"{{{XENC}}}CipherData/{{{XENC}}}CipherValue")
    if text is None:
        raise ValueError("the ciphertext is missing")
    return base64.b64decode("".join(text.split()), validate=True)
