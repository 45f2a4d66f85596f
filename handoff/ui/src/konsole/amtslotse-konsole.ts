import { html, LitElement, type TemplateResult } from "lit";
import { chatPane } from "./chat-pane";
import { Desk } from "./desk";
import type { Entry } from "./protocol";
import { queuePane } from "./queue-pane";
import { sidePane } from "./side-pane";

/** Waiting times are redrawn this often. */
const CLOCK_MS = 30_000;

/** The log follows new messages when the reader is at most this many pixels away from its end. */
const NEAR_END_PX = 80;

const KEYS = [
  ["j / k", "nächstes / voriges Gespräch"],
  ["Enter", "Gespräch übernehmen oder öffnen"],
  ["r", "antworten"],
  ["Esc", "zurück zur Liste"],
  ["?", "diese Hilfe"],
] as const;

/** The clerks' workplace: queue, conversation, form. Renders into the page, styled by konsole.css. */
export class AmtslotseKonsole extends LitElement {
  static override properties = {
    selected: { state: true },
    editing: { state: true },
    closing: { state: true },
    now: { state: true },
  };
  declare selected: string | null;
  declare editing: string | null;
  declare closing: boolean;
  declare now: Date;
  private readonly desk = new Desk(() => this.requestUpdate());
  private clock = 0;
  private shown = "";
  private atEnd = true;

  constructor() {
    super();
    this.selected = null;
    this.editing = null;
    this.closing = false;
    this.now = new Date();
  }

  protected override createRenderRoot(): this {
    this.replaceChildren();
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.key);
    this.clock = window.setInterval(() => {
      this.now = new Date();
    }, CLOCK_MS);
    this.desk.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.key);
    window.clearInterval(this.clock);
    this.desk.close();
  }

  protected override willUpdate(): void {
    const scroll = this.querySelector(".ak-scroll");
    if (scroll) this.atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_END_PX;
  }

  protected override updated(): void {
    const scroll = this.querySelector(".ak-scroll");
    const shown = `${this.desk.view?.chat}/${this.desk.log.last}/${this.desk.pending.length}`;
    if (!scroll || (shown === this.shown && !this.atEnd)) return;
    this.shown = shown;
    scroll.scrollTop = scroll.scrollHeight;
  }

  protected override render(): TemplateResult {
    const { desk } = this;
    return html`
      <header class="ak-head">
        <h1>Konsole Bürgerservice</h1>
        <p class="ak-online ${desk.online ? "is-online" : ""}" role="status">${desk.online ? "Verbunden" : "Keine Verbindung, wird wiederhergestellt"}</p>
        <button type="button" class="ak-btn" @click=${this.help} aria-haspopup="dialog">Tasten <kbd>?</kbd></button>
        <a class="ak-btn" href="/amt">Eingang</a>
      </header>
      <p class="ak-notice ${desk.notice?.bad ? "is-bad" : ""}" role="status">${desk.notice?.text ?? ""}</p>
      <div class="ak-panes ${desk.view ? "has-chat" : ""}">
        ${queuePane(desk.queue, { current: desk.view?.chat ?? null, selected: this.selected, now: new Date(this.now.getTime() + desk.aheadMs), pick: (entry) => void this.pick(entry) })}
        ${chatPane(desk, {
          closing: this.closing,
          setClosing: (closing) => {
            this.closing = closing;
            if (closing)
              void this.updateComplete.then(() => this.querySelector<HTMLElement>("#ak-result")?.focus());
          },
        })}
        ${sidePane(desk, {
          editing: this.editing,
          setEditing: (field) => {
            this.editing = field;
            if (field)
              void this.updateComplete.then(() => this.querySelector<HTMLElement>("#ak-value")?.focus());
          },
        })}
      </div>
      <dialog class="ak-help" aria-labelledby="ak-help-title">
        <h2 id="ak-help-title">Tasten</h2>
        <dl>${KEYS.map(([key, text]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${text}</dd></div>`)}</dl>
        <form method="dialog"><button class="ak-btn is-primary">Schließen</button></form>
      </dialog>`;
  }

  private async pick(entry: Entry): Promise<void> {
    this.selected = entry.chat;
    this.editing = null;
    this.closing = false;
    if (await this.desk.take(entry)) {
      await this.updateComplete;
      this.querySelector<HTMLElement>("#ak-text")?.focus();
    }
  }

  private help = (): void => {
    this.querySelector<HTMLDialogElement>(".ak-help")?.showModal();
  };

  private move(step: 1 | -1): void {
    const entries = this.desk.entries;
    if (!entries.length) return;
    const at = entries.findIndex(({ chat }) => chat === this.selected);
    const next = entries[at < 0 ? 0 : Math.min(entries.length - 1, Math.max(0, at + step))];
    if (!next) return;
    this.selected = next.chat;
    this.querySelector<HTMLElement>(`[data-chat="${CSS.escape(next.chat)}"]`)?.focus();
  }

  private key = (event: KeyboardEvent): void => {
    const inField =
      event.target instanceof Element && event.target.closest("input, textarea, select, dialog");
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (inField) {
      if (event.key === "Escape" && event.target instanceof HTMLTextAreaElement) this.focusQueue();
      return;
    }
    if (event.key === "j") this.move(1);
    else if (event.key === "k") this.move(-1);
    else if (event.key === "r") this.querySelector<HTMLElement>("#ak-text")?.focus();
    else if (event.key === "?") this.help();
    else return;
    event.preventDefault();
  };

  private focusQueue(): void {
    const chat = this.desk.view?.chat;
    const own = chat ? this.querySelector<HTMLElement>(`[data-chat="${CSS.escape(chat)}"]`) : null;
    (own ?? this.querySelector<HTMLElement>("[data-chat]"))?.focus();
  }
}
