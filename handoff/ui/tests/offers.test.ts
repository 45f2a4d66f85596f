import { describe, expect, it } from "vitest";
import type { Author, Button, Card, Message } from "../src/shared/protocol";
import { openOffers, openUpload } from "../src/widget/offers";

const QUESTION: Card = {
  type: "question",
  field: { id: "einzugsdatum", label: "Tag des Einzugs", type: "date" },
};
const CHECKLIST: Card = { type: "checklist", title: "Umzug", steps: [] };
const UPLOAD: Card = {
  type: "upload",
  draft: "d",
  evidence: { id: "e", label: "Bestätigung" },
  accept: ["application/pdf"],
  max_bytes: 10,
  url: "/api/dokumente",
  payload: "/uploaded",
};
const START: Button = { title: "Jetzt beantragen", payload: "/start" };

function log(...entries: [Author, Card[]?, Button[]?][]): Message[] {
  return entries.map(([author, cards = [], buttons = []], index) => ({
    seq: index + 1,
    author,
    text: "",
    at: "",
    cards,
    buttons,
  }));
}

const NONE: ReadonlySet<number> = new Set();

describe("openOffers", () => {
  it("leaves a question open through a question in between", () => {
    const offers = openOffers(log(["bot", [QUESTION]], ["citizen"], ["bot"]), NONE);
    expect(offers.cards.has(1)).toBe(true);
  });

  it("closes a card when a later step came", () => {
    const offers = openOffers(log(["bot", [QUESTION]], ["citizen"], ["bot", [UPLOAD]]), NONE);
    expect([...offers.cards]).toEqual([3]);
  });

  it("closes a card that was used, before any answer", () => {
    expect(openOffers(log(["bot", [QUESTION]]), new Set([1])).cards.size).toBe(0);
  });

  it("keeps a checklist usable", () => {
    const offers = openOffers(log(["bot", [CHECKLIST]], ["citizen"], ["bot", [QUESTION]]), new Set([1]));
    expect([...offers.cards].sort()).toEqual([1, 3]);
  });

  it("shows the place in the queue once", () => {
    const offers = openOffers(
      log(["bot", [{ type: "queue" }]], ["system", [{ type: "queue" }]], ["citizen"]),
      NONE,
    );
    expect([...offers.cards]).toEqual([2]);
  });

  it("offers the buttons of the last message that has any", () => {
    expect(openOffers(log(["bot", [], [START]], ["citizen"], ["bot"]), NONE).buttons).toBe(1);
    expect(openOffers(log(["bot", [], [START]], ["bot", [QUESTION]]), NONE).buttons).toBe(0);
    expect(openOffers(log(["bot", [], [START]]), new Set([1])).buttons).toBe(0);
  });

  it("never takes an offer from the citizen's own messages", () => {
    expect(openOffers(log(["citizen", [QUESTION], [START]]), NONE)).toEqual({ buttons: 0, cards: new Set() });
  });
});

describe("openUpload", () => {
  it("finds the open upload card and none that is closed", () => {
    const messages = log(["bot", [UPLOAD]]);
    expect(openUpload(messages, openOffers(messages, NONE))?.seq).toBe(1);
    expect(openUpload(messages, openOffers(messages, new Set([1])))).toBeNull();
  });
});
