import { describe, expect, it } from "vitest";
import { type Entry, Outbox } from "../src/shared/outbox";

function outbox(stored: readonly Entry[] = []) {
  const saved: Entry[][] = [];
  return { box: new Outbox(stored, (entries) => saved.push([...entries])), saved };
}

describe("Outbox", () => {
  it("sends oldest first and lets nothing overtake", () => {
    const { box } = outbox();
    box.put({ client_id: "a", text: "eins" }, "eins");
    box.put({ client_id: "b", text: "zwei" }, "zwei");
    expect(box.next?.message.client_id).toBe("a");
    box.mark("a", "wird_gesendet");
    expect(box.next).toBeNull();
    box.mark("a", "gesendet");
    expect(box.next?.message.client_id).toBe("b");
  });

  it("keeps a failed message with its reason and goes on after a retry", () => {
    const { box } = outbox();
    box.put({ client_id: "a", text: "eins" }, "eins");
    box.mark("a", "nicht_gesendet", "Keine Verbindung");
    expect(box.next).toBeNull();
    expect(box.all[0]?.reason).toBe("Keine Verbindung");
    box.mark("a", "wartet");
    expect(box.all[0]?.reason).toBeUndefined();
    expect(box.next?.message.client_id).toBe("a");
  });

  it("sends again with the same client_id what was under way when the page closed", () => {
    const first = outbox();
    first.box.put({ client_id: "a", payload: "/release", values: { freigeben: [] } }, "Freigeben");
    first.box.mark("a", "wird_gesendet");
    const stored = JSON.parse(JSON.stringify(first.saved.at(-1))) as Entry[];
    const second = outbox(stored);
    expect(second.box.next?.message).toEqual({
      client_id: "a",
      payload: "/release",
      values: { freigeben: [] },
    });
  });

  it("does not store what the server has acknowledged", () => {
    const { box, saved } = outbox();
    box.put({ client_id: "a", text: "eins" }, "eins");
    box.mark("a", "gesendet");
    expect(saved.at(-1)).toEqual([]);
    expect(box.all).toHaveLength(1);
  });

  it("forgets an entry once, and an unknown one not at all", () => {
    const { box } = outbox();
    box.put({ client_id: "a", text: "eins" }, "eins");
    expect(box.remove("x")).toBeNull();
    expect(box.remove("a")?.echo).toBe("eins");
    expect(box.remove("a")).toBeNull();
    expect(box.all).toEqual([]);
  });
});
