"""The shapes that use cases give back: the same for the service interface, the pages and the tests.

They are those of docs/protocol/dialog.md.
"""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Value = str | int | None


class View(BaseModel):
    """Root of all shapes."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class Choice(View):
    """One option of a field."""

    id: str
    label: str


class FieldView(View):
    """One field of a draft. `masked`: the value is withheld and `display` shows its last characters only."""

    id: str
    label: str
    question: str
    help: str | None
    type: str
    options: list[Choice]
    required: bool
    value: Value
    display: str | None
    sensitive: bool
    masked: bool = False
    source: Literal["stammdaten", "angabe", "mensch"] | None
    source_label: str | None
    date: str | None
    state: Literal["offen", "vorgeschlagen", "beantwortet", "entfaellt"]


class DocumentView(View):
    """An uploaded file, without its bytes."""

    id: str
    filename: str
    media_type: str
    size: int
    sha256: str


class DocumentName(View):
    """A document as a draft names it."""

    id: str
    filename: str


class EvidenceView(View):
    """One piece of evidence of a draft."""

    id: str
    label: str
    help: str | None
    required: bool
    state: Literal["offen", "vorhanden", "nachgereicht", "entfaellt"]
    document: DocumentName | None


class Recipient(View):
    """Who gets the data."""

    office: str
    authority: str


class NextStep(View):
    """What comes next."""

    kind: Literal["release", "field", "evidence", "identity", "wait", "confirm", "done"]
    id: str | None = None
    from_: str | None = Field(default=None, alias="from")


class Progress(View):
    """Settled questions of all that apply."""

    answered: int
    total: int


class FeeView(View):
    """The fee in words; `mark` `geprueft` or `stand_pruefen`."""

    display: str
    mark: str


class DeadlineView(View):
    """A deadline: its last day if it can be counted, and in words."""

    date: str | None
    text: str
    law: str
    mark: str


class DraftView(View):
    """A draft application as one citizen sees it at one level of trust."""

    id: str
    service: str
    name: str
    version: int
    status: Literal["offen", "vorbereitet", "abgegeben", "verworfen"]
    recipient: Recipient
    purpose: str
    legal_basis: str
    release_text_version: str
    fields: list[FieldView]
    evidence: list[EvidenceView]
    next: NextStep
    progress: Progress
    effect: Literal["antrag", "anzeige", "vorbereitung"]
    """What the act means at `trust_level`; what it would mean now: `effect_now`."""
    effect_now: Literal["antrag", "anzeige", "vorbereitung"]
    trust_level: str
    trust: str
    fee: FeeView
    deadline: DeadlineView | None
    changed_at: datetime


class CaseView(View):
    """A case, or a Vorbereitung (then `reference` and `delivered_at` are None)."""

    id: str
    reference: str | None
    service: str
    name: str
    office: str
    status: str
    effect: Literal["antrag", "anzeige", "vorbereitung"]
    delivered_at: datetime | None
    """Moment at which the portal received the case for the office."""
    url: str


class SubmitView(View):
    """The answer to the citizen's confirmation."""

    case: CaseView
    deadline: DeadlineView | None
    draft: DraftView


class StatusStep(View):
    """One step in a case's history."""

    status: str
    text: str
    by: str
    at: datetime


class CaseDetail(View):
    """A case with its package, for the citizen and for the office."""

    case: CaseView
    konto_id: str
    office_id: str
    authority: str
    package: dict[str, object]
    package_sha256: str
    pdf_sha256: str
    history: list[StatusStep]


class InboxEntry(View):
    """One line of an office's inbox."""

    id: str
    reference: str
    name: str
    effect: str
    status: str
    arrived_at: datetime


class MessageView(View):
    """One message of the postbox."""

    id: str
    kind: str
    sender: str
    subject: str
    text: str
    case_id: str | None
    draft_id: str | None
    received_at: datetime
    read_at: datetime | None


class DeadlineEntry(View):
    """One deadline on the start page."""

    draft_id: str
    service: str
    name: str
    end: date | None
    possible_from: date | None
    text: str
    law: str
    mark: str
    settled_at: datetime | None


class LogEntry(View):
    """One entry of the disclosure log."""

    kind: Literal["uebermittlung", "einsicht", "freigabe"]
    at: datetime
    actor: str
    actor_label: str
    office: str
    authority: str
    purpose: str
    legal_basis: str
    reference: str | None
    fields: list[str]
    channel: str
    sha256: str | None
