"""The shapes of docs/protocol/dialog.md, for both sides of the door: the portal answers with them, callers read them."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Scalar = str | int | None


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


class EvidenceView(View):
    """One piece of evidence of a draft."""

    id: str
    label: str
    help: str | None
    required: bool
    state: Literal["offen", "vorhanden", "nachgereicht", "entfaellt"]
    document: DocumentName | None


class FileCheck(View):
    """What a file is. `scanner` says what was looked for; None when the scanner did not answer."""

    media_type: str
    scanner: str | None


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
    elsewhere: str | None = None
    """The other town that is responsible for the place in this draft; handing in can then only prepare."""
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


class SubmitView(View):
    """The answer to the citizen's confirmation."""

    case: CaseView
    deadline: DeadlineView | None
    draft: DraftView


class OfficeView(View):
    """An office; what is not known is None."""

    id: str
    name: str
    authority: str
    address: str | None
    phone: str | None
    hours: str | None
    url: str | None
    contact: str | None = None
    """Whom to ask for, by function."""
    mark: str = "stand_pruefen"


class PlaceView(View):
    """A municipality. `county` is None where the town is its own Kreis."""

    ags: str
    ars: str | None
    name: str
    authority: str
    county: str | None


class PlaceQuestion(View):
    """What has to be asked to know the place; `options` have the AGS as id."""

    ask: Literal["plz", "strasse", "ort"]
    text: str
    options: list[Choice] = []


class ResponsibilityView(View):
    """Who is responsible for a service. `here`: this town or a body for everybody; None while something has to be asked."""

    service: str
    name: str
    found_by: Literal["W", "S", "B", "O", "X"]
    plz: str | None = None
    basis: Literal["angabe", "entwurf", "stammdaten"] | None = None
    """Where the PLZ comes from: the question, an answer in a draft, the master data."""
    question: PlaceQuestion | None = None
    place: PlaceView | None
    here: bool | None
    office: OfficeView | None
    text: str


class Required(View):
    """One document that a service needs."""

    label: str
    help: str | None
    required: bool


class Source(View):
    """A source of a service's values."""

    label: str
    mark: str


class ProtectionView(View):
    """Why a service's data stay with their office unless the citizen agrees, and by which law."""

    kind: Literal["sozialdaten", "steuerdaten", "besonders"]
    law: str


class RequestView(View):
    """A request that became a case."""

    case: str
    reference: str
    service: str
    office: str
    delivered_at: datetime
    url: str | None
    """Where its citizen finds it; None without an account."""


class ServiceName(View):
    """A service by its name."""

    id: str
    name: str


class ServiceView(View):
    """A service as of today."""

    id: str
    nr: int | None
    leika: str | None
    name: str
    short: str
    text: str
    hint: str | None
    office: OfficeView
    fee: FeeView
    deadline: DeadlineView | None
    duration: str | None
    ways: list[str]
    trust_level: str | None
    effect: str
    online_hint: str | None
    in_person: str | None
    data: list[str]
    documents: list[Required]
    law: list[str]
    sources: list[Source]
    related: list[str]
    sensitive: bool
    url: str
    protection: ProtectionView | None = None
    appointment: bool = False
    """Whether an appointment can be booked for it (`GET /services/{id}/slots`)."""
    before: list[ServiceName] = []
    """What must be done first, by law."""


class RelatedService(View):
    """A service that others used too: counted (`genutzt`), or named together in the catalogue (`paket`)."""

    id: str
    name: str
    reason: Literal["genutzt", "paket"]


class RelatedAnswer(View):
    """What others used too."""

    services: list[RelatedService]


class SlotView(View):
    """One free appointment."""

    id: str
    start: datetime
    end: datetime
    display: str


class AppointmentView(View):
    """A citizen's appointment."""

    id: str
    number: str
    service: str
    name: str
    office: str
    address: str | None
    start: datetime
    end: datetime
    display: str
    status: Literal["gebucht", "abgesagt", "vergangen"]
    bring: list[str]
    url: str
    calendar_url: str


class SlotsView(View):
    """The next free appointments for a service.

    `note`: what citizens must know of this calendar. `hours_known`: false where nobody named the office's hours, so that
    no slots does not mean that all are taken.
    """

    service: str
    name: str
    office: str
    address: str | None
    bring: list[str]
    note: str | None
    hours_known: bool
    slots: list[SlotView]
    later_from: str | None
    """ISO day from which further ones are found; None after the last."""


class SearchHit(View):
    """A service that was found; `score` 0 to 1."""

    id: str
    nr: int | None
    leika: str | None
    name: str
    score: float


class Trait(View):
    """What a person may have."""

    id: str
    label: str
    words: list[str]


class StepDeadline(View):
    """A step's deadline in words."""

    text: str
    law: str
    mark: str


class Step(View):
    """One step of a life situation. `applies`: certain for this person; otherwise only if she has `trait`."""

    service: str
    name: str
    deadline: StepDeadline | None
    depends_on: list[str]
    blocking: bool
    note: str | None
    optional: bool
    trait: str | None
    applies: bool
    done: bool


class Checklist(View):
    """The steps of a life situation, in legal order."""

    id: str
    title: str
    intro: str
    steps: list[Step]
    notes: list[str]


class SecretView(View):
    """A number in the vault: its reference, and how it may be shown."""

    ref: str
    display: str


class Me(View):
    """Whom a conversation belongs to."""

    bound: bool
    trust: str | None
    first_name: str | None


class DataOverview(View):
    """What lies about a citizen, in short, and what became of it lately. Names of fields, never their values."""

    fields: list[str]
    documents: int
    consents: int
    """Releases that can still be withdrawn."""
    recent: list[str]
    """Sentences, the newest first: when, who, what."""


class SearchAnswer(View):
    """Services found."""

    services: list[SearchHit]


class TraitsAnswer(View):
    """All traits."""

    traits: list[Trait]


class Value(View):
    """One unmasked value."""

    value: Scalar


class DataSet(View):
    """Master data that a clerk may ask for in one go; `fields` are the labels of what is stored."""

    id: str
    label: str
    fields: list[str]


class ConsoleCitizen(View):
    """What the console knows of a citizen: none of her data, only which she could release."""

    trust: str
    address_locked: bool
    """An Auskunftssperre: her address is shown nowhere."""
    data_sets: list[DataSet]


class ReleaseView(View):
    """What a citizen released to a clerk's office in the chat; `fields` are labels."""

    id: str
    label: str
    fields: list[str]
    document: bool


class ReleasedValue(View):
    """One released value. `date` is the ISO day from which it is known."""

    label: str
    value: str
    source: str
    date: str


class ReleasedValues(View):
    """The values of one release."""

    values: list[ReleasedValue]


class FiledNote(View):
    """A Vermerk that was filed; `reference` is the case's, None while it is not handed in."""

    id: str
    sha256: str
    service: str
    office: str
    reference: str | None


class NoteLine(View):
    """One message of a chat as a Vermerk keeps it. `author`: who, by function."""

    at: datetime
    author: str
    text: str
