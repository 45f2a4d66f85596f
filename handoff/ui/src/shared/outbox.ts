import type { Outgoing } from "./protocol";

export type SendState = "wartet" | "wird_gesendet" | "gesendet" | "nicht_gesendet";

export interface Entry {
  message: Outgoing;
  /** What the citizen sees of it: the text, or the title of the button. */
  echo: string;
  state: SendState;
  /** Why it was not sent, in German. */
  reason?: string;
}

type Persist = (entries: readonly Entry[]) => void;

/** Own messages that the server has not numbered yet, oldest first. */
export class Outbox {
  private entries: Entry[];
  private readonly persist: Persist;

  /** `stored`: entries of an earlier page; what was under way then waits to be sent again. */
  constructor(stored: readonly Entry[], persist: Persist) {
    this.entries = stored.map(({ message, echo }) => ({ message, echo, state: "wartet" }));
    this.persist = persist;
  }

  get all(): readonly Entry[] {
    return this.entries;
  }

  /** The oldest entry that should be sent now. Nothing overtakes an entry that waits or is under way. */
  get next(): Entry | null {
    const first = this.entries.find(
      (entry) => entry.state !== "gesendet" && entry.state !== "nicht_gesendet",
    );
    return first?.state === "wartet" ? first : null;
  }

  put(message: Outgoing, echo: string): void {
    this.entries = [...this.entries, { message, echo, state: "wartet" }];
    this.save();
  }

  mark(clientId: string, state: SendState, reason?: string): void {
    this.entries = this.entries.map((entry) => {
      if (entry.message.client_id !== clientId) return entry;
      const marked: Entry = { message: entry.message, echo: entry.echo, state };
      if (reason) marked.reason = reason;
      return marked;
    });
    this.save();
  }

  /** Everything that failed or was interrupted waits to be sent again. */
  retryAll(): void {
    for (const entry of this.entries) {
      if (entry.state === "wird_gesendet") this.mark(entry.message.client_id, "wartet");
    }
  }

  /** Forgets an entry: its number was seen in the log, or the citizen gave it up. */
  remove(clientId: string): Entry | null {
    const found = this.entries.find((entry) => entry.message.client_id === clientId) ?? null;
    if (found) {
      this.entries = this.entries.filter((entry) => entry !== found);
      this.save();
    }
    return found;
  }

  private save(): void {
    this.persist(this.entries.filter((entry) => entry.state !== "gesendet"));
  }
}
