"""What all tables share: the declarative base, encrypted columns, moments with a zone."""

import json
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import MultiFernet
from sqlalchemy import DateTime, Dialect, LargeBinary, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator


class Base(DeclarativeBase):
    """Root of the portal's tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Keyring:
    """The Fernet keys of this process, newest first. Set once at start by `portal.app.create_app`.

    Column types have no access to a request, so the ring is one object that the encrypted columns share.
    """

    def __init__(self) -> None:
        self._fernet: MultiFernet | None = None

    def load(self, fernet: MultiFernet) -> None:
        self._fernet = fernet

    @property
    def fernet(self) -> MultiFernet:
        if self._fernet is None:
            raise RuntimeError("encryption keys are not loaded: call KEYRING.load first")
        return self._fernet


KEYRING = Keyring()


class EncryptedJSON(TypeDecorator[Any]):
    """A JSON value, encrypted at rest (Fernet: AES-128-CBC with HMAC-SHA-256). Cannot be searched."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        return KEYRING.fernet.encrypt(json.dumps(value, ensure_ascii=False).encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(KEYRING.fernet.decrypt(value))


class EncryptedBytes(TypeDecorator[bytes]):
    """Bytes (a file, a PDF), encrypted at rest."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else KEYRING.fernet.encrypt(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else KEYRING.fernet.decrypt(value)


class EncryptedForPerson(TypeDecorator[bytes]):
    """Bytes that were encrypted with a person's own key (portal.schema.schluessel) before they came here."""

    impl = LargeBinary
    cache_ok = True


class Moment(TypeDecorator[datetime]):
    """A moment with a zone; stored as UTC, read as UTC (SQLite keeps no zone of its own)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
