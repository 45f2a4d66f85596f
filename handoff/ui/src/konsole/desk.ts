import { ApiError } from "../shared/http";
import { clientId } from "../shared/ids";
import { MessageLog } from "../shared/log";
import type { Message, Page, State } from "../shared/protocol";
import { Line } from "./line";
import type { Board, ChatView, Entry, Fact, Mark, Offer, Queue, Released, Reply } from "./protocol";

/** A reply that the server has not shown in the log yet. */
export interface Pending {
  id: string;
  text: string;
  failed: boolean;
  seq: number | null;
}

/** To whom a chat is offered. */
export interface HandOn {
  kind: "uebergabe" | "einladung";
  office: string;
  clerk: string | null;
  note: string;
  legal_basis: string;
}

const TYPING_MS = 6_000;

const WAYS: Record<string, string> = {
  frei: "Das Gespräch ist angeboten. Es bleibt bei Ihnen, bis jemand annimmt.",
  recht: "Das Gespräch ist angeboten, die Person ist informiert. Es bleibt bei Ihnen, bis jemand annimmt.",
  fragen: "Die Person wird im Chat gefragt. Angeboten wird das Gespräch erst, wenn sie zustimmt.",
};

/** What one clerk works on: the queue and one open chat. Calls `changed` after every change. */
export class Desk {
  queue: Queue = { waiting: [], mine: [] };
  board: Board = { offers: [], beside: [], colleagues: [], offices: [], leads: false };
  presence = "da";
  view: ChatView | null = null;
  log = new MessageLog();
  pending: Pending[] = [];
  revealed = new Map<string, string>();
  /** Values of released data sets that this clerk has opened, by ask. */
  released = new Map<string, Released[]>();
  replies: Reply[] | null = null;
  found: { id: string; name: string }[] | null = null;
  facts: { name: string; facts: Fact[] } | null = null;
  online = false;
  /** Milliseconds by which the server's clock is ahead of this device's. */
  aheadMs = 0;
  citizenTypes = false;
  /** Number of the last message that the citizen has seen. */
  readByCitizen = 0;
  /** A German sentence about what happened last, and whether it is a failure. */
  notice: { text: string; bad: boolean } | null = null;
  private line: Line | null = null;
  private typingTimer = 0;
  /** Number of the last message of which the citizen was told that it was seen. */
  private told = 0;
  private known: Set<string> | null = null;

  /** `changed`: something is to be drawn; `news`: something waits for the clerk, in words without personal data. */
  constructor(
    private readonly changed: () => void,
    private readonly news: (text: string) => void,
  ) {}

  open(): void {
    this.line = new Line({
      online: (online) => void this.setOnline(online),
      clock: (aheadMs) => {
        this.aheadMs = aheadMs;
        this.changed();
      },
      queue: (queue) => this.setQueue(queue),
      board: (board) => this.setBoard(board),
      presence: (presence) => {
        if (presence !== this.presence) {
          this.presence = presence;
          this.changed();
        }
      },
      message: (chat, message) => {
        if (message.author === "citizen") this.news("Neue Nachricht in einem Ihrer Gespräche.");
        this.receive(chat, [message]);
      },
      chat: (view) => this.show(view),
      typing: (chat, typing) => {
        if (chat === this.view?.chat) this.setTyping(typing);
      },
      read: (chat, seq) => {
        if (chat !== this.view?.chat) return;
        this.readByCitizen = Math.max(this.readByCitizen, seq);
        this.changed();
      },
      refused: (text) => this.say(text, true),
    });
  }

  close(): void {
    this.line?.close();
  }

  get entries(): Entry[] {
    return [...this.queue.mine, ...this.queue.waiting];
  }

  /** True when this clerk may write in the open chat. */
  get mine(): boolean {
    return this.view?.state.phase === "clerk" && this.view.role !== "leitung";
  }

