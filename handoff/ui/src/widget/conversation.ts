import { ApiError, request } from "../shared/http";
import { clientId } from "../shared/ids";
import { MessageLog } from "../shared/log";
import { Outbox } from "../shared/outbox";
import type { Message, Outgoing, Page, State, Values } from "../shared/protocol";
import { download } from "./keep";
import { type Memory, recall, remember, STORAGE_KEY } from "./memory";
import { Session } from "./session";
import { Transport } from "./transport";

/** Why the conversation cannot go on without the citizen. */
export type Problem = "anmeldung" | "unbekannt" | null;

const RETRY_MS = 3_000;
const TYPING_MS = 20_000;
/** As many of the last messages stay where screen readers hear them. */
const READ_OUT = 10;

/** One citizen's conversation: log, unsent messages, login and line. Calls `changed` after every change. */
export class Conversation {
  log = new MessageLog();
  state: State = { phase: "bot" };
  online = true;
  typing: "bot" | "clerk" | null = null;
  /** Number of the last message that the clerk has seen. */
  readByClerk = 0;
  problem: Problem = null;
  /** A short German sentence about the last thing that did not work. */
  notice = "";
  /** Text that the server refused and that belongs back into the field. */
  returned: string | null = null;
  /** What the other side said last and the citizen has not had read out yet. */
  news: readonly Message[] = [];
  readonly session = new Session();
  readonly outbox: Outbox;
  private memory: Memory;
  private transport: Transport | null = null;
  /** Message number of the offer that each own message answers: a refused answer opens it again. */
  private readonly pressed = new Map<string, number>();
  private sending = false;
  private connecting: Promise<void> | null = null;
  private typingTimer = 0;

  constructor(
    private readonly storage: Storage,
    private readonly changed: () => void,
  ) {
    this.memory = recall(storage);
    this.outbox = new Outbox(this.memory.unsent, (unsent) => this.keep({ unsent: [...unsent] }));
  }

  get open(): boolean {
    return this.memory.open;
  }

  get handle(): string | null {
    return this.memory.handle;
  }

  get used(): ReadonlySet<number> {
    return new Set(this.memory.used);
  }

  get started(): boolean {
    return this.memory.handle !== null || this.outbox.all.length > 0;
  }

  /** Messages from the other side that the citizen has not seen in the open panel. */
  get unread(): number {
    return this.log.messages.filter(({ seq, author }) => seq > this.memory.seen && author !== "citizen")
      .length;
  }

  setOpen(open: boolean): void {
    this.keep({ open });
    if (open) this.markSeen();
  }

  markSeen(): void {
    if (this.log.last <= this.memory.seen) return;
    this.keep({ seen: this.log.last });
    if (this.state.phase === "clerk") this.transport?.read(this.log.last);
  }

  /** Resumes the conversation of an earlier page, if there is one. */
  async resume(): Promise<void> {
    if (this.memory.handle || this.outbox.all.length > 0) await this.connect();
  }

  /** Text as the citizen wrote it. */
  say(text: string): void {
    this.put({ client_id: clientId(), text }, text);
  }

  /** A button or card of message `seq`. */
  press(seq: number, title: string, payload: string, values?: Values): void {
    const id = clientId();
    this.pressed.set(id, seq);
    this.keep({ used: [...this.memory.used, seq] });
    this.put({ client_id: id, payload, ...(values ? { values } : {}) }, title);
  }

  retry(id: string): void {
    this.outbox.mark(id, "wartet");
    this.changed();
    void this.flush();
  }

  discard(id: string): void {
    this.outbox.remove(id);
    this.reopen(id);
    this.changed();
  }

  reportTyping(typing: boolean): void {
    this.transport?.typing(typing);
  }

  /** Leaves the human for the assistant. */
  back(): void {
    this.put({ client_id: clientId(), payload: "/back_to_bot" }, "Zurück zum Assistenten");
  }

  /** Ends the conversation; its last message asks how it was. */
  async end(): Promise<void> {
    this.notice = "";
    try {
      const token = await this.session.bearer();
      const { state } = await request<{ state: State }>(`/api/conversations/${this.memory.handle}/close`, {
        method: "POST",
        headers: token ? { Authorization: `Bearer ${token}` } : {},
      });
      this.takeState(state);
      void this.transport?.resume().catch(() => undefined);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.notice = error.message;
    }
    this.changed();
  }

