import type { Message } from "./protocol";

/**
 * The messages of one conversation in the order of their numbers, each once.
 *
 * Messages that arrive ahead of a missing one are held back until the gap is filled, so that nobody
 * reads an answer before its question.
 */
export class MessageLog {
  /** `from`: number of the last message that is not shown at all. */
  constructor(private readonly from = 0) {}

  private readonly shown: Message[] = [];
  private readonly held = new Map<number, Message>();

  get messages(): readonly Message[] {
    return this.shown;
  }

  /** Number of the last message without a gap before it; 0 when there is none. */
  get last(): number {
    return this.from + this.shown.length;
  }

  /** True while a later message waits for a missing earlier one. */
  get gap(): boolean {
    return this.held.size > 0;
  }

  /** Takes messages in any order and returns those that became visible. */
  add(messages: readonly Message[]): Message[] {
    for (const message of messages) {
      if (Number.isInteger(message.seq) && message.seq > this.last) this.held.set(message.seq, message);
    }
    const fresh: Message[] = [];
    for (let next = this.held.get(this.last + 1); next; next = this.held.get(this.last + 1)) {
      this.held.delete(next.seq);
      this.shown.push(next);
      fresh.push(next);
    }
    return fresh;
  }
}

/** Number of the author's last message that the other side has seen (up to number `seen`); 0 when there is none. */
export function lastRead(messages: readonly Message[], author: Message["author"], seen: number): number {
  return messages.filter((message) => message.author === author && message.seq <= seen).at(-1)?.seq ?? 0;
}