  /** True when the open chat is this clerk's own: she alone gives it on or ends it. */
  get owner(): boolean {
    return this.mine && this.view?.role === "inhaber";
  }

  /** Claims a waiting chat, or opens one of the clerk's own. Gives false when somebody else was faster. */
  async take(chat: string, own: boolean): Promise<boolean> {
    this.notice = null;
    return this.enter(await this.attempt<ChatView>(own ? "chat.open" : "chat.claim", { chat }));
  }

  /** Takes whoever is next. */
  async next(): Promise<boolean> {
    this.notice = null;
    const view = await this.attempt<ChatView | { chat: null }>("chat.next", {});
    if (view && view.chat === null) this.say("Gerade wartet niemand, den Sie übernehmen können.", false);
    return this.enter(view?.chat ? (view as ChatView) : null);
  }

  /** Takes over a chat that a colleague offers, or joins it. */
  async accept(offer: Offer): Promise<boolean> {
    this.notice = null;
    const done = await this.enter(await this.attempt<ChatView>("offer.accept", { offer: offer.id }));
    await this.refreshBoard();
    return done;
  }

  async setPresence(presence: "da" | "pause"): Promise<void> {
    const answer = await this.attempt<{ presence: string }>("presence.set", { presence });
    if (!answer) return;
    this.presence = answer.presence;
    this.say(presence === "da" ? "Sie sind wieder da." : "Pause: Sie bekommen keine neuen Gespräche.", false);
  }

  async send(text: string, id = clientId()): Promise<void> {
    const chat = this.view?.chat;
    if (!chat) return;
    this.notice = null;
    this.pending = [
      ...this.pending.filter((entry) => entry.id !== id),
      { id, text, failed: false, seq: null },
    ];
    this.changed();
    const answer = await this.attempt<{ seq: number }>("chat.send", { chat, client_id: id, text });
    this.pending = this.pending.map((entry) =>
      entry.id === id ? { ...entry, failed: answer === null, seq: answer?.seq ?? null } : entry,
    );
    this.receive(chat, []);
  }

  typing(typing: boolean): void {
    if (this.view) this.line?.tell("chat.typing", { chat: this.view.chat, typing });
  }

  /** Tells the citizen what was seen: the open chat, in a window that can be seen. */
  markRead(): void {
    if (!this.view || !this.mine || document.visibilityState !== "visible" || this.log.last <= this.told) return;
    this.told = this.log.last;
    this.line?.tell("chat.read", { chat: this.view.chat, seq: this.told });
  }

  async propose(field: string, value: string): Promise<boolean> {
    return this.act(
      "chat.propose",
      { client_id: clientId(), field, value },
      "Der Vorschlag ist gesendet. Er gilt erst, wenn er angenommen wird.",
    );
  }

  async ask(kind: "daten" | "dokument", what: string, purpose: string): Promise<boolean> {
    return this.act(
      "chat.ask",
      { client_id: clientId(), kind, what, purpose },
      "Die Bitte ist gesendet. Sie sehen etwas, sobald die Person es freigibt.",
    );
  }

  async note(text: string): Promise<boolean> {
    return this.act("chat.note", { client_id: clientId(), text }, "Die Notiz ist gespeichert. Nur Ihre Stelle sieht sie.");
  }

  async file(text: string, transcript: boolean): Promise<boolean> {
    return this.act(
      "chat.file",
      { client_id: clientId(), text, transcript },
      "Der Vermerk liegt beim Antrag. Die zuständige Stelle bekommt ihn mit dem Vorgang.",
    );
  }

  async handOn(target: HandOn): Promise<boolean> {
    const answer = await this.attempt<{ way: string }>("chat.hand_on", {
      ...target,
      chat: this.view?.chat,
      client_id: clientId(),
    });
    if (answer) this.say(WAYS[answer.way] ?? "", false);
    return answer !== null;
  }

  async takeBack(): Promise<void> {
    await this.act("chat.take_back", {}, "Das Angebot ist zurückgezogen.");
  }

