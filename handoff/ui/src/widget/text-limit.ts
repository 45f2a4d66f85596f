import { TEXT_LIMIT } from "../shared/protocol";

/** Why a text cannot be sent, in German, or null. Lengths are counted as the server does, after trimming. */
export function textProblem(text: string): string | null {
  const length = Array.from(text.trim()).length;
  if (length === 0) return "Bitte schreiben Sie zuerst eine Nachricht.";
  if (length > TEXT_LIMIT) {
    return `Ihre Nachricht ist ${(length - TEXT_LIMIT).toLocaleString("de-DE")} Zeichen zu lang. Erlaubt sind ${TEXT_LIMIT.toLocaleString("de-DE")}. Der Text steht noch im Feld: Bitte kürzen oder teilen Sie ihn.`;
  }
  return null;
}
