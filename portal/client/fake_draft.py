"""A draft of the fake portal: its service, its answers, and how it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from portal.client.errors import InvalidValueError, NotFoundError
from portal.client.shapes import (
    DocumentName,
    DraftView,
    EvidenceView,
    FeeView,
    FieldView,
    NextStep,
    Progress,
    Recipient,
    ResponsibilityView,
    Scalar,
    ServiceView,
    SlotsView,
)

LEVELS = ("niedrig", "substantiell", "hoch")


@dataclass(frozen=True)
class FakeField:
    """A field of a fake service. `offer`: what master data would fill in; `accepts`: the only values that fit, if any."""

    id: str
    label: str
    type: str = "text"
    required: bool = True
    offer: str | None = None
    accepts: tuple[str, ...] = ()


@dataclass(frozen=True)
class FakeService:
    """A service of the fake portal. `possible_from`: first day (ISO) of the declaration; `slots`: its appointments."""

    view: ServiceView
    fields: tuple[FakeField, ...]
    evidence: tuple[tuple[str, str], ...] = ()
    trust_level: str = "niedrig"
    effect: str = "anzeige"
    possible_from: str | None = None
    slots: SlotsView | None = None
    responsible: Mapping[str, ResponsibilityView] = field(default_factory=dict)
    """Answers by PLZ; `""`: what is said without one."""


@dataclass
class FakeDraft:
    """One citizen's draft."""

    id: str
    service: FakeService
    version: int = 1
    status: str = "offen"
    values: dict[str, Scalar] = field(default_factory=dict)
    proposed: dict[str, str] = field(default_factory=dict)
    released: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, str | None] = field(default_factory=dict)

    def set(self, name: str, value: Scalar) -> None:
        """Answer one field; raises NotFoundError, InvalidValueError."""
        spec = next((f for f in self.service.fields if f.id == name), None)
        if spec is None:
            raise NotFoundError("nicht_gefunden", "Dieses Feld gibt es nicht.", status=404, field=name)
        if value is not None and spec.accepts and str(value) not in spec.accepts:
            raise InvalidValueError("wert_ungueltig", "Der Wert passt nicht.", status=422, field=name)
        self.proposed.pop(name, None)
        if value is None and spec.required:
            self.values.pop(name, None)
        else:
            self.values[name] = value

    def early(self, now: datetime) -> bool:
        """Whether the first day of the declaration has not come."""
        first = self.service.possible_from
        return first is not None and first > now.date().isoformat()

    def effect_at(self, trust: str) -> str:
        """What handing in means at this level of trust."""
        enough = LEVELS.index(trust) >= LEVELS.index(self.service.trust_level)
        return self.service.effect if enough else "vorbereitung"

    def _next(self, trust: str, now: datetime) -> NextStep:
        if self.status in ("abgegeben", "verworfen"):
            return NextStep(kind="done")
        if self.proposed:
            return NextStep(kind="release")
        for spec in self.service.fields:
            if spec.id not in self.values:
                return NextStep(kind="field", id=spec.id)
        for evidence, _ in self.service.evidence:
            if evidence not in self.evidence:
                return NextStep(kind="evidence", id=evidence)
        if self.early(now):
            return NextStep.model_validate({"kind": "wait", "from": self.service.possible_from})
        if self.effect_at(trust) == "vorbereitung":
            return NextStep(kind="done" if self.status == "vorbereitet" else "identity")
        return NextStep(kind="confirm")

    def view(self, trust: str, now: datetime, *, masked: bool = False) -> DraftView:
        """The draft as its citizen sees it."""
        service = self.service
        fields = [self._field(spec, now, masked=masked) for spec in service.fields]
        answered = sum(f.state == "beantwortet" for f in fields) + len(self.evidence)
        return DraftView.model_validate(
            {
                "id": self.id,
                "service": service.view.id,
                "name": service.view.name,
                "version": self.version,
                "status": self.status,
                "recipient": Recipient(
                    office=service.view.office.name, authority=service.view.office.authority
                ),
                "purpose": f"Bearbeitung Ihres Anliegens „{service.view.name}“",
                "legal_basis": ", ".join(service.view.law),
                "release_text": {"text": "Freigabetext", "version": "fake", "language": "de"},
                "handover_text": {"text": "Abgabetext", "version": "fake", "language": "de"},
                "signature": {"needed": False, "reason": "Keine Schriftform.", "law": "", "how": ""},
                "fields": fields,
                "evidence": [
                    EvidenceView.model_validate(
                        {
                            "id": name,
                            "label": label,
                            "help": None,
                            "required": True,
                            "state": "offen"
                            if name not in self.evidence
                            else ("vorhanden" if self.evidence[name] else "nachgereicht"),
                            "document": DocumentName(id=doc, filename="nachweis.pdf")
                            if (doc := self.evidence.get(name))
                            else None,
                        }
                    )
                    for name, label in service.evidence
                ],
                "next": self._next(trust, now),
                "progress": Progress(answered=answered, total=len(fields) + len(service.evidence)),
                "effect": service.effect,
                "effect_now": self.effect_at(trust),
                "trust_level": service.trust_level,
                "trust": trust,
                "fee": FeeView(display=service.view.fee.display, mark=service.view.fee.mark),
                "deadline": service.view.deadline,
                "changed_at": now,
            }
        )

    def _field(self, spec: FakeField, now: datetime, *, masked: bool) -> FieldView:
        proposed = spec.id in self.proposed
        value = self.proposed.get(spec.id) if proposed else self.values.get(spec.id)
        shown = (spec.id in self.values or proposed) and not (proposed and masked)
        state = "vorgeschlagen" if proposed else ("beantwortet" if spec.id in self.values else "offen")
        return FieldView.model_validate(
            {
                "id": spec.id,
                "label": spec.label,
                "question": spec.label,
                "help": None,
                "type": spec.type,
                "options": [],
                "required": spec.required,
                "value": value if shown else None,
                "display": (str(value) if value is not None else "keine Angabe") if shown else None,
                "sensitive": False,
                "source": ("stammdaten" if proposed else "angabe") if shown else None,
                "source_label": "Ihre Angabe" if shown else None,
                "date": now.date().isoformat() if shown else None,
                "state": state,
            }
        )
