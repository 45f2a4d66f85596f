"""What joins the channels with the portal: codes, one-time links, files that came in."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from handoff.schema.base import Base, EncryptedJSON, Moment


class LinkCodeRow(Base):
    """A code that a logged-in citizen sends through a messenger to link it; good once, for minutes."""

    __tablename__ = "link_codes"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(String(64), index=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class PortalLinkRow(Base):
    """A one-time link under which a conversation goes on in the portal; used by a confirming POST."""

    __tablename__ = "portal_links"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class ChannelFileRow(Base):
    """A file that came through a channel and waits for the citizen to fetch it in the portal."""

    __tablename__ = "channel_files"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    account: Mapped[str | None] = mapped_column(String(64), index=True)
    """Whose it is, once the address is linked; a conversation's account has its files besides."""
    about: Mapped[Any] = mapped_column(EncryptedJSON)
    """`{name, media_type, size, channel, scanner}`; `scanner` is null until it was scanned."""
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """Encrypted (Fernet)."""
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)


class NoticeRow(Base):
    """The key of a portal's notice, or of a channel's message, that was taken over, so that its repetition does nothing."""

    __tablename__ = "channel_notices"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
