"""One key a person: what is encrypted with it becomes unreadable for ever when the row is deleted."""

import os
from datetime import datetime

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema.base import Base, EncryptedBytes, Moment

NONCE = 12
"""Bytes of the random number in front of each encrypted content."""


class SchluesselZeile(Base):
    """A person's key, wrapped by the master key, and the random id under which she stands in the log's chain."""

    __tablename__ = "schluessel"

    konto_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    inhaber: Mapped[str] = mapped_column(String(36), unique=True)
    schluessel: Mapped[bytes] = mapped_column(EncryptedBytes)
    """256 bits, for AES-GCM."""
    angelegt_utc: Mapped[datetime] = mapped_column(Moment)


def neuer_schluessel() -> bytes:
    """A random key of 256 bits."""
    return AESGCM.generate_key(bit_length=256)


def verschluesseln(schluessel: bytes, inhalt: bytes, wofuer: str) -> bytes:
    """Encrypt (AES-256-GCM). `wofuer` is bound to the result: content moved to another place cannot be opened there."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(schluessel).encrypt(nonce, inhalt, wofuer.encode())


def entschluesseln(schluessel: bytes, verschluesselt: bytes, wofuer: str) -> bytes:
    """Decrypt what `verschluesseln` made; cryptography.exceptions.InvalidTag for a wrong key, place or content."""
    return AESGCM(schluessel).decrypt(verschluesselt[:NONCE], verschluesselt[NONCE:], wofuer.encode())