  /** Marks an answer of the assistant, or takes the mark back with an empty verdict. */
  async mark(seq: number, verdict: Mark["verdict"] | "", wanted = ""): Promise<void> {
    const chat = this.view?.chat;
    const answer = await this.attempt<{ marks: Mark[] }>("chat.mark", { chat, seq, verdict, wanted });
    if (!answer || this.view?.chat !== chat) return;
    this.view = { ...this.view, marks: answer.marks } as ChatView;
    this.say(verdict ? "Markiert. Der Assistent lernt daraus nur, wenn die Person zustimmt." : "Die Markierung ist weg.", false);
    this.changed();
  }

  async reveal(field: string): Promise<void> {
    const answer = await this.attempt<{ value: string }>("chat.reveal", { chat: this.view?.chat, field });
    if (!answer) return;
    this.revealed = new Map(this.revealed).set(field, answer.value);
    this.say("Ihr Einblick wurde protokolliert und ist im Gespräch sichtbar.", false);
  }

  async openReleased(ask: string): Promise<void> {
    const answer = await this.attempt<{ values: Released[] }>("chat.released", { chat: this.view?.chat, ask });
    if (!answer) return;
    this.released = new Map(this.released).set(ask, answer.values);
    this.say("Ihr Einblick wurde protokolliert und ist im Gespräch sichtbar.", false);
  }

  async loadReplies(): Promise<void> {
    const answer = await this.attempt<{ replies: Reply[] }>("chat.replies", { chat: this.view?.chat });
    this.replies = answer?.replies ?? [];
    this.changed();
  }

  async search(words: string): Promise<void> {
    const answer = await this.attempt<{ services: { id: string; name: string }[] }>("service.search", {
      chat: this.view?.chat,
      words,
    });
    this.found = answer?.services ?? [];
    this.facts = null;
    this.changed();
  }

  async loadFacts(service: string): Promise<void> {
    this.facts = await this.attempt("service.facts", { chat: this.view?.chat, service });
    this.changed();
  }

  /** Ends the clerk's part: back to the assistant, back to the queue, out of somebody else's chat. */
  async leave(how: "chat.hand_back" | "chat.release" | "chat.step_out"): Promise<boolean> {
    const done = {
      "chat.hand_back": "an den Assistenten zurückgegeben",
      "chat.release": "freigegeben",
      "chat.step_out": "verlassen",
    };
    return this.end(how, {}, `Das Gespräch ist ${done[how]}.`);
  }

  /** Ends the chat for good. */
  async finish(result: string, reason: string): Promise<boolean> {
    return this.end("chat.close", { result, reason }, "Das Gespräch ist beendet.");
  }

  async endAbuse(reason: string, note: string): Promise<boolean> {
    return this.end(
      "chat.end_abuse",
      { reason, note },
      "Das Gespräch ist wegen Missbrauchs beendet. Die Person hat den Grund gelesen.",
    );
  }

  async refreshBoard(): Promise<void> {
    const board = await this.attempt<Board>("desk.list", {});
    if (board) this.setBoard(board);
  }

  say(text: string, bad: boolean): void {
    this.notice = { text, bad };
    this.changed();
  }

  private async act(event: string, body: object, done: string): Promise<boolean> {
    const answer = await this.attempt(event, { chat: this.view?.chat, ...body });
    if (answer) this.say(done, false);
    return answer !== null;
  }

  private async end(event: string, body: object, done: string): Promise<boolean> {
    const answer = await this.attempt<{ state?: State }>(event, { chat: this.view?.chat, ...body });
    if (!answer) return false;
    this.view = null;
    this.reset(0);
    this.say(done, false);
    await this.list();
    await this.refreshBoard();
    return true;
  }

  private async enter(view: ChatView | null): Promise<boolean> {
    if (view) {
      this.show(view, true);
      await this.list();
    }
    return view !== null;
  }

