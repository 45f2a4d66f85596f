import { describe, expect, it } from "vitest";
import { lastRead, MessageLog } from "../src/shared/log";
import type { Message } from "../src/shared/protocol";

const message = (seq: number): Message => ({
  seq,
  author: "bot",
  text: `Nachricht ${seq}`,
  at: "2026-11-24T10:00:00+01:00",
});
const numbers = (messages: readonly Message[]) => messages.map(({ seq }) => seq);

describe("MessageLog", () => {
  it("shows messages in order", () => {
    const log = new MessageLog();
    expect(numbers(log.add([message(2), message(1)]))).toEqual([1, 2]);
    expect(log.last).toBe(2);
    expect(log.gap).toBe(false);
  });

  it("shows each number once, also when the server repeats itself", () => {
    const log = new MessageLog();
    log.add([message(1), message(2)]);
    expect(log.add([message(1), message(2), message(2)])).toEqual([]);
    expect(numbers(log.messages)).toEqual([1, 2]);
  });

  it("holds a message back until the missing one before it came", () => {
    const log = new MessageLog();
    log.add([message(1)]);
    expect(log.add([message(3)])).toEqual([]);
    expect(log.gap).toBe(true);
    expect(log.last).toBe(1);
    expect(numbers(log.add([message(2)]))).toEqual([2, 3]);
    expect(log.gap).toBe(false);
  });

  it("ignores numbers that are none", () => {
    const log = new MessageLog();
    expect(log.add([message(0), message(-1), message(Number.NaN), message(1.5)])).toEqual([]);
    expect(log.gap).toBe(false);
  });
});

describe("lastRead", () => {
  const own = (seq: number): Message => ({ ...message(seq), author: "citizen" });

  it("is the author's last message that was seen", () => {
    const messages = [own(1), message(2), own(3), own(4)];
    expect(lastRead(messages, "citizen", 3)).toBe(3);
    expect(lastRead(messages, "citizen", 2)).toBe(1);
  });

  it("is 0 where nothing was seen", () => {
    expect(lastRead([own(1)], "citizen", 0)).toBe(0);
    expect(lastRead([message(1)], "citizen", 9)).toBe(0);
  });
});
