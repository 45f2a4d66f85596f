"""People of the end-to-end tests in a real browser, and the sentences they use."""

from pathlib import Path
from re import Pattern

from playwright.sync_api import Browser, Locator, Page, expect

from portal.web.auth import STAFF_COOKIE
from tests.support.clerk import staff_cookie

HELLO = (
    "Hallo, ich bin letzte Woche nach Gelsenkirchen gezogen und habe einen Hund. Was muss ich alles machen?"
)
LIMIT_MS = 30_000


class ChatPage:
    """A citizen in front of a portal page with the chat open; counts her turns in the chat."""

    def __init__(self, browser: Browser, origin: str, *, width: int = 1280, height: int = 900) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="de-DE",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(LIMIT_MS)
        self.problems: list[str] = []
        self.page.on(
            "console", lambda message: self.problems.append(message.text) if message.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.origin = origin
        self.turns = 0

    def open(self, path: str = "/") -> None:
        self.page.goto(self.origin + path)
        if not self.composer.is_visible():
            self.page.get_by_role("button", name="Chat öffnen").click()

    @property
    def composer(self) -> Locator:
        return self.page.get_by_label("Ihre Nachricht")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    def say(self, text: str) -> None:
        self.turns += 1
        self.composer.fill(text)
        self.composer.press("Enter")

    def press(self, name: str | Pattern[str], *, within: Locator | None = None) -> None:
        self.turns += 1
        (within or self.page).get_by_role("button", name=name).last.click()

    def sees(self, text: str) -> None:
        """Wait until the newest occurrence of a text is in the log."""
        expect(self.log.get_by_text(text).last).to_be_visible(timeout=LIMIT_MS)

    def log_in(self, name: str, password: str) -> None:
        """On the portal's login page."""
        self.page.get_by_label("Anmeldename").fill(name)
        self.page.get_by_label("Passwort").fill(password)
        self.page.get_by_role("main").get_by_role("button", name="Anmelden").click()

    def upload(self, path: Path) -> None:
        self.turns += 1
        with self.page.expect_file_chooser() as chooser:
            self.log.get_by_role("button", name="Datei auswählen").last.click()
        chooser.value.set_files(path)

    def prove_identity(self) -> None:
        self.log.get_by_role("link", name="Online-Ausweis").last.click()
        self.page.get_by_role("button", name="Zum Ausweisdienst").click()
        expect(self.page.get_by_role("heading", name="kein echter Online-Ausweis")).to_be_visible()
        self.page.get_by_role("button", name="Zur Probe ausweisen").click()

    def texts(self) -> list[str]:
        """Everything that the log shows, message by message."""
        return [text.strip() for text in self.log.locator(".bubble, .text").all_inner_texts()]


def log_in_at_office(page: Page, origin: str, name: str, password: str) -> None:
    """Give the page a staff session (password and second factor; see `staff_cookie`) and open the inbox."""
    page.context.add_cookies(
        [{"name": STAFF_COOKIE, "value": staff_cookie(origin, name, password), "url": origin}]
    )
    page.goto(origin + "/amt")
    expect(page.get_by_role("main")).to_contain_text("Eingang")


class ConsolePage:
    """A clerk in front of the console."""

    def __init__(self, browser: Browser, origin: str, name: str, password: str) -> None:
        self.context = browser.new_context(
            viewport={"width": 1440, "height": 900},
            locale="de-DE",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(LIMIT_MS)
        self.context.add_cookies(
            [{"name": STAFF_COOKIE, "value": staff_cookie(origin, name, password), "url": origin}]
        )
        self.page.goto(f"{origin}/konsole")
        expect(self.page.get_by_role("navigation", name="Gespräche")).to_be_visible()

    def claim_last(self) -> None:
        """Claim the chat that came last."""
        self.page.get_by_role("navigation", name="Gespräche").get_by_role(
            "button", name="Übernehmen"
        ).last.click()

    def write(self, text: str) -> None:
        self.page.get_by_label("Antwort an die Bürgerin").fill(text)
        self.page.get_by_role("button", name="Senden").click()


def shot(page: Page, folder: Path | None, name: str) -> None:
    """Keep a picture when a folder for pictures was named."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png")
