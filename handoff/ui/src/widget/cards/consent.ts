import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../../shared/icons";
import type { Button, ConsentCard, UploadCard } from "../../shared/protocol";
import type { CardContext } from "../context";
import { offered } from "./offered";
import { wording } from "./wording";

const TITLES: Record<ConsentCard["kind"], string> = {
  daten: "Gespeicherte Daten freigeben?",
  dokument: "Unterlage freigeben?",
  weitergabe: "Anliegen an eine andere Stelle geben?",
};

const PROTECTED: Record<string, string> = {
  sozialdaten: "Sozialdaten",
  steuerdaten: "Steuerdaten",
  besonders: "besonders geschützte Daten",
};

/** Asks for the citizen's yes: who wants what, what for, on which basis; nothing is chosen beforehand. */
export function consent(
  card: ConsentCard,
  context: CardContext,
  buttons: readonly Button[],
): TemplateResult {
  const argument = JSON.stringify({ id: card.id });
  const button = (word: string, title: string) =>
    offered(buttons, `/ask_${word}`, { title, payload: `/ask_${word}${argument}` });
  const release = button("release", "Freigeben");
  const decline = button("decline", "Nicht freigeben");
  const choices = card.kind === "weitergabe" ? [release, button("topic", "Nur mein Anliegen"), decline] : [release, decline];
  const upload: UploadCard | null = card.upload ? { type: "upload", ...card.upload } : null;
  return html`
    <h3>${TITLES[card.kind]}</h3>
    <dl class="pairs">
      <div class="pair"><dt>Wer fragt</dt><dd>${card.clerk.function}, ${card.clerk.office}</dd></div>
      <div class="pair"><dt>${card.kind === "weitergabe" ? "An wen" : "Was"}</dt><dd>${card.label}${card.items.length ? html`<ul>${card.items.map((item) => html`<li>${item}</li>`)}</ul>` : nothing}</dd></div>
      ${card.purpose ? html`<div class="pair"><dt>Wofür</dt><dd>${card.purpose}</dd></div>` : nothing}
      <div class="pair"><dt>Grundlage</dt><dd>${card.legal_basis}</dd></div>
      ${card.protection ? html`<div class="pair"><dt>Gut zu wissen</dt><dd>Es geht um ${PROTECTED[card.protection.kind] ?? "geschützte Daten"}. Sie bleiben ohne Ihr Ja bei der Stelle (${card.protection.law}).</dd></div>` : nothing}
    </dl>
    ${wording(card)}
    ${
      context.open
        ? html`${upload ? html`<al-upload .card=${upload} .context=${context}></al-upload>` : nothing}
          <div class="actions">
            ${(upload ? [decline] : choices).map(
              ({ title, payload }, index) =>
                html`<button type="button" class="btn ${index === 0 && !upload ? "primary" : ""}" @click=${() => context.press(title, payload)}>${title}</button>`,
            )}
          </div>
          <p class="muted">Sie können ablehnen. Das Gespräch geht dann ganz normal weiter.</p>`
        : html`<p class="done-line">${icons.check} Sie haben entschieden.</p>`
    }`;
}
