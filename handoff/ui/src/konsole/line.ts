import { io, type Socket } from "socket.io-client";
import { ApiError, errorBody, OFFLINE, request, statusOf } from "../shared/http";
import { type Message, SOCKET_PATH } from "../shared/protocol";
import type { Board, ChatView, Queue } from "./protocol";

const LOGIN_URL = "/amt/anmelden?zurueck=/konsole";
const HEARTBEAT_MS = 20_000;
/** A lease lasts this long from the heartbeat on; its end tells the server's clock. */
const LEASE_MS = 60_000;
const ACK_TIMEOUT_MS = 8_000;
const REFUSED_PAUSE_MS = 5_000;

export interface Listener {
  online(online: boolean): void;
  /** How many milliseconds the server's clock is ahead of this device's. */
  clock(aheadMs: number): void;
  queue(queue: Queue): void;
  board(board: Board): void;
  presence(presence: string): void;
  message(chat: string, message: Message): void;
  chat(view: ChatView): void;
  typing(chat: string, typing: boolean): void;
  read(chat: string, seq: number): void;
  refused(text: string): void;
}

/** A staff token for the socket; sends the browser to the login page when nobody is logged in. */
async function staffToken(): Promise<string> {
  try {
    const { csrf } = await request<{ csrf?: string | null }>("/api/session?art=personal");
    const answer = await request<{ token: string }>("/api/session/token?art=personal", {
      method: "POST",
      headers: csrf ? { "X-CSRF-Token": csrf } : {},
    });
    return answer.token;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) window.location.assign(LOGIN_URL);
    throw error;
  }
}

/** The console's line to the server, namespace /konsole. */
export class Line {
  private readonly socket: Socket;
  private readonly beat: number;
  private closed = false;

  constructor(private readonly listener: Listener) {
    this.socket = io("/konsole", {
      path: SOCKET_PATH,
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 8_000,
      auth: (send) => {
        staffToken().then(
          (token) => send({ token }),
          () => this.again(),
        );
      },
    });
    this.socket.on("connect", () => {
      listener.online(true);
      void this.heartbeat();
    });
    this.socket.on("disconnect", (reason) => {
      listener.online(false);
      if (reason === "io server disconnect") this.again();
    });
    this.socket.on("connect_error", (error: Error & { data?: unknown }) => {
      listener.online(false);
      const body = errorBody(error.data);
      if (body) listener.refused(body.message);
      if (!this.socket.active) this.again();
    });
    this.socket.on("queue", (queue: Queue) => listener.queue(queue));
    this.socket.on("desk", (board: Board) => listener.board(board));
    this.socket.on("message", (event: { chat: string; message: Message }) =>
      listener.message(event.chat, event.message),
    );
    this.socket.on("chat", (view: ChatView) => listener.chat(view));
    this.socket.on("typing", (event: { chat: string; typing: boolean }) =>
      listener.typing(event.chat, event.typing),
    );
    this.socket.on("read", (event: { chat: string; seq: number }) => listener.read(event.chat, event.seq));
    this.beat = window.setInterval(() => void this.heartbeat(), HEARTBEAT_MS);
  }

  /** Sends a command and gives its answer. Throws ApiError with a German sentence. */
  async ask<T>(event: string, body: object = {}): Promise<T> {
    let answer: unknown;
    try {
      if (!this.socket.connected) throw new Error("offline");
      answer = await this.socket.timeout(ACK_TIMEOUT_MS).emitWithAck(event, body);
    } catch {
      throw new ApiError(0, {
        code: OFFLINE.code,
        message:
          "Es besteht gerade keine Verbindung. Es wurde nichts geändert. Bitte versuchen Sie es gleich noch einmal.",
      });
    }
    const error = errorBody(answer);
    if (!error) return answer as T;
    if (error.code === "anmeldung_noetig") this.socket.disconnect().connect();
    throw new ApiError(statusOf(error.code), error);
  }

  tell(event: string, body: object): void {
    if (this.socket.connected) this.socket.volatile.emit(event, body);
  }

  close(): void {
    this.closed = true;
    window.clearInterval(this.beat);
    this.socket.close();
  }

  private async heartbeat(): Promise<void> {
    if (!this.socket.connected) return;
    const answer = await this.ask<{ lease_until: string; presence?: string }>("heartbeat").catch(() => null);
    if (answer?.presence) this.listener.presence(answer.presence);
    if (answer) this.listener.clock(Date.parse(answer.lease_until) - LEASE_MS - Date.now());
  }

  private again(): void {
    window.setTimeout(() => {
      if (!this.closed && !this.socket.connected) this.socket.disconnect().connect();
    }, REFUSED_PAUSE_MS);
  }
}