  /** Leaves this conversation and begins a new one; unsent messages go with the citizen. */
  async restart(): Promise<void> {
    this.transport?.close();
    this.transport = null;
    this.log = new MessageLog();
    this.news = [];
    this.readByClerk = 0;
    this.state = { phase: "bot" };
    this.problem = null;
    this.notice = "";
    this.keep({ handle: null, bound: false, seen: 0, used: [] });
    this.changed();
    if (this.outbox.all.length > 0) await this.connect();
  }

  /** Looks whether the citizen logged in elsewhere, and ties the conversation to the account. */
  async checkLogin(): Promise<void> {
    if (!this.memory.handle || (this.memory.bound && !this.problem)) return;
    await this.session.refresh();
    if (this.session.loggedIn) await this.reconnect();
  }

  /** Another page of this origin changed the memory. */
  async storageChanged(event: StorageEvent): Promise<void> {
    if (event.key !== STORAGE_KEY) return;
    const other = recall(this.storage);
    const moved = other.handle !== this.memory.handle;
    this.memory = { ...this.memory, handle: other.handle, bound: other.bound, used: other.used };
    if (moved) {
      this.log = new MessageLog();
      await this.reconnect();
    }
  }

  /** Has the browser keep the conversation as a file. */
  async download(): Promise<void> {
    if (!this.memory.handle) return;
    this.notice = "";
    try {
      await download(this.memory.handle, await this.session.bearer());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.notice = error.message;
    }
    this.changed();
  }

  /** Leaves for the portal: this conversation goes on there, and ends here. */
  async toPortal(): Promise<void> {
    try {
      const { url } = await request<{ url: string }>(`/api/conversations/${this.memory.handle}/portal`, {
        method: "POST",
      });
      window.location.assign(url);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.fail(error);
    }
  }

  private async reconnect(): Promise<void> {
    this.transport?.close();
    this.transport = null;
    this.problem = null;
    await this.connect();
  }

  private connect(): Promise<void> {
    this.connecting ??= this.establish().finally(() => {
      this.connecting = null;
      this.changed();
    });
    return this.connecting;
  }

  private async establish(): Promise<void> {
    if (this.transport) return;
    await this.session.refresh();
    try {
      await this.obtainHandle();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.fail(error);
      return;
    }
    const handle = this.memory.handle;
    if (!handle) return;
    this.transport = new Transport(
      { handle, bearer: () => this.session.bearer(), last: () => this.log.last },
      {
        page: (page) => this.take(page),
        typing: (author, typing) => this.setTyping(typing ? author : null),
        read: (seq) => this.setRead(seq),
        online: (online) => this.setOnline(online),
        refused: (error) => void this.refused(error),
      },
    );
    void this.flush();
  }

