import { ApiError } from "../shared/http";
import { clientId } from "../shared/ids";
import { MessageLog } from "../shared/log";
import type { Message, Page, State } from "../shared/protocol";
import { Line } from "./line";
import type { ChatView, Entry, Queue } from "./protocol";

/** A reply that the server has not shown in the log yet. */
export interface Pending {
  id: string;
  text: string;
  failed: boolean;
  seq: number | null;
}

const TYPING_MS = 6_000;

/** What one clerk works on: the queue and one open chat. Calls `changed` after every change. */
export class Desk {
  queue: Queue = { waiting: [], mine: [] };
  view: ChatView | null = null;
  log = new MessageLog();
  pending: Pending[] = [];
  revealed = new Map<string, string>();
  online = false;
  /** Milliseconds by which the server's clock is ahead of this device's. */
  aheadMs = 0;
  citizenTypes = false;
  /** A German sentence about what happened last, and whether it is a failure. */
  notice: { text: string; bad: boolean } | null = null;
  private line: Line | null = null;
  private typingTimer = 0;

  constructor(private readonly changed: () => void) {}

  open(): void {
    this.line = new Line({
      online: (online) => void this.setOnline(online),
      clock: (aheadMs) => {
        this.aheadMs = aheadMs;
        this.changed();
      },
      queue: (queue) => {
        this.queue = queue;
        this.changed();
      },
      message: (chat, message) => this.receive(chat, [message]),
      chat: (view) => this.show(view),
      typing: (chat, typing) => {
        if (chat === this.view?.chat) this.setTyping(typing);
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

  /** True when the open chat is in this clerk's hands. */
  get mine(): boolean {
    const chat = this.view?.chat;
    return this.view?.state.phase === "clerk" && this.queue.mine.some((entry) => entry.chat === chat);
  }

  /** Claims a waiting chat, or opens one of the clerk's own. Gives false when somebody else was faster. */
  async take(entry: Entry): Promise<boolean> {
    const own = this.queue.mine.some(({ chat }) => chat === entry.chat);
    this.notice = null;
    const view = await this.attempt<ChatView>(own ? "chat.open" : "chat.claim", { chat: entry.chat });
    if (view) {
      this.show(view, true);
      await this.list();
    }
    return view !== null;
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

  async propose(field: string, value: string): Promise<boolean> {
    const answer = await this.attempt("chat.propose", {
      chat: this.view?.chat,
      client_id: clientId(),
      field,
      value,
    });
    if (answer) this.say("Der Vorschlag ist gesendet. Er gilt erst, wenn er angenommen wird.", false);
    return answer !== null;
  }

  async reveal(field: string): Promise<void> {
    const answer = await this.attempt<{ value: string }>("chat.reveal", { chat: this.view?.chat, field });
    if (!answer) return;
    this.revealed = new Map(this.revealed).set(field, answer.value);
    this.say("Ihr Einblick wurde protokolliert und ist im Gespräch sichtbar.", false);
  }

  /** Ends the clerk's part: back to the assistant, back to the queue, or for good. */
  async leave(how: "chat.hand_back" | "chat.release" | "chat.close", result?: string): Promise<void> {
    const answer = await this.attempt<{ state: State }>(how, {
      chat: this.view?.chat,
      ...(result === undefined ? {} : { result: "geloest", reason: result }),
    });
    if (!answer) return;
    this.view = null;
    this.reset();
    const done = {
      "chat.hand_back": "an den Assistenten zurückgegeben",
      "chat.release": "freigegeben",
      "chat.close": "beendet",
    };
    this.say(`Das Gespräch ist ${done[how]}.`, false);
    await this.list();
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
    if (queue) this.queue = queue;
    this.changed();
  }

  private async setOnline(online: boolean): Promise<void> {
    this.online = online;
    this.changed();
    if (!online) return;
    await this.list();
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
    if (view.chat !== this.view?.chat) this.reset();
    if (this.view?.draft && view.draft && view.draft.version !== this.view.draft.version)
      this.revealed = new Map();
    this.view = view;
    this.receive(view.chat, view.messages ?? []);
  }

  private receive(chat: string, messages: readonly Message[]): void {
    if (chat !== this.view?.chat) return;
    const fresh = this.log.add(messages);
    if (fresh.some(({ author }) => author === "citizen")) this.setTyping(false);
    this.pending = this.pending.filter(({ seq }) => seq === null || seq > this.log.last);
    if (this.log.gap) void this.catchUp();
    this.changed();
  }

  private reset(): void {
    this.log = new MessageLog();
    this.pending = [];
    this.revealed = new Map();
    this.setTyping(false);
  }

  private setTyping(typing: boolean): void {
    window.clearTimeout(this.typingTimer);
    this.citizenTypes = typing;
    if (typing) this.typingTimer = window.setTimeout(() => this.setTyping(false), TYPING_MS);
    this.changed();
  }

  private say(text: string, bad: boolean): void {
    this.notice = { text, bad };
    this.changed();
  }
}
