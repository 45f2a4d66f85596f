"""The shapes that use cases give back: those of the service interface (portal.client.shapes), and those of the pages."""

from datetime import date, datetime
from typing import Literal

from portal.client.shapes import (
    AppointmentView,
    CaseView,
    Checklist,
    Choice,
    ConsoleCitizen,
    DataOverview,
    DataSet,
    DeadlineItem,
    DeadlineView,
    DisclosureText,
    DocumentName,
    DocumentView,
    DraftView,
    EvidenceView,
    FeeView,
    FieldView,
    FiledNote,
    InquiryView,
    KeptDocument,
    NextStep,
    NoteLine,
    OfficeView,
    PlaceQuestion,
    PlaceView,
    Progress,
    ProtectionView,
    Recipient,
    RelatedService,
    ReleasedValue,
    ReleasedValues,
    ReleaseView,
    Required,
    ResponsibilityView,
    SearchHit,
    SecretView,
    ServiceName,
    ServiceView,
    SignatureView,
    SlotsView,
    SlotView,
    Source,
    Step,
    StepDeadline,
    SubmitView,
    Trait,
    View,
    WithdrawalView,
)

__all__ = [
    "AppointmentView",
    "CaseDetail",
    "CaseView",
    "Checklist",
    "Choice",
    "ConsentView",
    "ConsoleCitizen",
    "DataOverview",
    "DataSet",
    "DeadlineEntry",
    "DeadlineItem",
    "DeadlineView",
    "DisclosureText",
    "DocumentName",
    "DocumentReleaseView",
    "DocumentView",
    "DraftView",
    "EvidenceView",
    "FeeView",
    "FieldView",
    "FiledNote",
    "InboxEntry",
    "InquiryView",
    "KeptDocument",
    "LogEntry",
    "MessageView",
    "NextStep",
    "NoteLine",
    "NoteView",
    "OfficeView",
    "OwnDocumentView",
    "PlaceQuestion",
    "PlaceView",
    "Progress",
    "ProtectionView",
    "Recipient",
    "RelatedService",
    "ReleaseView",
    "ReleasedDocument",
    "ReleasedValue",
    "ReleasedValues",
    "Required",
    "ResponsibilityView",
    "SearchHit",
    "SecretView",
    "ServiceName",
    "ServiceView",
    "SignatureView",
    "SlotView",
    "SlotsView",
    "Source",
    "StatusStep",
    "Step",
    "StepDeadline",
    "SubmitView",
    "Trait",
    "View",
    "WithdrawalView",
]


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
    documents: tuple["ReleasedDocument", ...] = ()
    notes: tuple["NoteView", ...] = ()
    """Vermerke of the chat, for the office."""


class ReleasedDocument(View):
    """One document of a case, as the office sees it. `marked_copy`: it says that it is a copy; `withdrawn`: taken back unopened."""

    id: str
    label: str
    filename: str
    scanner: str
    marked_copy: bool
    withdrawn: bool


class DocumentReleaseView(View):
    """To which case a document was released. `state`: frei, geoeffnet, widerrufen, since `since`."""

    id: str
    office: str
    reference: str
    state: str
    since: datetime


class OwnDocumentView(View):
    """One of the citizen's documents. `proves`: ids of master data."""

    id: str
    filename: str
    kind: str
    draft_id: str | None
    proves: list[str]
    valid_until: date | None
    expired: bool
    marked_copy: bool
    scanner: str
    size: int
    uploaded_at: datetime
    releases: list[DocumentReleaseView]


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
    """One deadline on the start page.

    Attributes
    ----------
    key
        Stable name, by which reminders and calendars know it.
    kind
        antrag (to hand in), dokument (validity), vorgang (office is slow), rechtsbehelf, abruf, rueckfrage, zahlung.
    end
        Last day that is safe; None where nothing ends.
    possible_until
        Later day that may hold too.
    reasons
        Sentences: from which day, why, by which norm.
    conflict
        Why a human should look at it.
    """

    key: str
    kind: str
    url: str
    draft_id: str | None = None
    possible_until: date | None = None
    reasons: list[str]
    conflict: str | None = None
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

    number: int
    kind: Literal["uebermittlung", "einsicht", "freigabe", "widerruf", "vertretung", "auskunft", "aenderung"]
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
    acting: str | None
    """Who acted for whom, in words; None when she acted for herself."""
    text: str | None
    """What she read before; None where nothing was to be read."""
    text_version: str
    language: str


class NoteView(View):
    """A Vermerk of the chat as the office reads it."""

    id: str
    title: str
    by: str
    at: datetime
    text: str
    lines: list[NoteLine]
    sha256: str


class ConsentView(View):
    """One release: to whom, for what, which fields, on which basis, until when."""

    id: str
    state: str
    """gueltig, unterwegs, verwendet, abgelaufen, widerrufen."""
    purpose: str
    office: str
    authority: str
    fields: list[str]
    legal_basis: str
    given_at: datetime
    valid_until: datetime | None
    withdrawn_at: datetime | None
    text: str
    text_version: str
    language: str
    reference: str | None
    consequence: str | None
    """What a withdrawal would do; None when there is nothing to withdraw."""
