import { html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { icons } from "../shared/icons";
import { lastRead } from "../shared/log";
import { at, onForeignPage } from "../shared/origin";
import { base } from "../shared/theme";
import type { Upload } from "./cards/upload";
import type { Composer } from "./composer";
import { type CardContext, withReturn } from "./context";
import { Conversation } from "./conversation";
import { print } from "./keep";
import { authorLabel, renderEcho, renderMessage, spoken, startsReading } from "./message";
import { type Offers, openOffers, openUpload } from "./offers";
import { cardStyles } from "./styles/cards";
import { logStyles } from "./styles/log";
import { shellStyles } from "./styles/shell";
import { endPanel, notice, problemPanel, statusLine } from "./texts";

/** Attribute of page elements that open the chat and send their text. */
const ASK_ATTRIBUTE = "data-amtslotse-frage";
/** The log follows new messages when the reader is at most this many pixels away from its end. */
const NEAR_END_PX = 120;

/** The citizen's chat: `<amtslotse-chat></amtslotse-chat>`; with `offen` it opens at once. */
export class AmtslotseChat extends LitElement {
  static override styles = [base, shellStyles, logStyles, cardStyles];
  static override properties = {
    offen: { type: Boolean, reflect: true },
    wide: { state: true },
    hint: { state: true },
    files: { state: true },
    ending: { state: true },
  };
  declare offen: boolean;
  declare wide: boolean;
  declare hint: string;
  declare files: readonly File[];
  declare ending: boolean;
  private readonly conversation = new Conversation(window.localStorage, () => this.requestUpdate());
  private readonly lifetime: { current: AbortController } = { current: new AbortController() };
  private readonly foreign = onForeignPage();
  private followEnd = true;
  private placed = 0;
  private forceEnd = false;
  private shown = "";

  constructor() {
    super();
    this.offen = false;
    this.wide = false;
    this.hint = "";
    this.files = [];
    this.ending = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.lifetime.current = new AbortController();
    const { signal } = this.lifetime.current;
    document.addEventListener("click", this.pageClick, { signal });
    document.addEventListener("visibilitychange", this.visible, { signal });
    window.addEventListener("storage", (event) => void this.conversation.storageChanged(event), { signal });
    if (this.offen) this.conversation.setOpen(true);
    else if (this.conversation.open && !this.narrow) this.offen = true;
    void this.conversation.resume();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.lifetime.current.abort();
  }

  /** Opens the panel and moves the focus into it. */
  async show(): Promise<void> {
    this.offen = true;
    this.forceEnd = true;
    this.conversation.setOpen(true);
    await this.updateComplete;
    this.composer?.focusField();
  }

  /** Closes the panel and gives the focus back to the opener. */
  async hide(): Promise<void> {
    this.offen = false;
    this.conversation.setOpen(false);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".opener")?.focus();
  }

  /** Opens the chat and sends a text, as page links do. */
  async ask(text: string): Promise<void> {
    await this.show();
    if (text.trim()) this.say(text.trim());
  }

  private link(url: string): string {
    return withReturn(url, window.location, at("/"));
  }

  private get narrow(): boolean {
    return window.matchMedia("(max-width: 480px)").matches;
  }

  private get composer(): Composer | null {
    return this.renderRoot.querySelector<Composer>("al-composer");
  }

  protected override willUpdate(): void {
    const scroll = this.renderRoot?.querySelector?.(".scroll");
    if (!scroll || this.forceEnd) return;
    const nearEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_END_PX;
    const untouched = Math.abs(scroll.scrollTop - this.placed) < 2;
    this.followEnd = nearEnd || untouched;
  }

  /** Follows new messages, but never past the start of what was said last: long answers are read from their start. */
  private follow(): void {
    const scroll = this.renderRoot.querySelector<HTMLElement>(".scroll");
    const shown = `${this.conversation.log.last}/${this.conversation.outbox.all.length}/${this.conversation.typing}/${this.offen}`;
    if (!scroll || (shown === this.shown && !this.forceEnd)) return;
    this.shown = shown;
    if (this.forceEnd || this.followEnd) {
      const start = Array.from(scroll.querySelectorAll<HTMLElement>(".is-start")).at(-1);
      const end = scroll.scrollHeight - scroll.clientHeight;
      scroll.scrollTop = Math.min(end, start ? start.offsetTop - scroll.offsetTop - 12 : end);
      this.placed = scroll.scrollTop;
    }
    this.forceEnd = false;
  }

  protected override updated(): void {
    this.follow();
    const { returned } = this.conversation;
    if (returned !== null && this.composer) {
      this.conversation.returned = null;
      this.composer.giveBack(returned, this.conversation.notice);
      this.conversation.notice = "";
    }
  }

  protected override render(): TemplateResult {
    return html`${this.offen ? this.panel() : this.opener()}
      <div class="sr said" aria-live="polite" aria-relevant="additions">${repeat(
        this.conversation.news,
        ({ seq }) => seq,
        (message) => html`<p lang=${message.lang ?? "de"}>${this.offen ? spoken(message) : `Neue Nachricht im Chat von: ${authorLabel(message)}`}</p>`,
      )}</div>`;
  }

  private opener(): TemplateResult {
    const { unread } = this.conversation;
    return html`<button type="button" class="opener" aria-haspopup="dialog" aria-expanded="false" @click=${() => void this.show()}>
      ${icons.chat}<span><span class="at-ease">Fragen? </span>Chat<span class="at-ease"> öffnen</span></span>
      ${unread ? html`<span class="unread"><span aria-hidden="true">${unread}</span><span class="sr">, ${unread === 1 ? "1 neue Nachricht" : `${unread} neue Nachrichten`}</span></span>` : nothing}
    </button>`;
  }

  private panel(): TemplateResult {
    const { conversation } = this;
    const offers = openOffers(conversation.log.messages, conversation.used);
    return html`<section class="panel ${this.wide ? "is-wide" : ""}" role="dialog" aria-modal="false" aria-labelledby="al-title"
        @keydown=${this.key} @paste=${this.paste} @dragover=${(event: DragEvent) => event.preventDefault()} @drop=${this.drop}>
      <header class="head">
        <div class="head-text">
          <h2 id="al-title">Amtslotse</h2>
          <p class="status" role="status"><span class="dot is-${conversation.online ? conversation.state.phase : "offline"}"></span>${statusLine(conversation)}</p>
        </div>
        <al-menu .handle=${conversation.handle} .foreign=${this.foreign} .state=${conversation.state} @al-back=${() => conversation.back()} @al-end=${() => this.askToEnd(true)} @al-print=${() => print(this)} @al-download=${() => void conversation.download()}></al-menu>
        <button type="button" class="tool wider" aria-pressed=${this.wide ? "true" : "false"} @click=${this.toggleWide} aria-label="Großes Fenster" title="Großes Fenster">${this.wide ? icons.shrink : icons.expand}</button>
        <button type="button" class="tool" @click=${() => void this.hide()} aria-label="Chat schließen" title="Chat schließen">${icons.close}</button>
      </header>
      <div class="scroll" tabindex="0" role="region" aria-label="Gesprächsverlauf">
        ${notice(conversation.log.last === 0 && conversation.outbox.all.length === 0 && !conversation.problem, conversation.state, (text) => this.say(text))}
        <div class="log" role="log" aria-live="off" aria-label="Nachrichten">${this.messages(offers)}</div>
        ${conversation.typing ? html`<p class="typing" aria-hidden="true"><span class="dots"><i></i><i></i><i></i></span>${conversation.typing === "clerk" ? "schreibt" : "antwortet"}</p>` : nothing}
        ${problemPanel(conversation, (url) => this.link(url))}
        ${
          this.ending && conversation.state.phase !== "closed"
            ? endPanel(
                () => void this.end(),
                () => this.askToEnd(false),
              )
            : nothing
        }
      </div>
      <footer class="foot">
        <p class="hint" role="status">${this.hint || conversation.notice}</p>
        <al-composer .canAttach=${openUpload(conversation.log.messages, offers) !== null} .disabled=${conversation.problem !== null || conversation.state.phase === "closed"}
          @al-say=${(event: CustomEvent<string>) => this.say(event.detail)} @al-typing=${() => conversation.reportTyping(true)} @al-attach=${this.attach}></al-composer>
      </footer>
    </section>`;
  }

  private messages(offers: Offers): unknown {
    const { conversation } = this;
    const { messages } = conversation.log;
    const read = lastRead(messages, "citizen", conversation.readByClerk);
    const rows: { key: string; view: TemplateResult }[] = messages.map((message, index) => ({
      key: message.client_id ?? `m${message.seq}`,
      view: renderMessage({
        message,
        starts: startsReading(message, messages[index - 1]),
        continued: index > 0 && messages[index - 1]?.author === message.author && message.author !== "clerk",
        buttonsOpen: offers.buttons === message.seq,
        read: message.seq === read,
        context: this.context(message.seq, offers.cards.has(message.seq)),
      }),
    }));
    for (const entry of conversation.outbox.all) {
      const id = entry.message.client_id;
      rows.push({
        key: id,
        view: renderEcho(
          entry,
          conversation.online,
          () => conversation.retry(id),
          () => conversation.discard(id),
        ),
      });
    }
    return repeat(
      rows,
      ({ key }) => key,
      ({ view }) => view,
    );
  }

  private context(seq: number, open: boolean): CardContext {
    const { conversation } = this;
    return {
      seq,
      open,
      state: conversation.state,
      say: (text) => this.say(text),
      press: (title, payload, values) => {
        this.forceEnd = true;
        conversation.press(seq, title, payload, values);
        this.composer?.focusField();
      },
      foreign: this.foreign,
      toPortal: () => void conversation.toPortal(),
      withReturn: (url) => this.link(url),
      files: this.files,
      hold: (files) => this.hold(files),
      release: (file) => {
        this.files = this.files.filter((one) => one !== file);
      },
      bearer: () => conversation.session.bearer(),
      csrf: () => conversation.session.csrf,
    };
  }

  /** Asks whether the conversation is to end, and moves the focus to the question; `false` takes the question back. */
  private askToEnd(ask: boolean): void {
    this.ending = ask;
    if (!ask) this.composer?.focusField();
    else
      void this.updateComplete.then(() =>
        this.renderRoot.querySelector<HTMLElement>('[role="alertdialog"] button')?.focus(),
      );
  }

  private async end(): Promise<void> {
    await this.conversation.end();
    this.ending = false;
    this.forceEnd = true;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".scroll")?.focus();
  }

  private say(text: string): void {
    this.hint = "";
    this.forceEnd = true;
    this.conversation.say(text);
  }

  private hold(files: readonly File[]): void {
    this.files = [...this.files, ...files.filter((file) => !this.files.includes(file))];
  }

  private takeFiles(files: readonly File[]): void {
    const card = Array.from(this.renderRoot.querySelectorAll<Upload>("al-upload"))
      .reverse()
      .find(({ context }) => context.open);
    this.hint = "";
    if (card) void card.take(files);
    else if (this.foreign)
      this.hint = "Unterlagen nimmt nur das Portal an. Es wurde nichts gesendet.";
    else {
      this.hold(files);
      this.hint = `Im Moment wird kein Dokument gebraucht. ${this.files.length === 1 ? `„${this.files[0]?.name}“ liegt` : `${this.files.length} Dateien liegen`} auf dieser Seite bereit und wurde${this.files.length === 1 ? "" : "n"} nicht gesendet. Ich frage danach, wenn es so weit ist.`;
    }
  }

  private attach = (): void => {
    this.renderRoot.querySelectorAll("al-upload").forEach((card) => {
      if ((card as Upload).context.open) card.querySelector<HTMLInputElement>(".pick")?.click();
    });
  };

  /** A copied text may bring a picture of itself along: then the text is meant. */
  private paste = (event: ClipboardEvent): void => {
    const files = Array.from(event.clipboardData?.files ?? []);
    if (files.length === 0 || event.clipboardData?.types.includes("text/plain")) return;
    event.preventDefault();
    this.takeFiles(files);
  };

  private drop = (event: DragEvent): void => {
    const files = Array.from(event.dataTransfer?.files ?? []);
    if (files.length === 0) return;
    event.preventDefault();
    this.takeFiles(files);
  };

  private key = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.stopPropagation();
    void this.hide();
  };

  private toggleWide = (): void => {
    this.wide = !this.wide;
  };

  private visible = (): void => {
    if (document.visibilityState !== "visible") return;
    if (this.offen) this.conversation.markSeen();
    void this.conversation.checkLogin();
  };

  private pageClick = (event: MouseEvent): void => {
    const source = event.target instanceof Element ? event.target.closest(`[${ASK_ATTRIBUTE}]`) : null;
    if (!source) return;
    event.preventDefault();
    void this.ask(source.getAttribute(ASK_ATTRIBUTE) ?? "");
  };
}
