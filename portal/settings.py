"""What the portal needs to know to run; read from the environment once, by the process that serves it."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from joserfc.jwk import KeySetSerialization
from schwifty import IBAN

PUSH_SERVICES = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)
"""The push services of the browsers that people have: Chrome and most others, Firefox, Safari, Edge."""


DEMO_KASSE = ("Stadtkasse (Demonstration)", "DE36 0000 0000 0000 0000 00")
"""Right check digits, but no bank has this number: nobody can transfer money there by mistake."""


def kassen_iban(text: str) -> str:
    """The Kasse's IBAN without blanks; a wrong check digit raises ValueError at the start, not with the first payment."""
    return str(IBAN(text).compact) if text else ""


def catalogue_roots(environment: Mapping[str, str], var: Path) -> tuple[Path, ...]:
    """Folders with further catalogue files; imports go into the last one.

    Without `AMTSLOTSE_CATALOGUE` it is `catalogue` in the folder of the installation's state.
    """
    named = tuple(Path(p) for p in environment.get("AMTSLOTSE_CATALOGUE", "").split(os.pathsep) if p)
    return named or (var / "catalogue",)


OIDC_VARIABLEN = {
    "konto": "AMTSLOTSE_OIDC",
    "personal": "AMTSLOTSE_STAFF_OIDC",
    "organisation": "AMTSLOTSE_ORGANISATION_OIDC",
}
"""For whom a provider is → what its variables begin with."""
RUECKWEGE = {
    "konto": "/anmelden/mit",
    "personal": "/amt/anmelden/mit",
    "organisation": "/mein/vertretungen/organisation",
}


@dataclass(frozen=True)
class OidcSetting:
    """One OpenID provider. How a town sets one up: docs/operations.md."""

    id: str
    art: str
    """`konto` (citizens), `personal` (staff) or `organisation` (companies, the Organisationskonto)."""
    name: str
    issuer: str
    client_id: str
    client_secret: str = ""
    vertrauen: str = "niedrig"
    """Level of eIDAS that a login there has."""
    faktor: bool = False
    """Whether the provider always asks for a second factor."""
    name_claim: str = ""
    """Organisationskonto: the claim that holds the company's name."""
    id_claim: str = ""
    """Organisationskonto: the claim that holds the company's number there."""

    def redirect_uri(self, origin: str) -> str:
        """Where the provider sends the browser back to; the town registers it there."""
        return f"{origin}{RUECKWEGE[self.art]}/{self.id}/zurueck"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], art: str) -> "OidcSetting | None":
        """Read `AMTSLOTSE_OIDC_…` (citizens), `AMTSLOTSE_STAFF_OIDC_…` or `AMTSLOTSE_ORGANISATION_OIDC_…`; None if no issuer is named."""
        prefix = OIDC_VARIABLEN[art]
        issuer = environment.get(f"{prefix}_ISSUER")
        if not issuer:
            return None
        trust = environment.get(f"{prefix}_TRUST", "niedrig")
        if trust not in ("niedrig", "substantiell", "hoch"):
            raise ValueError(f"{prefix}_TRUST must be niedrig, substantiell or hoch")
        company = art == "organisation"
        return cls(
            id="organisationskonto" if company else "oidc",
            art=art,
            name=environment.get(f"{prefix}_NAME", "Organisationskonto" if company else "Anmeldedienst"),
            issuer=issuer,
            client_id=environment[f"{prefix}_CLIENT_ID"],
            client_secret=environment.get(f"{prefix}_CLIENT_SECRET", ""),
            vertrauen=trust,
            faktor=environment.get(f"{prefix}_SECOND_FACTOR") == "1",
            name_claim=environment[f"{prefix}_NAME_CLAIM"] if company else "",
            id_claim=environment[f"{prefix}_ID_CLAIM"] if company else "",
        )


@dataclass(frozen=True)
class BundIdSetting:
    """The BundID and this portal's own SAML identity; certificates and key as PEM."""

    sso_url: str
    entity_id: str
    certificate: str
    own_entity_id: str
    own_key: str
    own_certificate: str
    online_service_id: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "BundIdSetting | None":
        """Read `AMTSLOTSE_BUNDID_…`; None if no address is named. Certificates and key are paths of PEM files."""
        prefix = "AMTSLOTSE_BUNDID"
        if not environment.get(f"{prefix}_SSO_URL"):
            return None

        def file(name: str) -> str:
            return Path(environment[f"{prefix}_{name}"]).read_text()

        return cls(
            sso_url=environment[f"{prefix}_SSO_URL"],
            entity_id=environment[f"{prefix}_ENTITY_ID"],
            certificate=file("CERTIFICATE"),
            own_entity_id=environment[f"{prefix}_OWN_ENTITY_ID"],
            own_key=file("OWN_KEY"),
            own_certificate=file("OWN_CERTIFICATE"),
            online_service_id=environment[f"{prefix}_ONLINE_SERVICE_ID"],
        )


@dataclass(frozen=True)
class ZahlungSetting:
    """The payment service: docs/protocol/payments.md."""

    url: str
    """Base address, without a slash at its end; also the issuer of its reports."""
    token: str
    """By which this portal is known there."""
    name: str
    """As people read it."""
    keys: KeySetSerialization
    """Its public keys (JWKS)."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "ZahlungSetting | None":
        """Read `AMTSLOTSE_PAYMENT_…`; None if no address is named. ValueError for one without TLS, except on this machine."""
        prefix = "AMTSLOTSE_PAYMENT"
        url = environment.get(f"{prefix}_URL", "").rstrip("/")
        if not url:
            return None
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise ValueError(f"{prefix}_URL must begin with https://")
        return cls(
            url,
            environment[f"{prefix}_TOKEN"],
            environment.get(f"{prefix}_NAME", "Zahlungsdienst"),
            json.loads(Path(environment[f"{prefix}_KEYS"]).read_text(encoding="utf-8")),
        )


def demo_oidc(origin: str) -> OidcSetting:
    """The demo town's own OpenID provider, on the same origin."""
    return OidcSetting("demo", "konto", "Demo-Anmeldedienst", f"{origin}/demo/oidc", "amtslotse-portal")


