"""A portal in memory, for tests of its callers. `tests/contract/portal` runs it and the real one through one suite."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from portal.client.errors import (
    AlreadyBookedError,
    DraftChangedError,
    IncompleteError,
    NoAppointmentsError,
    NotFoundError,
    NotLoggedInError,
    PortalError,
    SlotTakenError,
    TooEarlyError,
)
from portal.client.fake_draft import FakeDraft, FakeField, FakeService
from portal.client.shapes import (
    AppointmentView,
    CaseView,
    Checklist,
    ConsentItem,
    DataOverview,
    DeadlineItem,
    DraftView,
    InquiryView,
    Me,
    MessageItem,
    ResponsibilityView,
    Scalar,
    SearchHit,
    ServiceView,
    SlotsView,
    SlotView,
    SubmitView,
    Trait,
    WithdrawalView,
)

T = TypeVar("T")

__all__ = ["FakeField", "FakePortal", "FakeService"]


class FakePortal:
    """The methods of `PortalClient`, without a network and without rules of law.

    Parameters
    ----------
    services, checklists, trait_list
        What the catalogue holds.
    """

    def __init__(
        self,
        services: Sequence[FakeService],
        checklists: Sequence[Checklist] = (),
        trait_list: Sequence[Trait] = (),
        now: datetime = datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    ) -> None:
        self._services = {s.view.id: s for s in services}
        self._checklists = {c.id: c for c in checklists}
        self._traits = list(trait_list)
        self._now = now
        self._trust: dict[str, str] = {}
        self.running_deadlines: list[DeadlineItem] = []
        self.unread: list[MessageItem] = []
        self.open_consents: list[ConsentItem] = []
        self.withdrawn: dict[str, str] = {}
        """Consent → key of its withdrawal."""
        self.open_inquiries: list[InquiryView] = []
        self.answers: dict[str, tuple[str, str]] = {}
        """Inquiry → key and text of her answer."""
        self.locked: set[str] = set()
        """Conversations whose citizen has locked her account."""
        self._drafts: dict[str, dict[str, FakeDraft]] = {}
        self._current: dict[str, str] = {}
        self._cases: dict[str, list[CaseView]] = {}
        self._answers: dict[tuple[str, str], tuple[str, object]] = {}
        self._appointments: dict[str, dict[str, AppointmentView]] = {}

    def log_in(self, conversation_id: str, trust: str = "niedrig") -> None:
        """Bind a conversation to a citizen of its own, or raise her trust."""
        self._trust[conversation_id] = trust

    def log_out(self, conversation_id: str) -> None:
        """End the session; the drafts stay."""
        self._trust.pop(conversation_id, None)

    async def close(self) -> None:
        """Nothing to close."""

    async def me(self, conversation_id: str) -> Me:
        trust = self._trust.get(conversation_id)
        return Me(bound=trust is not None, trust=trust, first_name=None)

    async def data_overview(self, conversation_id: str) -> DataOverview:
        self._bound(conversation_id)
        sent = [
            f"{case.office} hat Angaben bekommen ({case.name})"
            for case in reversed(self._cases.get(conversation_id, []))
        ]
        return DataOverview(fields=["Familienname"], documents=0, consents=0, recent=sent[:3])

    async def search(self, conversation_id: str, words: str, *, limit: int = 5) -> list[SearchHit]:
        wanted = set(words.lower().split())
        hits = [s.view for s in self._services.values() if wanted & set(s.view.name.lower().split())]
        return [SearchHit(id=v.id, nr=v.nr, leika=v.leika, name=v.name, score=1.0) for v in hits[:limit]]

    async def service(self, conversation_id: str, service: str) -> ServiceView:
        return self._service(service).view

    def _service(self, service: str) -> FakeService:
        if service not in self._services:
            raise NotFoundError("nicht_gefunden", "Diese Leistung kenne ich nicht.", status=404)
        return self._services[service]

    async def responsibility(
        self, conversation_id: str, service: str, *, plz: str = "", strasse: str = "", ort: str = ""
    ) -> ResponsibilityView:
        known = self._service(service)
        if plz and not (len(plz) == 5 and plz.isdigit()):
            message = "Eine Postleitzahl hat fünf Ziffern."
            raise PortalError("eingabe_ungueltig", message, status=422, field="plz")
        if plz in known.responsible:
            return known.responsible[plz]
        return ResponsibilityView(
            service=service,
            name=known.view.name,
            found_by="X",
            place=None,
            here=True,
            office=known.view.office,
            text=f"Zuständig ist: {known.view.office.name}, {known.view.office.authority}.",
        )

    async def checklist(
        self, conversation_id: str, situation: str, *, traits: Sequence[str] = (), without: Sequence[str] = ()
    ) -> Checklist:
        if situation not in self._checklists:
            raise NotFoundError("nicht_gefunden", "Diese Lebenslage kenne ich nicht.", status=404)
        found = self._checklists[situation]
        steps = [
            s.model_copy(update={"applies": s.trait is None or s.trait in traits})
            for s in found.steps
            if s.trait not in without
        ]
        return found.model_copy(update={"steps": steps})

    async def traits(self, conversation_id: str) -> list[Trait]:
        return list(self._traits)

    async def cases(self, conversation_id: str) -> list[CaseView]:
        self._bound(conversation_id)
        return list(reversed(self._cases.get(conversation_id, [])))

    async def deadlines(self, conversation_id: str) -> list[DeadlineItem]:
        self._bound(conversation_id)
        return list(self.running_deadlines)

    async def messages(self, conversation_id: str) -> list[MessageItem]:
        self._bound(conversation_id)
        return list(self.unread)

    async def consents(self, conversation_id: str) -> list[ConsentItem]:
        self._bound(conversation_id)
        return [one for one in self.open_consents if one.id not in self.withdrawn]

    async def withdraw_consent(self, conversation_id: str, consent: str, *, key: str) -> WithdrawalView:
        self._bound(conversation_id)
        if all(one.id != consent for one in self.open_consents):
            raise NotFoundError("nicht_gefunden", "Diese Einwilligung gibt es nicht.", status=404)
        if self.withdrawn.setdefault(consent, key) != key:
            raise PortalError("konflikt", "Diese Einwilligung haben Sie schon widerrufen.", status=409)
        return WithdrawalView(outcome="komfort", text="Widerrufen.")

    async def inquiries(self, conversation_id: str) -> list[InquiryView]:
        self._bound(conversation_id)
        return [one for one in self.open_inquiries if one.id not in self.answers]

    async def answer_inquiry(self, conversation_id: str, inquiry: str, text: str, *, key: str) -> InquiryView:
        self._bound(conversation_id)
        found = next((one for one in self.open_inquiries if one.id == inquiry), None)
        if found is None:
            raise NotFoundError("nicht_gefunden", "Diese Rückfrage gibt es nicht.", status=404)
        if self.answers.get(inquiry, (key, ""))[0] != key:
            raise PortalError("konflikt", "Diese Rückfrage haben Sie schon beantwortet.", status=409)
        self.answers[inquiry] = (key, text)
        return found.model_copy(update={"answered": True})

    async def slots(
        self, conversation_id: str, service: str, *, from_: str | None = None, limit: int = 5
    ) -> SlotsView:
        view = self._calendar(service)
        free = [
            slot
            for slot in view.slots
            if not self._taken(slot.id) and (from_ is None or slot.start.date().isoformat() >= from_)
        ]
        later = free[limit].start.date().isoformat() if len(free) > limit else None
        return view.model_copy(update={"slots": free[:limit], "later_from": later})

    def _calendar(self, service: str) -> SlotsView:
        found = self._service(service).slots
        if found is None:
            raise NoAppointmentsError("kein_termin", "Dafür gibt es hier keine Termine.", status=409)
        return found

    def _taken(self, slot: str) -> bool:
        mine = (one for booked in self._appointments.values() for one in booked.values())
        return any(one.status == "gebucht" and one.number == f"T-{slot}" for one in mine)

    def _slot(self, service: str, slot: str) -> SlotView:
        found = next((one for one in self._calendar(service).slots if one.id == slot), None)
        if found is None or self._taken(slot):
            raise SlotTakenError("termin_vergeben", "Dieser Zeitpunkt ist nicht mehr frei.", status=409)
        return found

    async def appointments(self, conversation_id: str) -> list[AppointmentView]:
        self._bound(conversation_id)
        mine = self._appointments.get(conversation_id, {}).values()
        return sorted((one for one in mine if one.status == "gebucht"), key=lambda one: one.start)

    async def book(self, conversation_id: str, service: str, slot: str, *, key: str) -> AppointmentView:
        if (stored := self._stored(conversation_id, key, "book")) is not None:
            return AppointmentView.model_validate(stored)
        calendar = self._calendar(service)
        if any(one.service == service for one in await self.appointments(conversation_id)):
            raise AlreadyBookedError("termin_vorhanden", "Sie haben schon einen Termin.", status=409)
        found = self._slot(service, slot)
        own_id = str(uuid.uuid4())
        view = AppointmentView.model_validate(
            {
                **calendar.model_dump(include={"service", "name", "office", "address", "bring"}),
                **found.model_dump(include={"start", "end", "display"}),
                "id": own_id,
                "number": f"T-{slot}",
                "status": "gebucht",
                "url": f"/mein/termine/{own_id}",
                "calendar_url": f"/mein/termine/{own_id}/termin.ics",
            }
        )
        return self._booked(conversation_id, key, "book", view)

    async def move(self, conversation_id: str, appointment: str, slot: str, *, key: str) -> AppointmentView:
        if (stored := self._stored(conversation_id, key, "move")) is not None:
            return AppointmentView.model_validate(stored)
        own = self._own(conversation_id, appointment)
        found = self._slot(own.service, slot)
        update = {**found.model_dump(include={"start", "end", "display"}), "number": f"T-{slot}"}
        return self._booked(conversation_id, key, "move", own.model_copy(update=update))

    async def cancel(self, conversation_id: str, appointment: str, *, key: str) -> AppointmentView:
        if (stored := self._stored(conversation_id, key, "cancel")) is not None:
            return AppointmentView.model_validate(stored)
        own = self._own(conversation_id, appointment)
        return self._booked(conversation_id, key, "cancel", own.model_copy(update={"status": "abgesagt"}))

    def _own(self, conversation_id: str, appointment: str) -> AppointmentView:
        found = self._appointments.get(conversation_id, {}).get(appointment)
        if found is None:
            raise NotFoundError("nicht_gefunden", "Diesen Termin gibt es nicht.", status=404)
        if found.status != "gebucht":
            raise PortalError("termin_vorbei", "Dieser Termin ist abgesagt.", status=409)
        return found

    def _booked(self, conversation_id: str, key: str, call: str, view: AppointmentView) -> AppointmentView:
        self._appointments.setdefault(conversation_id, {})[view.id] = view
        self._answers[(conversation_id, key)] = (call, view)
        return view

    async def open_draft(self, conversation_id: str, service: str, *, key: str) -> DraftView:
        self._bound(conversation_id)
        known = self._service(service)
        drafts = self._drafts.setdefault(conversation_id, {})
        found = next(
            (
                d
                for d in drafts.values()
                if d.service.view.id == service and d.status in ("offen", "vorbereitet")
            ),
            None,
        )
        if found is None:
            found = FakeDraft(
                str(uuid.uuid4()), known, proposed={f.id: f.offer for f in known.fields if f.offer}
            )
            drafts[found.id] = found
        self._current[conversation_id] = found.id
        return self._view(conversation_id, found)

    async def current_draft(self, conversation_id: str, *, masked: bool = False) -> DraftView:
        self._bound(conversation_id)
        if conversation_id not in self._current:
            raise NotFoundError(
                "kein_entwurf", "In dieser Unterhaltung ist kein Antrag begonnen.", status=404
            )
        return self._view(
            conversation_id, self._drafts[conversation_id][self._current[conversation_id]], masked
        )

    async def put_field(
        self,
        conversation_id: str,
        draft: str,
        field: str,
        value: Scalar,
        *,
        version: int,
        key: str,
        by: str = "citizen",
        secret_ref: str | None = None,
    ) -> DraftView:
        if (stored := self._stored(conversation_id, key, f"field:{field}")) is not None:
            return DraftView.model_validate(stored)
        found = self._changeable(conversation_id, draft, version)
        found.set(field, secret_ref or value)
        return self._changed(conversation_id, found, key, f"field:{field}")

    async def release(
        self,
        conversation_id: str,
        draft: str,
        *,
        freigeben: Sequence[str],
        aendern: Mapping[str, Scalar],
        version: int,
        key: str,
    ) -> DraftView:
        if (stored := self._stored(conversation_id, key, "release")) is not None:
            return DraftView.model_validate(stored)
        found = self._changeable(conversation_id, draft, version)
        trial = replace(found, values=dict(found.values), proposed={})
        for name, value in aendern.items():
            trial.set(name, value)
        for spec in found.service.fields:
            if spec.id in found.proposed and spec.id not in aendern:
                if spec.id in freigeben:
                    trial.values[spec.id] = found.proposed[spec.id]
                elif not spec.required:
                    trial.values[spec.id] = None
        found.released = {name: value for name, value in found.proposed.items() if name in freigeben}
        found.values, found.proposed = trial.values, {}
        return self._changed(conversation_id, found, key, "release")

    async def withdraw_draft_release(self, conversation_id: str, draft: str, *, key: str) -> DraftView:
        if (stored := self._stored(conversation_id, key, "withdrawal")) is not None:
            return DraftView.model_validate(stored)
        found = self._drafts.get(conversation_id, {}).get(draft)
        if found is None or not found.released:
            raise NotFoundError("nicht_gefunden", "Hier ist nichts freigegeben.", status=404)
        self._changeable(conversation_id, draft, found.version)
        found.proposed, found.released = found.released, {}
        for name in found.proposed:
            found.values.pop(name, None)
        return self._changed(conversation_id, found, key, "withdrawal")

    async def put_evidence(
        self, conversation_id: str, draft: str, evidence: str, *, document: str | None, version: int, key: str
    ) -> DraftView:
        if (stored := self._stored(conversation_id, key, f"evidence:{evidence}")) is not None:
            return DraftView.model_validate(stored)
        found = self._changeable(conversation_id, draft, version)
        if evidence not in dict(found.service.evidence):
            raise NotFoundError(
                "nicht_gefunden", "Diesen Nachweis gibt es nicht.", status=404, field=evidence
            )
        found.evidence[evidence] = document
        return self._changed(conversation_id, found, key, f"evidence:{evidence}")

    async def submit(self, conversation_id: str, draft: str, *, version: int, key: str) -> SubmitView:
        if (stored := self._stored(conversation_id, key, "submit")) is not None:
            return SubmitView.model_validate(stored)
        found = self._changeable(conversation_id, draft, version)
        missing = [f.id for f in found.service.fields if f.required and f.id not in found.values]
        missing += [e for e, _ in found.service.evidence if e not in found.evidence]
        if missing:
            raise IncompleteError("unvollstaendig", "Es fehlt noch etwas.", status=409, field=missing[0])
        if found.early(self._now):
            raise TooEarlyError("Dafür ist es zu früh.", found.service.possible_from or "", status=409)
        effect = found.effect_at(self._trust[conversation_id])
        full = effect != "vorbereitung"
        found.status = "abgegeben" if full else "vorbereitet"
        case = CaseView.model_validate(
            {
                "id": str(uuid.uuid4()),
                "reference": f"AL-{self._now.year}-{uuid.uuid4().hex[:8].upper()}" if full else None,
                "service": found.service.view.id,
                "name": found.service.view.name,
                "office": found.service.view.office.name,
                "status": "eingegangen" if full else "vorbereitet",
                "effect": effect,
                "delivered_at": self._now if full else None,
                "url": "/mein",
            }
        )
        if full:
            self._cases.setdefault(conversation_id, []).append(case)
        found.version += 1
        result = SubmitView(case=case, deadline=None, draft=self._view(conversation_id, found))
        self._answers[(conversation_id, key)] = ("submit", result)
        return result

    async def discard(self, conversation_id: str, draft: str, *, version: int, key: str) -> DraftView:
        found = self._changeable(conversation_id, draft, version)
        found.status = "verworfen"
        self._current.pop(conversation_id, None)
        return self._changed(conversation_id, found, key, "discard")

    async def lock_account(self, conversation_id: str, *, key: str) -> bool:
        if conversation_id not in self.locked:
            self._bound(conversation_id)
            self.locked.add(conversation_id)
            del self._trust[conversation_id]
        return True

    def _bound(self, conversation_id: str) -> str:
        if conversation_id not in self._trust:
            raise NotLoggedInError("anmeldung_noetig", "Dafür ist eine Anmeldung nötig.", status=401)
        return self._trust[conversation_id]

    def _stored(self, conversation_id: str, key: str, call: str) -> object | None:
        self._bound(conversation_id)
        stored = self._answers.get((conversation_id, key))
        if stored is None:
            return None
        if stored[0] != call:
            raise PortalError("schluessel_verwendet", "Dieser Schlüssel wurde schon verwendet.", status=409)
        return stored[1]

    def _changeable(self, conversation_id: str, draft: str, version: int) -> FakeDraft:
        self._bound(conversation_id)
        found = self._drafts.get(conversation_id, {}).get(draft)
        if found is None:
            raise NotFoundError("nicht_gefunden", "Diesen Entwurf gibt es nicht.", status=404)
        if found.version != version:
            view = self._view(conversation_id, found)
            raise DraftChangedError("Der Entwurf wurde inzwischen geändert.", view, status=409)
        if found.status not in ("offen", "vorbereitet"):
            raise PortalError("entwurf_abgeschlossen", "Dieser Entwurf ist abgeschlossen.", status=409)
        return found

    def _changed(self, conversation_id: str, draft: FakeDraft, key: str, call: str) -> DraftView:
        draft.version += 1
        if draft.status == "vorbereitet":
            draft.status = "offen"
        view = self._view(conversation_id, draft)
        self._answers[(conversation_id, key)] = (call, view)
        return view

    def _view(self, conversation_id: str, draft: FakeDraft, masked: bool = False) -> DraftView:
        return draft.view(self._trust[conversation_id], self._now, masked=masked)
