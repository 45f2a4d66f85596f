import { describe, expect, it } from "vitest";
import { date, office, size, time, waiting } from "../src/shared/format";
import { errorBody, statusOf } from "../src/shared/http";
import { clientId } from "../src/shared/ids";
import type { Message, PrefillCard, UploadCard } from "../src/shared/protocol";
import { type Decision, releaseValues } from "../src/widget/cards/release";
import { withReturn } from "../src/widget/context";
import { EMPTY, recall, remember } from "../src/widget/memory";
import { authorLabel, leadText, ownButtons, startsReading } from "../src/widget/message";
import { textProblem } from "../src/widget/text-limit";
import { statusLine } from "../src/widget/texts";
import { refusal } from "../src/widget/upload";

const MESSAGE: Message = { seq: 1, author: "bot", text: "Bitte prüfen Sie alles.\nName: Beispiel", at: "" };
const UPLOAD: UploadCard = {
  type: "upload",
  draft: "d",
  evidence: { id: "e", label: "Bestätigung" },
  accept: ["application/pdf", "image/png"],
  max_bytes: 25_000_000,
  url: "/api/dokumente",
  payload: "/uploaded",
};
const SUMMARY = {
  type: "summary",
  draft: "d",
  service: "s",
  recipient: "r",
  effect: "antrag",
  fields: [],
  payload: "/confirm",
} as const;

describe("messages", () => {
  it("begins reading where somebody else spoke or the assistant spoke anew", () => {
    const bot = (at: string): Message => ({ ...MESSAGE, at });
    const citizen: Message = { ...MESSAGE, author: "citizen", at: "2026-11-23T10:00:00+01:00" };
    const clerk: Message = { ...MESSAGE, author: "clerk", at: "2026-11-23T10:00:00+01:00" };
    const first = bot("2026-11-23T10:00:00.100+01:00");
    expect(startsReading(first, undefined)).toBe(true);
    expect(startsReading(citizen, first)).toBe(true);
    expect(startsReading(clerk, first)).toBe(true);
    expect(startsReading(first, citizen)).toBe(false);
    expect(startsReading(bot("2026-11-23T10:00:00.200+01:00"), first)).toBe(false);
    expect(startsReading(bot("2026-11-23T10:00:09+01:00"), first)).toBe(true);
  });

  it("says who speaks, and that a machine is one", () => {
    expect(authorLabel({ author: "bot" })).toBe("Assistent (Computerprogramm)");
    const sender = { function: "Bürgerservice", office: "BÜRGERcenter" };
    expect(authorLabel({ author: "clerk", sender })).toBe("Bürgerservice, BÜRGERcenter (Mensch)");
    expect(authorLabel({ author: "clerk" })).toContain("(Mensch)");
  });

  it("does not repeat under a card what the card shows", () => {
    expect(leadText(MESSAGE)).toBe(MESSAGE.text);
    expect(leadText({ ...MESSAGE, cards: [{ ...SUMMARY, fields: [] }] })).toBe("Bitte prüfen Sie alles.");
    expect(leadText({ ...MESSAGE, cards: [{ ...SUMMARY, fields: [] }] }, true)).toBe(MESSAGE.text);
  });

  it("shows a button once when a card offers it too", () => {
    const buttons = [
      { title: "Bestätigen", payload: "/confirm" },
      { title: "Ändern", payload: "/change" },
      { title: "Mensch", payload: "/human" },
    ];
    const shown = ownButtons({ ...MESSAGE, buttons, cards: [{ ...SUMMARY, fields: [] }] });
    expect(shown.map(({ payload }) => payload)).toEqual(["/human"]);
  });

  it("keeps a text that is too long or empty in the field", () => {
    expect(textProblem("  \n ")).toContain("zuerst");
    expect(textProblem("ä".repeat(4000))).toBeNull();
    expect(textProblem("😀".repeat(4001))).toContain("1 Zeichen zu lang");
  });
});

