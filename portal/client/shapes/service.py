"""Services, offices, places and life situations."""

from typing import Literal

from pydantic import Field

from portal.client.shapes.basis import Choice, DeadlineView, FeeView, View


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
    options: list[Choice] = Field(default_factory=list)


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
    before: list[ServiceName] = Field(default_factory=list)
    """What must be done first, by law."""


class RelatedService(View):
    """A service that others used too: counted (`genutzt`), or named together in the catalogue (`paket`)."""

    id: str
    name: str
    reason: Literal["genutzt", "paket"]


class RelatedAnswer(View):
    """What others used too."""

    services: list[RelatedService]


class SearchHit(View):
    """A service that was found; `score` 0 to 1."""

    id: str
    nr: int | None
    leika: str | None
    name: str
    score: float


class SearchAnswer(View):
    """Services found."""

    services: list[SearchHit]


class Trait(View):
    """What a person may have."""

    id: str
    label: str
    words: list[str]


class TraitsAnswer(View):
    """All traits."""

    traits: list[Trait]


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
    """The steps of a life situation, in legal order, and the sources of the list."""

    id: str
    title: str
    intro: str
    steps: list[Step]
    notes: list[str]
    sources: list[Source]