  private async attempt<T>(event: string, body: object): Promise<T | null> {
    try {
      const answer = await this.line?.ask<T>(event, body);
      return answer ?? null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.say(error.message, true);
      return null;
    }
  }

  private async list(): Promise<void> {
    const queue = await this.attempt<Queue>("queue.list", {});
    if (queue) this.setQueue(queue);
    this.changed();
  }

  private setQueue(queue: Queue): void {
    const waiting = queue.waiting.map(({ chat }) => chat);
    if (this.known && waiting.some((chat) => !this.known?.has(chat)))
      this.news("Jemand wartet in der Warteschlange.");
    this.known = new Set(waiting);
    const had = this.queue.mine.some(({ chat }) => chat === this.view?.chat);
    this.queue = queue;
    this.lost(had && this.view?.role === "inhaber" && !queue.mine.some(({ chat }) => chat === this.view?.chat));
    this.changed();
  }

  private setBoard(board: Board): void {
    const before = new Set(this.board.offers.map(({ id }) => id));
    if (board.offers.some(({ id }) => !before.has(id))) this.news("Ein Gespräch wird Ihnen angeboten.");
    const had = this.board.beside.some(({ chat }) => chat === this.view?.chat);
    this.board = board;
    this.lost(had && this.view?.role === "zweit" && !board.beside.some(({ chat }) => chat === this.view?.chat));
    this.changed();
  }

  /** The open chat is no longer this clerk's: nothing of it stays on the screen. */
  private lost(gone: boolean): void {
    if (!gone) return;
    this.view = null;
    this.reset(0);
    this.say("Das Gespräch liegt nicht mehr bei Ihnen.", false);
  }

  private async setOnline(online: boolean): Promise<void> {
    this.online = online;
    this.changed();
    if (!online) return;
    await this.list();
    await this.refreshBoard();
    await this.catchUp();
    for (const entry of this.pending.filter(({ failed }) => failed)) await this.send(entry.text, entry.id);
  }

  private async catchUp(): Promise<void> {
    if (!this.view) return;
    const { chat } = this.view;
    const page = await this.attempt<Page>("chat.resume", { chat, after: this.log.last });
    if (!page || this.view?.chat !== chat) return;
    this.view = { ...this.view, state: page.state };
    this.log.add(page.messages);
    this.changed();
  }

  private show(view: ChatView, opened = false): void {
    if (!opened && view.chat !== this.view?.chat) return;
    if (view.chat !== this.view?.chat || opened) this.reset(view.from ?? 0);
    if (this.view?.draft && view.draft && view.draft.version !== this.view.draft.version)
      this.revealed = new Map();
    const given = new Set((view.asks ?? []).filter(({ status }) => status === "erteilt").map(({ id }) => id));
    this.released = new Map([...this.released].filter(([id]) => given.has(id)));
    this.view = view;
    this.receive(view.chat, view.messages ?? []);
  }

  private receive(chat: string, messages: readonly Message[]): void {
    if (chat !== this.view?.chat) return;
    const fresh = this.log.add(messages);
    if (fresh.some(({ author }) => author === "citizen")) this.setTyping(false);
    this.pending = this.pending.filter(({ seq }) => seq === null || seq > this.log.last);
    if (this.log.gap) void this.catchUp();
    this.markRead();
    this.changed();
  }

  private reset(from: number): void {
    this.log = new MessageLog(from);
    this.readByCitizen = 0;
    this.told = 0;
    this.pending = [];
    this.revealed = new Map();
    this.released = new Map();
    this.replies = null;
    this.found = null;
    this.facts = null;
    this.setTyping(false);
  }

  private setTyping(typing: boolean): void {
    window.clearTimeout(this.typingTimer);
    this.citizenTypes = typing;
    if (typing) this.typingTimer = window.setTimeout(() => this.setTyping(false), TYPING_MS);
    this.changed();
  }
}