describe("state", () => {
  it("names the place in the queue and the lost line", () => {
    expect(statusLine({ online: true, state: { phase: "waiting", place: 3 } })).toContain("Platz 3");
    expect(statusLine({ online: true, state: { phase: "waiting" } })).not.toContain("undefined");
    expect(statusLine({ online: false, state: { phase: "bot" } })).toContain("Keine Verbindung");
  });

  it("starts afresh when the stored memory is broken or forbidden", () => {
    const broken = { getItem: () => "{nicht lesbar" } as unknown as Storage;
    expect(recall(broken)).toEqual(EMPTY);
    const forbidden = {
      setItem: () => {
        throw new DOMException("voll");
      },
    } as unknown as Storage;
    expect(() => remember(forbidden, EMPTY)).not.toThrow();
  });

  it("returns to the page where the citizen was, and never sends it to a foreign origin", () => {
    const here = { origin: "https://stadt.example", pathname: "/konto", search: "?a=1" };
    const home = "https://stadt.example/";
    expect(withReturn("/anmelden?zurueck=/", here, home)).toBe("/anmelden?zurueck=%2Fkonto%3Fa%3D1");
    expect(withReturn("https://anders.example/x", here, home)).toBe("https://anders.example/x");
    const foreign = { ...here, origin: "https://www.anderswo.example" };
    expect(withReturn("/anmelden", foreign, home)).toBe("https://stadt.example/anmelden");
  });
});

describe("prefill", () => {
  const field = (id: string, state: "vorhanden" | "fehlt"): PrefillCard["fields"][number] => ({
    id,
    label: id,
    value: "x",
    state,
    type: "text",
  });
  const card = { fields: [field("name", "vorhanden"), field("ort", "vorhanden"), field("tag", "fehlt")] };
  const decide = (released: string[], changed: [string, string][] = []): Decision => ({
    released: new Set(released),
    changed: new Map(changed),
  });

  it("releases what is switched on and nothing that is missing", () => {
    expect(releaseValues(card, decide(["name", "tag"]))).toEqual({ freigeben: ["name"], aendern: {} });
  });

  it("sends a corrected field as a correction and not as a release", () => {
    expect(releaseValues(card, decide(["name", "ort"], [["ort", "Buer"]]))).toEqual({
      freigeben: ["name"],
      aendern: { ort: "Buer" },
    });
  });
});

describe("files", () => {
  it("refuses what is empty, too large or of another type, and says so", () => {
    const file = { name: "a.pdf", type: "application/pdf", size: 1000 };
    expect(refusal(file, UPLOAD)).toBeNull();
    expect(refusal({ ...file, size: 0 }, UPLOAD)).toContain("leer");
    expect(refusal({ ...file, size: 26_000_000 }, UPLOAD)).toContain("26 MB");
    expect(refusal({ ...file, type: "text/html" }, UPLOAD)).toContain("PDF oder PNG");
  });
});

describe("format", () => {
  it("shows dates, sizes and waiting times in German", () => {
    expect(date("2026-11-12")).toBe("12.11.2026");
    expect(time("2026-11-24T10:05:00Z")).toBe("11:05");
    expect(date("2026-11-24T23:30:00Z")).toBe("25.11.2026");
    expect(date("bald")).toBe("bald");
    expect(date(null)).toBe("");
    expect(size(1_400_000)).toBe("1,4 MB");
    expect(office({ office: "BÜRGERcenter", authority: "Stadt" })).toBe("BÜRGERcenter, Stadt");
    const since = "2026-11-24T10:00:00Z";
    expect(waiting(since, new Date("2026-11-24T09:00:00Z"))).toBe("gerade eben");
    expect(waiting(since, new Date("2026-11-24T11:05:00Z"))).toBe("seit 1 Std. 5 Min.");
    expect(waiting("nie", new Date())).toBe("");
  });

  it("finds the error in an acknowledgement and nothing in an answer", () => {
    expect(errorBody({ error: { code: "nachricht_leer", message: "…" } })?.code).toBe("nachricht_leer");
    expect(errorBody({ seq: 4 })).toBeNull();
    expect(errorBody(null)).toBeNull();
    expect(statusOf("neu_und_unbekannt")).toBe(422);
  });

  it("makes client ids the server accepts", () => {
    expect(clientId()).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(clientId()).not.toBe(clientId());
  });
});
