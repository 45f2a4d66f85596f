"""Tables of the team lead: switches, the log of changes, satisfaction, marks and the examples that come of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from handoff.schema.base import Base, EncryptedJSON, Moment


class SwitchRow(Base):
    """A service, a topic or the whole assistant, switched off; the row stays when it is switched on again."""

    __tablename__ = "switches"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    """`dienst`, `thema` or `assistent`."""
    title: Mapped[str] = mapped_column(String(200))
    services: Mapped[list[str]] = mapped_column(JSON)
    """Ids of the catalogue; none for the assistant."""
    notice: Mapped[str] = mapped_column(Text)
    """The sentence that citizens read."""
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(String(200))
    ended_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    ended_by: Mapped[str | None] = mapped_column(String(200))


class ChangeRow(Base):
    """One change that a lead or an editor made."""

    __tablename__ = "lead_changes"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    by: Mapped[str] = mapped_column(String(200))
    office: Mapped[str | None] = mapped_column(String(80))
    """Id of the office that it concerns; null: the whole town."""
    what: Mapped[str] = mapped_column(Text)

    __table_args__ = ({"sqlite_autoincrement": True},)


class RatingRow(Base):
    """How satisfied somebody was. Belongs to no conversation and carries the full hour only."""

    __tablename__ = "ratings"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    hour: Mapped[datetime] = mapped_column(Moment, index=True)
    office: Mapped[str | None] = mapped_column(String(80))
    """Office of the human who helped, `*` for the whole town's; null: no human took part."""
    human: Mapped[bool] = mapped_column(Boolean)
    """Whether a human took part."""
    score: Mapped[int] = mapped_column(Integer)
    text: Mapped[Any | None] = mapped_column(EncryptedJSON)
    """Without personal data (`handoff.domain.depersonalise`)."""


class MarkRow(Base):
    """A clerk's mark on a message of the assistant. Nobody is named; without the citizen's yes it goes with the conversation."""

    __tablename__ = "marks"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    verdict: Mapped[str] = mapped_column(String(8))
    """`gut` or `falsch`."""
    wanted: Mapped[Any | None] = mapped_column(EncryptedJSON)
    """What the assistant should have known, in the clerk's words."""


class ExampleRow(Base):
    """A sentence that waits for review, or was reviewed. Names neither a person nor a conversation."""

    __tablename__ = "examples"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    hour: Mapped[datetime] = mapped_column(Moment)
    verdict: Mapped[str] = mapped_column(String(8))
    body: Mapped[Any] = mapped_column(EncryptedJSON)
    """`{text, answer, wanted, handled, consent}`, personal data removed; `handled`: name of the service that the clerk handled, or
    null; `consent`: version of the text that the citizen agreed to."""
    status: Mapped[str] = mapped_column(String(12))
    """`offen`, `angenommen` or `verworfen`."""
    intent: Mapped[str | None] = mapped_column(String(80))
    reviewed_at: Mapped[datetime | None] = mapped_column(Moment)
    reviewed_by: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (Index("ix_examples_status_hour", "status", "hour"),)
