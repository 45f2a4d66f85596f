import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../../shared/icons";
import type { FeedbackCard, Values } from "../../shared/protocol";
import type { CardContext } from "../context";

const SCORES = ["sehr schlecht", "schlecht", "mittel", "gut", "sehr gut"];

function send(card: FeedbackCard, context: CardContext): (event: SubmitEvent) => void {
  return (event) => {
    event.preventDefault();
    const values: Values = {};
    for (const [name, value] of new FormData(event.currentTarget as HTMLFormElement))
      if (typeof value === "string" && value.trim()) values[name] = value.trim();
    context.press("Rückmeldung gesendet", card.payload, values);
  };
}

/** Asks once how it was, whether the assistant may learn from it, and whether the conversation goes into the postbox. */
export function feedback(card: FeedbackCard, context: CardContext): TemplateResult {
  if (!context.state.feedback) return html`<p class="done-line">${icons.check} Danke, das ist erledigt.</p>`;
  return html`
    <h3>Wie war dieses Gespräch?</h3>
    <p class="muted">Sie müssen nicht antworten. Ihre Bewertung wird ohne Ihren Namen und ohne dieses Gespräch gespeichert.</p>
    <form class="wait-form" @submit=${send(card, context)}>
      <fieldset class="scores"><legend>Ihre Bewertung</legend>
        ${SCORES.map((words, index) => html`<label class="tick"><input type="radio" name="score" value=${index + 1} /><span>${index + 1} – ${words}</span></label>`)}
      </fieldset>
      <label>Was sollen wir wissen? (wenn Sie möchten)<textarea name="text" rows="2" maxlength="1000"></textarea></label>
      ${
        card.learn
          ? html`<label class="tick"><input type="checkbox" name="learn" value="ja" /><span>${card.learn.text} <small class="muted">Text ${card.learn.text_version}, Deutsch.</small></span></label>`
          : nothing
      }
      ${card.transcript ? html`<label class="tick"><input type="checkbox" name="transcript" value="ja" /><span>Den Verlauf in mein Postfach legen</span></label>` : nothing}
      <div class="actions">
        <button type="submit" class="btn primary">Senden</button>
        <button type="button" class="btn" @click=${() => context.press("Rückmeldung übersprungen", card.payload, {})}>Überspringen</button>
      </div>
    </form>`;
}
