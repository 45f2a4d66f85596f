import { html, LitElement, nothing, type TemplateResult } from "lit";
import { Alerts } from "./alerts";
import { type ChatContext, chatPane } from "./chat-pane";
import { Desk } from "./desk";
import type { Panel } from "./panels";
import { queuePane } from "./queue-pane";
import { sidePane } from "./side-pane";

/** Waiting times are redrawn this often. */
const CLOCK_MS = 30_000;

/** The log follows new messages when the reader is at most this many pixels away from its end. */
const NEAR_END_PX = 80;

const KEYS = [
  ["n", "nächstes Gespräch aus der Warteschlange übernehmen"],
  ["j / k", "nächstes / voriges Gespräch in der Liste"],
  ["Enter", "Gespräch übernehmen oder öffnen"],
  ["r", "antworten"],
  ["b", "Textbausteine"],
  ["l", "Leistungskatalog"],
  ["i", "interne Notiz"],
  ["g", "weitergeben oder jemanden dazuholen"],
  ["v", "Vermerk zum Antrag"],
  ["z", "zum Knopf „An den Assistenten zurückgeben“"],
  ["e", "Gespräch beenden"],
  ["s", "zu Antrag und Leistung"],
  ["Esc", "schließen, zurück zur Liste"],
  ["?", "diese Hilfe"],
] as const;

const PANELS: Record<string, Panel> = { b: "bausteine", l: "katalog", g: "weitergeben", v: "vermerk", e: "beenden" };

/** The clerks' workplace: queue, conversation, form. Renders into the page, styled by konsole.css. */
export class AmtslotseKonsole extends LitElement {
  static override properties = {
    selected: { state: true },
    editing: { state: true },
    asking: { state: true },
    panel: { state: true },
    now: { state: true },
  };
  declare selected: string | null;
  declare editing: string | null;
  declare asking: string | null;
  declare panel: Panel | null;
  declare now: Date;
  private readonly alerts = new Alerts();
  private readonly desk = new Desk(
    () => this.requestUpdate(),
    (text) => {
      this.announcement = text;
      this.alerts.tell(text);
      this.requestUpdate();
    },
  );
  private announcement = "";
  private clock = 0;
  private shown = "";
  private atEnd = true;

  constructor() {
    super();
    this.selected = null;
    this.editing = null;
    this.asking = null;
    this.panel = null;
    this.now = new Date();
  }

