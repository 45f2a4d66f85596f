"""The portal as the gateway sees it, in memory; and a draft as the portal shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from handoff.domain.people import Staff
from handoff.errors import ForbiddenError, InvalidInputError, UnavailableError
from handoff.ports import DraftChangedError, FileCheck, FileRefusedError, Notice, Secret, StaffDoor


class FakeNotifier:
    """Takes every notice and has nothing to tell of it."""

    async def notify(self, notice: Notice) -> Mapping[str, Any]:
        return {}


@dataclass
class FakePortal:
    """The portal in memory; `down` makes it unreachable."""

    notifier: Any = field(default_factory=FakeNotifier)

    down: bool = False
    bound: dict[str, tuple[str, str]] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    """Tokens by session cookie."""
    vault: dict[str, tuple[str, str]] = field(default_factory=dict)
    draft: dict[str, Any] | None = None
    writes: list[tuple[str, str, int, str | None, str | None]] = field(default_factory=list)
    looks: list[tuple[str, str]] = field(default_factory=list)
    refuse: str | None = None
    offices: dict[str, str] = field(default_factory=dict)
    _answered: set[str] = field(default_factory=set)

    def _check(self) -> None:
        if self.down:
            raise UnavailableError("Das Portal antwortet nicht. Es wurde nichts gespeichert.")

    async def bind(self, conversation_id: str, citizen_account: str, sid: str) -> None:
        self._check()
        self.bound[conversation_id] = (citizen_account, sid)

    async def citizen_token(self, session: str) -> str | None:
        self._check()
        return self.sessions.get(session)

    async def keep_secret(self, conversation_id: str, kind: str, value: str, key: str) -> Secret:
        self._check()
        ref = f"tresor-{key[:12]}"
        self.vault[ref] = (kind, value)
        return Secret(ref, f"[{kind} …{value[-4:]}]")

    scanner: str | None = "auf Schadsoftware geprüft (ClamAV)"
    """None: the scanner does not answer."""
    checked: list[int] = field(default_factory=list)
    """Sizes of the files that were checked."""

    async def check_file(self, conversation_id: str, content: bytes) -> FileCheck:
        self._check()
        self.checked.append(len(content))
        if self.scanner and b"EICAR" in content:
            raise FileRefusedError(
                "In dieser Datei wurde Schadsoftware gefunden. Sie wurde nicht gespeichert."
            )
        for start, media_type in (
            (b"%PDF-", "application/pdf"),
            (b"\x89PNG", "image/png"),
            (b"\xff\xd8", "image/jpeg"),
        ):
            if content.startswith(start):
                return FileCheck(media_type, self.scanner)
        raise FileRefusedError("Diese Datei ist weder PDF noch JPEG noch PNG und wurde nicht gespeichert.")

    async def current_draft(self, conversation_id: str) -> Mapping[str, Any] | None:
        self._check()
        return self.draft

    async def put_field(
        self,
        conversation_id: str,
        draft: str,
        field: str,
        *,
        version: int,
        value: str | None,
        secret_ref: str | None,
        key: str,
    ) -> None:
        self._check()
        if key in self._answered:
            return
        assert self.draft is not None
        if self.refuse:
            raise InvalidInputError(self.refuse)
        if version != self.draft["version"]:
            raise DraftChangedError
        self.draft["version"] += 1
        for one in self.draft["fields"]:
            if one["id"] == field:
                one["display"] = value or secret_ref
        self._answered.add(key)
        self.writes.append((draft, field, version, value, secret_ref))

    async def reveal(self, conversation_id: str, draft: str, field: str, staff: Staff) -> str:
        self._check()
        self.looks.append((staff.id, field))
        return "12345678911"

    async def service(self, conversation_id: str, service_id: str) -> Mapping[str, Any] | None:
        self._check()
        return {
            "name": "Wohnsitz an- oder ummelden",
            "fee": "kostenlos",
            "deadline": None,
            "url": f"/leistungen/{service_id}",
            "office_id": self.offices.get(service_id),
        }

    citizen: dict[str, Any] = field(
        default_factory=lambda: {
            "trust": "hoch",
            "address_locked": False,
            "data_sets": [{"id": "kontakt", "label": "Telefon und E-Mail", "fields": ["Telefon", "E-Mail"]}],
            "transfer_text": {"text": "Zurückholen lässt sich das nicht.", "version": "1", "language": "de"},
        }
    )
    protection: dict[str, str] | None = None
    readers: list[str] = field(default_factory=list)
    """Staff ids of those who opened the conversation, as the portal would log them."""
    overviews: list[str] = field(default_factory=list)
    """Staff ids of those who looked at the draft, as the portal would log them."""
    releases: dict[str, dict[str, Any]] = field(default_factory=dict)
    transfers: list[dict[str, Any]] = field(default_factory=list)
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)
    evidence: list[tuple[str, str, int]] = field(default_factory=list)

    doors: dict[str, StaffDoor] = field(default_factory=dict)
    """Live staff sessions by cookie."""

    async def staff_door(self, cookie: str) -> StaffDoor | None:
        self._check()
        return self.doors.get(cookie)

    async def console_citizen(self, conversation_id: str, staff: Staff) -> Mapping[str, Any] | None:
        self._check()
        self.readers.append(staff.id)
        return self.citizen

    async def console_draft(self, conversation_id: str, staff: Staff) -> Mapping[str, Any] | None:
        self._check()
        if self.draft is not None:
            self.overviews.append(staff.id)
        return self.draft

    async def entry(self, conversation_id: str, service_id: str) -> Mapping[str, Any] | None:
        self._check()
        if service_id == "gibt_es_nicht":
            return None
        return {
            "id": service_id,
            "name": "Wohnsitz an- oder ummelden",
            "url": f"/leistungen/{service_id}",
            "fee": "kostenlos",
            "fee_mark": "geprueft",
            "deadline": "innerhalb von zwei Wochen nach dem Einzug",
            "deadline_mark": "stand_pruefen",
            "duration": None,
            "office": "BÜRGERcenter, Stadt Gelsenkirchen",
            "office_mark": "geprueft",
            "documents": [{"label": "Wohnungsgeberbestätigung", "help": None, "required": True}],
            "law": ["§ 17 BMG"],
            "sources": [{"label": "BMG", "mark": "geprueft"}],
            "protection": self.protection,
        }

    async def find_services(self, conversation_id: str, words: str) -> list[dict[str, Any]]:
        self._check()
        return [{"id": "hundesteuer_anmelden", "name": "Hundesteuer anmelden"}] if "hund" in words else []

    async def release_to_office(
        self, conversation_id: str, *, kind: str, id: str, office: str, purpose: str, key: str
    ) -> Mapping[str, Any]:
        self._check()
        if self.refuse:
            raise InvalidInputError(self.refuse)
        self.releases.setdefault(
            f"f-{key}", {"kind": kind, "id": id, "office": office, "purpose": purpose, "gone": False}
        )
        return {
            "id": f"f-{key}",
            "label": id,
            "fields": ["Telefon", "E-Mail"],
            "document": kind == "dokument",
        }

    async def withdraw_release(self, conversation_id: str, release: str, *, key: str) -> None:
        self._check()
        self.releases[release]["gone"] = True

    async def released_values(self, conversation_id: str, release: str, staff: Staff) -> list[dict[str, Any]]:
        self._check()
        if self.releases[release]["office"] != staff.office:
            raise ForbiddenError("Diese Freigabe gilt für eine andere Stelle.")
        self.looks.append((staff.id, release))
        return [{"label": "Telefon", "value": "0209 5550123", "source": "Ihre Angabe", "date": "2026-01-02"}]

    async def log_transfer(self, conversation_id: str, staff: Staff, *, key: str, **what: Any) -> None:
        self._check()
        self.transfers.append(what)

    async def file_note(
        self, conversation_id: str, staff: Staff, *, key: str, **what: Any
    ) -> Mapping[str, Any]:
        self._check()
        self.notes.setdefault(key, what)
        return {"id": key, "service": "Wohnsitz", "office": "BÜRGERcenter", "reference": None}

    async def put_evidence(
        self, conversation_id: str, draft: str, evidence: str, *, document: str, version: int, key: str
    ) -> None:
        self._check()
        assert self.draft is not None
        if version != self.draft["version"]:
            raise DraftChangedError
        self.draft["version"] += 1
        self.evidence.append((evidence, document, version))

    async def close(self) -> None:
        pass


def draft(**changes: Any) -> dict[str, Any]:
    """A draft as the portal shows it to handoff."""
    return {
        "id": "entwurf-1",
        "service": "wohnsitz_anmelden",
        "name": "Wohnsitz an- oder ummelden",
        "version": 4,
        "fields": [
            {
                "id": "einzugsdatum",
                "label": "Tag des Einzugs",
                "type": "date",
                "display": "12.11.2026",
                "state": "beantwortet",
                "sensitive": False,
            },
            {
                "id": "steuer_id",
                "label": "Steuer-ID",
                "type": "steuer_id",
                "display": "•••• 911",
                "state": "beantwortet",
                "sensitive": True,
            },
            {
                "id": "familienname",
                "label": "Familienname",
                "type": "name",
                "display": "Beispiel",
                "state": "vorgeschlagen",
                "sensitive": False,
            },
        ],
        "evidence": [],
        "next": {"kind": "field", "id": "einzugsdatum"},
        "progress": {"answered": 2, "total": 3},
        **changes,
    }