  private async obtainHandle(): Promise<void> {
    if (!this.memory.handle) {
      const { handle } = await request<{ handle: string }>("/api/conversations", {
        method: "POST",
        body: { lang: "de" },
      });
      this.keep({ handle, bound: false, seen: 0, used: [] });
    }
    const token = this.memory.bound ? null : await this.session.bearer();
    if (!token) return;
    const { handle } = await request<{ handle: string }>(`/api/conversations/${this.memory.handle}/login`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
    });
    this.keep({ handle, bound: true });
  }

  private put(message: Outgoing, echo: string): void {
    this.notice = "";
    this.outbox.put(message, echo);
    this.changed();
    if (this.transport) void this.flush();
    else void this.connect();
  }

  private async flush(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let entry = this.outbox.next; entry && this.transport; entry = this.outbox.next) {
        const id = entry.message.client_id;
        this.outbox.mark(id, "wird_gesendet");
        this.changed();
        try {
          await this.deliver(entry.message);
          this.outbox.mark(id, "gesendet");
          this.setOnline(true);
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          this.notDelivered(id, error);
          if (error.temporary || error.status === 401) break;
        }
        this.settle();
        this.changed();
      }
    } finally {
      this.sending = false;
    }
  }

  private async deliver(message: Outgoing): Promise<void> {
    const transport = this.transport;
    if (!transport) return;
    try {
      await transport.send(message);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      this.session.forget();
      await this.session.refresh();
      if (!this.session.loggedIn) throw error;
      await transport.send(message);
    }
    if (!this.log.messages.some(({ client_id }) => client_id === message.client_id)) {
      window.setTimeout(() => void transport.resume().catch(() => undefined), RETRY_MS);
    }
  }

  private notDelivered(id: string, error: ApiError): void {
    if (error.status === 401 || error.status === 404) {
      this.outbox.mark(id, "nicht_gesendet", "nicht gesendet");
      this.fail(error);
    } else if (error.temporary) {
      this.outbox.mark(id, "nicht_gesendet", error.message);
      if (error.status === 0) this.online = false;
      window.setTimeout(() => this.retryFailed(), RETRY_MS);
    } else {
      const entry = this.outbox.remove(id);
      this.reopen(id);
      this.notice = error.message;
      if (entry?.message.text !== undefined) this.returned = entry.message.text;
    }
    this.changed();
  }

  private reopen(id: string): void {
    const seq = this.pressed.get(id);
    if (seq !== undefined) this.keep({ used: this.memory.used.filter((used) => used !== seq) });
  }

  private retryFailed(): void {
    for (const entry of this.outbox.all) {
      if (entry.state === "nicht_gesendet") this.outbox.mark(entry.message.client_id, "wartet");
    }
    void this.flush();
  }

  private take(page: Partial<Page>): void {
    const fresh = this.log.add(page.messages ?? []);
    this.settle();
    const news = fresh.filter(({ author, seq }) => author !== "citizen" && seq > this.memory.seen);
    if (news.length) this.news = [...this.news, ...news].slice(-READ_OUT);
    if (fresh.some(({ author }) => author !== "citizen")) this.setTyping(null);
    if (page.state) this.takeState(page.state);
    if (this.memory.open && document.visibilityState === "visible") this.markSeen();
    if (this.log.gap) void this.transport?.resume().catch(() => undefined);
    this.changed();
  }

  private takeState(state: State): void {
    this.state = state;
    if (state.bound !== undefined && state.bound !== this.memory.bound) this.keep({ bound: state.bound });
  }

  private settle(): void {
    const numbered = new Set(this.log.messages.map((message: Message) => message.client_id));
    for (const { message } of this.outbox.all) {
      if (numbered.has(message.client_id)) this.outbox.remove(message.client_id);
    }
  }

  private setTyping(author: "bot" | "clerk" | null): void {
    window.clearTimeout(this.typingTimer);
    this.typing = author;
    if (author) this.typingTimer = window.setTimeout(() => this.setTyping(null), TYPING_MS);
    this.changed();
  }

  private setRead(seq: number): void {
    this.readByClerk = Math.max(this.readByClerk, seq);
    this.changed();
  }

  private setOnline(online: boolean): void {
    const back = online && !this.online;
    this.online = online;
    if (back) this.retryFailed();
    this.changed();
  }

  private async refused(error: ApiError): Promise<void> {
    this.transport?.close();
    this.transport = null;
    if (error.status === 401) {
      this.session.forget();
      await this.session.refresh();
    }
    const current = recall(this.storage);
    if (error.status === 404 && current.handle && current.handle !== this.memory.handle) {
      this.memory = { ...this.memory, handle: current.handle, bound: current.bound };
      await this.connect();
      return;
    }
    this.fail(error);
  }

  private fail(error: ApiError): void {
    if (error.status === 401) this.problem = "anmeldung";
    else if (error.status === 404) this.problem = "unbekannt";
    else {
      this.notice = error.message;
      if (error.temporary) {
        this.online = false;
        window.setTimeout(() => void this.connect(), RETRY_MS);
      }
    }
    if (this.problem) {
      this.log = new MessageLog();
      this.news = [];
    }
    this.changed();
  }

  private keep(change: Partial<Memory>): void {
    this.memory = { ...this.memory, ...change };
    remember(this.storage, this.memory);
  }
}
