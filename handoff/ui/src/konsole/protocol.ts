import type { FieldType, Message, Option, State } from "../shared/protocol";

/** Shapes of docs/protocol/console.md. */

export interface Entry {
  chat: string;
  topic: string | null;
  reason: string | null;
  since: string;
  place: number | null;
  state: string;
  last_text: string | null;
  unread: number;
}

export interface Queue {
  waiting: Entry[];
  mine: Entry[];
}

export interface DraftField {
  id: string;
  label: string;
  display: string | null;
  masked: boolean;
  state: "offen" | "vorgeschlagen" | "beantwortet" | "entfaellt";
  type: FieldType;
  options?: Option[];
}

export interface Draft {
  name: string;
  version: number;
  fields: DraftField[];
  evidence: { id: string; label: string; state: string; document?: { filename: string } | null }[];
  next?: { kind: string; id?: string } | null;
}

export interface ChatView {
  chat: string;
  topic: string | null;
  reason: string | null;
  summary: string[];
  messages: Message[];
  state: State;
  citizen: { bound: boolean; trust: string | null };
  draft?: Draft | null;
  service?: { name: string; fee?: string | null; deadline?: string | null; url?: string | null } | null;
}

export const REASONS: Record<string, string> = {
  wunsch: "Wunsch nach einem Menschen",
  nicht_verstanden: "Assistent hat nicht verstanden",
  stoerung: "Störung",
};
