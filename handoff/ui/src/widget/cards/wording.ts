import { html, nothing, type TemplateResult } from "lit";
import type { Wording } from "../../shared/protocol";

/** The text that is agreed to or read before data go out, with its version and language. */
export function wording(card: Wording): TemplateResult | typeof nothing {
  if (!card.text) return nothing;
  const language = card.language === "de" ? "Deutsch" : card.language;
  return html`<p class="muted">${card.text}<br />Text ${card.text_version}, ${language}.</p>`;
}
