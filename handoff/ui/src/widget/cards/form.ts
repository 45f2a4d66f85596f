import { html, nothing, type TemplateResult } from "lit";
import { date, office } from "../../shared/format";
import { icons } from "../../shared/icons";
import type { Button, QuestionCard, SummaryCard } from "../../shared/protocol";
import type { CardContext } from "../context";
import { offered } from "./offered";
import { wording } from "./wording";

function progress(card: QuestionCard): TemplateResult | typeof nothing {
  if (!card.progress || card.progress.total < 1) return nothing;
  const { answered, total } = card.progress;
  return html`<div class="progress">
    <progress max=${total} value=${answered} aria-label="Fortschritt"></progress>
    <span class="muted">${answered} von ${total} Angaben</span>
  </div>`;
}

function dateForm(card: QuestionCard, context: CardContext): TemplateResult {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem("datum");
    if (field instanceof HTMLInputElement && field.value) context.say(date(field.value));
  };
  return html`<form class="inline-form" @submit=${submit}>
    <label>Datum auswählen<input type="date" name="datum" required aria-label="Datum: ${card.field.label}" /></label>
    <button type="submit" class="btn">Übernehmen</button>
  </form>`;
}

/** `text` and `buttons` of the same message: what they say already is not shown twice. */
export function question(
  card: QuestionCard,
  context: CardContext,
  text: string,
  buttons: readonly Button[],
): TemplateResult {
  const help = card.field.help && !text.includes(card.field.help) ? card.field.help : null;
  const titles = new Set(buttons.map(({ title }) => title));
  const options = (card.field.options ?? []).filter(({ label }) => !titles.has(label));
  return html`
    ${progress(card)}
    <h3>${card.field.label}</h3>
    ${help ? html`<p class="muted">${help}</p>` : nothing}
    ${
      context.open
        ? html`
            ${card.field.type === "date" ? dateForm(card, context) : nothing}
            ${
              options.length
                ? html`<div class="actions" role="group" aria-label="Antworten: ${card.field.label}">
                    ${options.map(({ label }) => html`<button type="button" class="btn" @click=${() => context.say(label)}>${label}</button>`)}
                  </div>`
                : nothing
            }`
        : html`<p class="done-line">${icons.check} Beantwortet</p>`
    }`;
}

const EFFECTS: Record<SummaryCard["effect"], { badge: string; text: string; confirm: string }> = {
  antrag: {
    badge: "Antrag",
    text: "Wenn Sie bestätigen, ist Ihr Antrag gestellt und geht an die zuständige Stelle.",
    confirm: "Antrag verbindlich absenden",
  },
  anzeige: {
    badge: "Anzeige",
    text: "Wenn Sie bestätigen, geht Ihre Anzeige an die zuständige Stelle.",
    confirm: "Anzeige verbindlich absenden",
  },
  vorbereitung: {
    badge: "nur Vorbereitung",
    text: "Dies ist nur eine Vorbereitung. Damit ist noch nichts beantragt oder angezeigt.",
    confirm: "Vorbereitung absenden",
  },
};

function contents(card: SummaryCard): TemplateResult {
  const fee = typeof card.fee === "string" ? card.fee : card.fee?.display;
  const documents = card.documents ?? [];
  return html`<dl class="pairs">
    ${card.fields.map(({ label, display }) => html`<div class="pair"><dt>${label}</dt><dd>${display || "keine Angabe"}</dd></div>`)}
    ${
      documents.length
        ? html`<div class="pair"><dt>Unterlagen</dt><dd><ul>
            ${documents.map(({ label, filename }) => html`<li>${label}: ${filename || "wird nachgereicht"}</li>`)}
          </ul></dd></div>`
        : nothing
    }
    <div class="pair"><dt>Geht an</dt><dd>${office(card.recipient)}</dd></div>
    ${fee ? html`<div class="pair"><dt>Kosten</dt><dd>${fee}</dd></div>` : nothing}
    ${card.legal_basis ? html`<div class="pair"><dt>Rechtsgrundlage</dt><dd>${card.legal_basis}</dd></div>` : nothing}
  </dl>
  ${wording(card)}`;
}

export function summary(card: SummaryCard, context: CardContext, buttons: readonly Button[]): TemplateResult {
  const effect = EFFECTS[card.effect];
  const confirm = offered(buttons, card.payload, { title: effect.confirm, payload: card.payload });
  const change = offered(buttons, "/change", { title: "Etwas ändern", payload: "/change" });
  const warn = card.effect === "vorbereitung" ? "warn" : "";
  const head = html`<h3>Zusammenfassung: ${card.service}</h3>
    <p><span class="badge ${warn || "info"}">${effect.badge}</span></p>`;
  if (!context.open) {
    return html`${head}
      <p class="done-line">${icons.check} Erledigt</p>
      <details><summary>Angaben ansehen</summary>${contents(card)}</details>`;
  }
  return html`${head} ${contents(card)}
    <p class="callout ${warn}">${icons.info}<span>${effect.text}${card.hint ? ` ${card.hint}` : ""}</span></p>
    <div class="actions">
      <button type="button" class="btn primary" @click=${() => context.press(confirm.title, confirm.payload)}>${confirm.title}</button>
      <button type="button" class="btn" @click=${() => context.press(change.title, change.payload)}>${change.title}</button>
    </div>`;
}
