import { io, type Socket } from "socket.io-client";
import { ApiError, errorBody, knownCode, OFFLINE, request, statusOf } from "../shared/http";
import { at } from "../shared/origin";
import { type Message, type Outgoing, type Page, SOCKET_PATH, type State } from "../shared/protocol";

export interface Listener {
  page(page: Partial<Page>): void;
  typing(author: "bot" | "clerk", typing: boolean): void;
  read(seq: number): void;
  online(online: boolean): void;
  refused(error: ApiError): void;
}

export interface Access {
  handle: string;
  bearer(): Promise<string | null>;
  /** Number of the last message without a gap. */
  last(): number;
}

const ACK_TIMEOUT_MS = 8_000;
const POLL_WAIT_S = 25;
const POLL_PAUSE_MS = 4_000;
const REFUSED_PAUSE_MS = 5_000;
const SOCKET_FAILURES_BEFORE_POLLING = 1;

/** One conversation's line to the server: Socket.IO, and HTTP long polling where sockets fail. */
export class Transport {
  private readonly socket: Socket;
  private readonly polling = new AbortController();
  private failures = 0;
  private pollRuns = false;
  private closed = false;

  constructor(
    private readonly access: Access,
    private readonly listener: Listener,
  ) {
    this.socket = io(at("/"), {
      path: SOCKET_PATH,
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 8_000,
      forceNew: true,
      auth: (send) => {
        void access.bearer().then((token) => {
          send({ handle: access.handle, after: access.last(), ...(token ? { token } : {}) });
        });
      },
    });
    window.addEventListener("offline", this.lost);
    window.addEventListener("online", this.found);
    this.socket.on("connect", () => this.connected());
    this.socket.on("disconnect", (reason) => {
      listener.online(false);
      if (reason === "io server disconnect") this.socket.connect();
    });
    this.socket.on("connect_error", (error) => this.failed(error));
    this.socket.on("message", (message: Message) => {
      listener.page({ messages: [message] });
    });
    this.socket.on("state", (state: State) => listener.page({ state }));
    this.socket.on("typing", (event: { author: "bot" | "clerk"; typing: boolean }) =>
      listener.typing(event.author, event.typing),
    );
    this.socket.on("read", (event: { seq: number }) => listener.read(event.seq));
  }

  /** Sends one message; the same client_id again is safe. Throws ApiError. */
  async send(message: Outgoing): Promise<number> {
    if (this.socket.connected) {
      const answer = await this.ack("send", message);
      return (answer as { seq: number }).seq;
    }
    const answer = await request<{ seq: number }>(this.url("messages"), {
      method: "POST",
      body: message,
      headers: await this.headers(),
    });
    return answer.seq;
  }

  /** Fetches everything after the last known number. */
  async resume(): Promise<void> {
    if (this.socket.connected) {
      this.listener.page((await this.ack("resume", { after: this.access.last() })) as Page);
    } else {
      this.listener.page(await this.fetch(0));
    }
  }

  typing(typing: boolean): void {
    if (this.socket.connected) this.socket.volatile.emit("typing", { typing });
  }

  read(seq: number): void {
    if (this.socket.connected) this.socket.volatile.emit("read", { seq });
  }

  close(): void {
    this.closed = true;
    window.removeEventListener("offline", this.lost);
    window.removeEventListener("online", this.found);
    this.polling.abort();
    this.socket.close();
  }

  /** The device itself knows that it has no network: nothing is tried until it has one again. */
  private lost = (): void => {
    this.socket.disconnect();
    this.listener.online(false);
  };

  private found = (): void => {
    this.socket.connect();
  };

  private async ack(event: string, body: unknown): Promise<unknown> {
    let answer: unknown;
    try {
      answer = await this.socket.timeout(ACK_TIMEOUT_MS).emitWithAck(event, body);
    } catch {
      throw new ApiError(0, OFFLINE);
    }
    const error = errorBody(answer);
    if (error) throw new ApiError(statusOf(error.code), error);
    return answer;
  }

  private connected(): void {
    this.failures = 0;
    this.listener.online(true);
    this.resume().catch(() => this.listener.online(this.socket.connected));
  }

  private failed(error: Error & { data?: unknown }): void {
    const body = errorBody(error.data) ?? codeInText(error.message);
    const status = body ? statusOf(body.code) : 0;
    if (body && (status === 401 || status === 404)) {
      this.listener.refused(new ApiError(status, body));
      return;
    }
    this.failures += 1;
    // After a refusal the client does not try again by itself.
    if (!this.socket.active) window.setTimeout(() => this.closed || this.socket.connect(), REFUSED_PAUSE_MS);
    if (this.failures >= SOCKET_FAILURES_BEFORE_POLLING) void this.poll();
  }

  private async poll(): Promise<void> {
    if (this.pollRuns) return;
    this.pollRuns = true;
    let wait = 0;
    while (!this.socket.connected && !this.polling.signal.aborted) {
      try {
        this.listener.page(await this.fetch(wait));
        this.listener.online(true);
        wait = POLL_WAIT_S;
      } catch (error) {
        if (!(error instanceof ApiError)) break;
        if (error.status === 401 || error.status === 404) {
          this.listener.refused(error);
          break;
        }
        wait = 0;
        this.listener.online(false);
        await new Promise((resolve) => setTimeout(resolve, POLL_PAUSE_MS));
      }
    }
    this.pollRuns = false;
  }

  private async fetch(wait: number): Promise<Page> {
    const query = new URLSearchParams({ after: String(this.access.last()), wait: String(wait) });
    return request<Page>(`${this.url("messages")}?${query}`, {
      headers: await this.headers(),
      signal: this.polling.signal,
    });
  }

  private async headers(): Promise<Record<string, string>> {
    const token = await this.access.bearer();
    return token ? { Authorization: `Bearer ${token}` } : {};
  }

  private url(call: string): string {
    return `/api/conversations/${this.access.handle}/${call}`;
  }
}

function codeInText(text: string) {
  return knownCode(text) ? { code: text, message: "" } : null;
}
