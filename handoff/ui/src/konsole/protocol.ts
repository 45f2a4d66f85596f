import type { FieldType, Message, Option, Sender, State } from "../shared/protocol";

/** Shapes of docs/protocol/console.md. */

export interface Entry {
  chat: string;
  topic: string | null;
  lang?: string;
  reason: string | null;
  reason_text?: string | null;
  since: string;
  place: number | null;
  returned?: boolean;
  state: string;
  last_text: string | null;
  unread: number;
}

export interface Queue {
  waiting: Entry[];
  waiting_total?: number;
  mine: Entry[];
}

/** A chat that a colleague offers to this clerk or her office. */
export interface Offer {
  id: string;
  chat: string;
  kind: "uebergabe" | "einladung";
  scope: "alles" | "anliegen";
  topic: string | null;
  note: string;
  from: Sender;
  since: string;
}

export interface Colleague {
  clerk: string;
  function: string;
  office: string;
}

/** What the console shows beside the queue. */
export interface Board {
  offers: Offer[];
  beside: { chat: string; topic: string | null; clerk: Sender }[];
  colleagues: Colleague[];
  offices: string[];
  /** Whether the lead's pages are open to this person. */
  leads: boolean;
}

export interface DraftField {
  id: string;
  label: string;
  display: string | null;
  masked: boolean;
  state: "offen" | "vorgeschlagen" | "beantwortet" | "entfaellt";
  type: FieldType;
  options?: Option[];
  required?: boolean;
  withheld?: string | null;
  /** Why a filled value should be looked at again. */
  doubt?: string | null;
}

export interface Evidence {
  id: string;
  label: string;
  state: string;
  document?: { filename: string } | null;
}

export interface Draft {
  name: string;
  version: number;
  /** Who acts for whom, where somebody acts for another. */
  acting?: string | null;
  /** How the other parent's confirmation stands, where both parents declare. */
  second_parent?: string | null;
  fields: DraftField[];
  evidence: Evidence[];
  next?: { kind: string; id?: string } | null;
}

export interface Fact {
  id: string;
  label: string;
  value: string;
  mark: "geprueft" | "stand_pruefen" | null;
  /** The sentence to send, with its source. */
  text: string;
}

export interface Service {
  name: string;
  url?: string | null;
  facts: Fact[];
  protection?: { kind: string; law: string } | null;
}

export interface Ask {
  id: string;
  kind: "daten" | "dokument" | "weitergabe";
  label: string;
  items: string[];
  status: "offen" | "erteilt" | "abgelehnt" | "widerrufen";
  at: string;
  document_url: string | null;
}

export interface Note {
  id: string;
  text: string;
  function: string;
  at: string;
}

export interface Reply {
  id: string;
  title: string;
  text: string;
  gaps: string[];
}

export interface Released {
  label: string;
  value: string;
  source: string;
  date: string;
}

/** What a clerk thinks of one answer of the assistant. */
export interface Mark {
  seq: number;
  verdict: "gut" | "falsch";
  /** What the assistant should have known. */
  wanted: string;
}

export interface ChatView {
  chat: string;
  topic: string | null;
  reason: string | null;
  /** Messages up to this number are not shown to this office. */
  from: number;
  role: "inhaber" | "zweit" | "leitung";
  summary: string[];
  messages: Message[];
  state: State;
  citizen: {
    bound: boolean;
    trust: string | null;
    address_locked: boolean;
    data_sets: { id: string; label: string; fields: string[] }[];
  };
  notes: Note[];
  asks: Ask[];
  offered: { kind: string; office: string }[];
  marks: Mark[];
  draft?: Draft | null;
  service?: Service | null;
}

export const RESULTS: Record<string, string> = {
  geloest: "Anliegen gelöst",
  teilweise: "Teilweise gelöst",
  weiterverwiesen: "An andere verwiesen",
  offen: "Nicht gelöst",
};

/** Reasons that the citizen reads when a chat is ended for abuse. */
export const ABUSE: Record<string, string> = {
  beleidigung: "Beleidigungen",
  drohung: "Drohung",
  belaestigung: "Belästigung",
  werbung: "Werbung oder Massennachrichten",
};

export const REASONS: Record<string, string> = {
  wunsch: "Wunsch nach einem Menschen",
  nicht_verstanden: "Assistent hat nicht verstanden",
  stoerung: "Störung",
};