  protected override createRenderRoot(): this {
    this.replaceChildren();
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.key);
    document.addEventListener("visibilitychange", this.visible);
    this.clock = window.setInterval(() => {
      this.now = new Date();
    }, CLOCK_MS);
    this.desk.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.key);
    document.removeEventListener("visibilitychange", this.visible);
    window.clearInterval(this.clock);
    this.desk.close();
  }

  private visible = (): void => this.desk.markRead();

  protected override willUpdate(): void {
    const scroll = this.querySelector(".ak-scroll");
    if (scroll) this.atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_END_PX;
  }

  protected override updated(): void {
    const scroll = this.querySelector(".ak-scroll");
    const shown = `${this.desk.view?.chat}/${this.desk.log.last}/${this.desk.pending.length}/${this.panel}`;
    if (!scroll || (shown === this.shown && !this.atEnd)) return;
    this.shown = shown;
    scroll.scrollTop = scroll.scrollHeight;
  }

  protected override render(): TemplateResult {
    const { desk, alerts } = this;
    const { sound, notices } = alerts.settings;
    const context: ChatContext = {
      panel: this.panel,
      setPanel: (panel) => void this.openPanel(panel),
      leave: (how) => this.afterLeaving(desk.leave(how)),
      left: (done) => this.afterLeaving(done),
      insert: this.insert,
    };
    return html`
      <header class="ak-head">
        <h1>Konsole Bürgerservice</h1>
        <p class="ak-online ${desk.online ? "is-online" : ""}" role="status">${desk.online ? "Verbunden" : "Keine Verbindung, wird wiederhergestellt"}</p>
        <div class="ak-head-tools" role="group" aria-label="Arbeitsplatz">
          <button type="button" class="ak-switch" role="switch" aria-checked=${desk.presence === "pause"} @click=${() => void desk.setPresence(desk.presence === "pause" ? "da" : "pause")}>Pause</button>
          <button type="button" class="ak-switch" role="switch" aria-checked=${sound} @click=${() => void this.toggle("sound")}>Ton</button>
          <button type="button" class="ak-switch" role="switch" aria-checked=${notices} @click=${() => void this.toggle("notices")}>Mitteilungen</button>
          <button type="button" class="ak-btn is-small" @click=${this.help} aria-haspopup="dialog">Tasten <kbd aria-hidden="true">?</kbd></button>
          ${desk.board.leads ? html`<a class="ak-btn is-small" href="/konsole/leitung">Leitung</a>` : nothing}
          <a class="ak-btn is-small" href="/amt">Eingang</a>
        </div>
      </header>
      <p class="ak-notice ${desk.notice?.bad ? "is-bad" : ""}" role=${desk.notice?.bad ? "alert" : "status"}>${desk.notice?.text ?? ""}</p>
      <p class="ak-sr" role="status" id="ak-news">${this.announcement}</p>
      <div class="ak-panes ${desk.view ? "has-chat" : ""}">
        ${queuePane(desk, {
          selected: this.selected,
          now: new Date(this.now.getTime() + desk.aheadMs),
          pick: (chat, own) => void this.enter(chat, desk.take(chat, own)),
          accept: (offer) => void this.enter(offer.chat, desk.accept(offer)),
          next: () => void this.enter(null, desk.next()),
        })}
        ${chatPane(desk, context)}
        ${sidePane(desk, {
          editing: this.editing,
          setEditing: (field) => void this.open("editing", field, field ? "#ak-value" : `[data-edit="${CSS.escape(this.editing ?? "")}"]`),
          asking: this.asking,
          setAsking: (what) => void this.open("asking", what, what ? "[data-ask], #ak-purpose" : `[data-asking="${CSS.escape(this.asking ?? "")}"]`),
          insert: this.insert,
        })}
      </div>
      <dialog class="ak-help" aria-labelledby="ak-help-title">
        <h2 id="ak-help-title">Tasten</h2>
        <dl>${KEYS.map(([key, text]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${text}</dd></div>`)}</dl>
        <p class="ak-muted">Beim Schreiben in einem Feld gelten die Buchstaben nicht.</p>
        <form method="dialog" class="ak-tools">
          <button type="button" class="ak-switch" role="switch" aria-checked=${alerts.settings.letters} @click=${() => void this.toggle("letters")}>Tasten mit einzelnen Buchstaben</button>
          <button class="ak-btn is-primary">Schließen</button></form>
      </dialog>`;
  }

  private async toggle(name: "sound" | "notices" | "letters"): Promise<void> {
    const said = await this.alerts.toggle(name);
    this.desk.say(said, false);
  }

  /** Goes into a chat; the reply has the focus, or the title where one only looks. */
  private async enter(chat: string | null, done: Promise<boolean>): Promise<void> {
    this.selected = chat;
    this.editing = this.asking = this.panel = null;
    if (!(await done)) return;
    this.selected = this.desk.view?.chat ?? chat;
    await this.updateComplete;
    this.focusFirst("#ak-text", "#ak-chat-title");
  }

  private afterLeaving(done: Promise<boolean>): void {
    void done.then(async (left) => {
      if (!left) return;
      this.panel = this.editing = this.asking = null;
      await this.updateComplete;
      this.focusFirst(".ak-queue [data-chat]", "#ak-mine");
    });
  }

  private async openPanel(panel: Panel | null): Promise<void> {
    const before = this.panel;
    this.panel = panel;
    if (panel === "weitergeben") await this.desk.refreshBoard();
    if (panel === "bausteine") await this.desk.loadReplies();
    await this.updateComplete;
    if (panel === null) this.focusFirst(`[data-panel="${before}"]`, "#ak-text");
    else this.focusFirst(".ak-panel [data-first]", ".ak-inserts input", ".ak-inserts button");
  }

  private async open(what: "editing" | "asking", value: string | null, focus: string): Promise<void> {
    this[what] = value;
    await this.updateComplete;
    this.focusFirst(focus);
  }

  /** Puts a text into the reply where the cursor stands; nothing is sent without the clerk. */
  private insert = (text: string): void => {
    const field = this.querySelector<HTMLTextAreaElement>("#ak-text");
    if (!field) return;
    const before = field.value.slice(0, field.selectionStart);
    const glue = before && !before.endsWith("\n") ? "\n" : "";
    field.setRangeText(`${glue}${text}`, field.selectionStart, field.selectionEnd, "end");
    if (this.panel === "bausteine" || this.panel === "katalog") this.panel = null;
    field.focus();
    this.desk.typing(true);
  };

  private focusFirst(...selectors: string[]): void {
    for (const selector of selectors) {
      const found = this.querySelector<HTMLElement>(selector);
      if (found) {
        found.focus();
        return;
      }
    }
  }

  private help = (): void => {
    this.querySelector<HTMLDialogElement>(".ak-help")?.showModal();
  };

  private move(step: 1 | -1): void {
    const entries = [...this.querySelectorAll<HTMLElement>(".ak-queue [data-chat], .ak-queue [data-offer]")];
    if (!entries.length) return;
    const at = entries.findIndex((entry) => entry === document.activeElement);
    const from = at < 0 ? entries.findIndex((entry) => entry.dataset.chat === this.selected) : at;
    const next = entries[from < 0 ? 0 : Math.min(entries.length - 1, Math.max(0, from + step))];
    if (!next) return;
    this.selected = next.dataset.chat ?? null;
    next.focus();
  }

  private key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("dialog")) return;
    if (event.key === "Escape") {
      if (this.panel) void this.openPanel(null);
      else if (target?.closest("textarea, input, select, .ak-side")) this.focusQueue();
      else return;
      event.preventDefault();
      return;
    }
    if (target?.closest("input, textarea, select, [contenteditable]") || !this.alerts.settings.letters) return;
    if (this.press(event.key)) event.preventDefault();
  };

  /** Does what a single key stands for; gives false for every other key. */
  private press(key: string): boolean {
    const { desk } = this;
    const panel = PANELS[key];
    if (key === "j") this.move(1);
    else if (key === "k") this.move(-1);
    else if (key === "n") void this.enter(null, desk.next());
    else if (key === "r") this.focusFirst("#ak-text");
    else if (key === "i") this.focusFirst("#ak-note-text");
    else if (key === "s") this.focusFirst(".ak-side");
    else if (key === "z") this.focusFirst('[aria-keyshortcuts="z"]');
    else if (key === "?") this.help();
    else if (panel && this.querySelector(`[data-panel="${panel}"]`)) void this.openPanel(panel);
    else return false;
    return true;
  }

  private focusQueue(): void {
    const chat = this.desk.view?.chat;
    const own = chat ? this.querySelector<HTMLElement>(`[data-chat="${CSS.escape(chat)}"]`) : null;
    (own ?? this.querySelector<HTMLElement>(".ak-queue [data-chat]") ?? this.querySelector<HTMLElement>("#ak-mine"))?.focus();
  }
}
