"""A citizen's drafts and cases, and what they consist of."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from portal.client.shapes.basis import Choice, DeadlineView, DisclosureText, FeeView, Scalar, View


class FieldView(View):
    """One field of a draft. `masked`: the value is withheld and `display` shows its last characters only."""

    id: str
    label: str
    question: str
    help: str | None
    type: str
    options: list[Choice]
    required: bool
    value: Scalar
    display: str | None
    sensitive: bool
    masked: bool = False
    source: Literal["stammdaten", "angabe", "mensch", "auswertung"] | None
    source_label: str | None
    date: str | None
    state: Literal["offen", "vorgeschlagen", "beantwortet", "entfaellt"]
    withheld: Literal["auskunftssperre"] | None = None
    """Why nobody outside the register is shown the value, for clerks only."""


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


class KeptDocument(View):
    """A document that she keeps with her own data and could use here. `label` says what it is."""

    id: str
    label: str
    filename: str


class EvidenceView(View):
    """One piece of evidence of a draft."""

    id: str
    label: str
    help: str | None
    required: bool
    state: Literal["offen", "vorhanden", "nachgereicht", "entfaellt"]
    document: DocumentName | None
    kept: list[KeptDocument] = Field(default_factory=list)
    """Shown to herself alone."""


class FileCheck(View):
    """What a file is. `scanner` says what was looked for; None when the scanner did not answer."""

    media_type: str
    scanner: str | None


class SecretView(View):
    """A number in the vault: its reference, and how it may be shown."""

    ref: str
    display: str


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


class SignatureView(View):
    """Whether an application needs a signature on paper. `how` says what to sign and how; empty where nothing is."""

    needed: bool
    reason: str
    law: str
    how: str


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
    release_text: DisclosureText
    """What she agrees to when she releases master data."""
    handover_text: DisclosureText
    """What she reads before she hands it in."""
    signature: SignatureView
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
    elsewhere: str | None = None
    """The other town that is responsible for the place in this draft; handing in can then only prepare."""
    acting: str | None = None
    """Who acts for whom, in a sentence, when the draft is for somebody else."""
    second_parent: Literal["noetig", "angefragt", "bestaetigt", "abgelehnt", "veraltet"] | None = None
    """How the other parent's confirmation of this version stands, where both must declare."""
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


class DeadlineItem(View):
    """One of the citizen's running deadlines, soonest first in a list."""

    name: str
    end: date | None
    """Last day that is safe."""
    possible_until: date | None
    possible_from: date | None
    text: str
    law: str
    reasons: list[str]
    url: str


class InquiryView(View):
    """A question that an office asked on a case."""

    id: str
    name: str
    office: str
    question: str
    due: date | None
    answered: bool
    url: str