def demo_organisation(origin: str) -> OidcSetting:
    """The same provider as the demo town's Organisationskonto: another client, companies instead of people."""
    return OidcSetting(
        "demo-organisation",
        "organisation",
        "Organisationskonto der Demonstration",
        f"{origin}/demo/oidc",
        "amtslotse-organisation",
        name_claim="organisation_name",
        id_claim="organisation_id",
    )


@dataclass(frozen=True)
class PortalSettings:
    """All settings of the portal. Names of the variables: docs/protocol/tokens.md."""

    database: str
    keys: tuple[str, ...]
    """Fernet keys, newest first."""
    signing_key: str
    """Ed25519 private key as JWK (JSON)."""
    actions_token: str
    handoff_token: str
    portal_token: str
    origin: str = "http://127.0.0.1:8000"
    handoff_url: str = "http://127.0.0.1:8000"
    commune: str = "05513000"
    """Amtlicher Gemeindeschlüssel of the town that runs this portal."""
    demo: bool = False
    oidc: tuple[OidcSetting, ...] = ()
    bundid: BundIdSetting | None = None
    zahlung: ZahlungSetting | None = None
    """Where fees are paid online; a demo town has its own service, where no money flows."""
    local_accounts: bool = False
    """Whether citizens may log in with name, password and second factor here; the town must want it. The demo does."""
    catalogue_roots: tuple[Path, ...] = ()
    """Folders with further catalogue files, beside the one that comes with the portal."""
    clamd: str | None = None
    """Where ClamAV listens: `host:port` or the path of a socket; None: uploads are not scanned, and every page says so."""
    catalogue_copies: Path | None = None
    """Folder for a copy of the last sound catalogue, used when the files have mistakes at a start; None keeps none."""

    smtp_url: str = ""
    """`smtp://user:password@host:587` (STARTTLS) or `smtps://…:465` (`smtp+plain://` inside a closed network); empty: no mail is sent."""
    mail_from: str = ""
    """Sender address of mail."""
    sms_url: str = ""
    """Address of the SMS service's HTTP interface; empty: no SMS is sent."""
    sms_token: str = ""
    kasse_name: str = ""
    kasse_iban: str = ""
    """Account of the town's Kasse for transfers, without blanks; empty: fees name no account."""
    push_key: str = ""
    """P-256 private key as JWK (JSON) by which push services know this portal (VAPID, RFC 8292); empty: no Web Push."""
    push_services: tuple[str, ...] = PUSH_SERVICES
    """Hosts (and all below them) to which notices may be pushed; a browser names its own, so others are refused."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "PortalSettings":
        """Read the settings; a missing secret raises KeyError with the variable's name."""
        var = Path(environment.get("AMTSLOTSE_VAR", "var"))
        origin = environment.get("AMTSLOTSE_ORIGIN", "http://127.0.0.1:8000")
        demo = environment.get("AMTSLOTSE_DEMO") == "1"
        oidc = [OidcSetting.from_environment(environment, art) for art in OIDC_VARIABLEN]
        return cls(
            oidc=(
                *((demo_oidc(origin), demo_organisation(origin)) if demo else ()),
                *(one for one in oidc if one),
            ),
            bundid=BundIdSetting.from_environment(environment),
            zahlung=ZahlungSetting.from_environment(environment),
            database=environment.get("AMTSLOTSE_PORTAL_DATABASE", f"sqlite+aiosqlite:///{var / 'portal.db'}"),
            keys=tuple(environment["AMTSLOTSE_PORTAL_KEYS"].split(",")),
            signing_key=environment["AMTSLOTSE_SIGNING_KEY"],
            actions_token=environment["AMTSLOTSE_ACTIONS_TOKEN"],
            handoff_token=environment["AMTSLOTSE_HANDOFF_TOKEN"],
            portal_token=environment["AMTSLOTSE_PORTAL_TOKEN"],
            origin=origin,
            handoff_url=environment.get("AMTSLOTSE_HANDOFF_URL", origin),
            commune=environment.get("AMTSLOTSE_COMMUNE", "05513000"),
            demo=demo,
            local_accounts=environment.get("AMTSLOTSE_LOCAL_ACCOUNTS", environment.get("AMTSLOTSE_DEMO"))
            == "1",
            catalogue_roots=catalogue_roots(environment, var),
            clamd=environment.get("AMTSLOTSE_CLAMD") or None,
            catalogue_copies=var / "katalog",
            smtp_url=environment.get("AMTSLOTSE_SMTP_URL", ""),
            mail_from=environment.get("AMTSLOTSE_MAIL_FROM", ""),
            sms_url=environment.get("AMTSLOTSE_SMS_URL", ""),
            sms_token=environment.get("AMTSLOTSE_SMS_TOKEN", ""),
            kasse_name=environment.get("AMTSLOTSE_KASSE_NAME", DEMO_KASSE[0] if demo else ""),
            kasse_iban=kassen_iban(environment.get("AMTSLOTSE_KASSE_IBAN", DEMO_KASSE[1] if demo else "")),
            push_key=environment.get("AMTSLOTSE_PUSH_KEY", ""),
            push_services=tuple(environment.get("AMTSLOTSE_PUSH_SERVICES", "").split()) or PUSH_SERVICES,
        )
