import { html, nothing, type TemplateResult } from "lit";
import { date } from "../../shared/format";
import { icons } from "../../shared/icons";
import { at } from "../../shared/origin";
import type {
  Button,
  ChecklistCard,
  FileCard,
  IdentityCard,
  LoginCard,
  ProposalCard,
  ReceiptCard,
  ServiceCard,
  Source,
  Step,
} from "../../shared/protocol";
import type { CardContext } from "../context";
import { offered } from "./offered";

const LEVELS: Record<string, string> = {
  niedrig: "Niedrig (Benutzername und Passwort)",
  substantiell: "Substantiell (zum Beispiel BundID mit ELSTER)",
  hoch: "Hoch (Online-Ausweis)",
};

const FORMS: Record<string, string> = {
  antrag: "Antrag hier im Chat",
  anzeige: "Anzeige hier im Chat",
  vorbereitung: "Vorbereitung hier im Chat, danach zur Stelle",
};

function row(label: string, value: string | null | undefined): TemplateResult | typeof nothing {
  return value ? html`<div class="pair"><dt>${label}</dt><dd>${value}</dd></div>` : nothing;
}

function list(title: string, entries: readonly string[] | undefined): TemplateResult | typeof nothing {
  if (!entries?.length) return nothing;
  return html`<div class="pair"><dt>${title}</dt><dd><ul>${entries.map((entry) => html`<li>${entry}</li>`)}</ul></dd></div>`;
}

function step(entry: Step, context: CardContext): TemplateResult {
  const { name, payload } = entry;
  return html`
    <li class="step ${entry.done ? "is-done" : ""}">
      <div class="step-body">
        <p class="step-name">${name}${entry.optional ? html` <span class="badge">freiwillig</span>` : nothing}
          ${entry.done ? html` <span class="badge good">erledigt</span>` : nothing}</p>
        ${entry.deadline ? html`<p class="step-fact">${icons.clock}<span>${entry.deadline}${entry.law ? ` (${entry.law})` : ""}</span></p>` : nothing}
        ${entry.depends_on?.length ? html`<p class="step-fact">${icons.arrow}<span>Erst nach: ${entry.depends_on.join(", ")}</span></p>` : nothing}
        ${entry.note ? html`<p class="muted">${entry.note}</p>` : nothing}
        ${
          payload && !entry.done
            ? html`<button type="button" class="btn small" @click=${() => context.press(name, payload)}>
                Auswählen<span class="sr">: ${name}</span></button>`
            : nothing
        }
      </div>
    </li>`;
}

export function checklist(card: ChecklistCard, context: CardContext): TemplateResult {
  return html`
    <h3>${card.title}</h3>
    <ol class="steps">${card.steps.map((entry) => step(entry, context))}</ol>
    ${sources("Quellen der Liste", [], card.sources ?? [])}`;
}

function sources(
  title: string,
  law: readonly string[],
  entries: readonly Source[],
): TemplateResult | typeof nothing {
  if (!law.length && !entries.length) return nothing;
  return html`<details><summary>${title}</summary><ul>
      ${law.map((entry) => html`<li>${entry}</li>`)}
      ${entries.map(
        ({ label, mark }) => html`<li>${label}
          <span class="badge ${mark === "geprueft" ? "good" : "warn"}">${mark === "geprueft" ? "geprüft" : "Stand prüfen"}</span></li>`,
      )}</ul></details>
    ${
      entries.some(({ mark }) => mark === "stand_pruefen")
        ? html`<p class="muted">„Stand prüfen“: Angabe ohne Gewähr. Bitte fragen Sie im Zweifel die zuständige Stelle oder die Behördennummer 115.</p>`
        : nothing
    }`;
}

export function service(card: ServiceCard): TemplateResult {
  return html`
    <h3>${card.name}</h3>
    ${card.hint ? html`<p><strong>Das wird oft übersehen:</strong> ${card.hint}</p>` : nothing}
    <dl class="pairs">
      ${list("Vorher nötig", card.before)} ${row("Zuständig", card.office)} ${row("Kosten", card.fee)} ${row("Frist", card.deadline)}
      ${row("Dauer", card.duration)} ${row("So geht es", card.form ? (FORMS[card.form] ?? card.form) : null)}
      ${row("Vertrauensniveau", card.trust_level ? (LEVELS[card.trust_level] ?? card.trust_level) : null)}
      ${list("Diese Angaben brauchen wir", card.data)} ${list("Diese Unterlagen brauchen Sie", card.documents)}
    </dl>
    ${sources("Rechtsgrundlage und Quellen", card.law ?? [], card.sources ?? [])}
    ${card.url ? html`<p><a href=${at(card.url)}>Ausführliche Beschreibung</a></p>` : nothing}`;
}

export function login(card: LoginCard, context: CardContext): TemplateResult {
  if (!context.open || context.state.bound)
    return html`<h3>Anmeldung</h3><p class="done-line">${icons.check} Sie sind angemeldet.</p>`;
  return html`
    <h3>Bitte melden Sie sich an</h3>
    <a class="btn primary" href=${context.withReturn(card.url)}>${icons.lock}<span>${card.text || "Anmelden und weitermachen"}</span></a>
    <p class="muted">Danach kommen Sie hierher zurück. Diese Unterhaltung geht dann weiter.</p>`;
}

/** A file that came through a messenger waits in the portal. */
export function file(card: FileCard): TemplateResult {
  return html`<h3>Gesendete Datei</h3><a class="btn primary" href=${at(card.url)}>${icons.link}<span>${card.text}</span></a>`;
}

/** On another site's page: what only the portal may show or do. */
export function onward(context: CardContext): TemplateResult {
  return html`
    <h3>Weiter im Portal</h3>
    ${
      context.open
        ? html`<p>Anmeldung, gespeicherte Daten und Unterlagen gibt es nur im Portal. Dort geht dieses Gespräch weiter.</p>
            <button type="button" class="btn primary" @click=${() => context.toPortal()}>${icons.link}<span>Im Portal weitermachen</span></button>`
        : html`<p class="done-line">${icons.check} Erledigt</p>`
    }`;
}

export function identity(card: IdentityCard, context: CardContext): TemplateResult {
  return html`
    <h3>Identität nachweisen</h3>
    <dl class="pairs">${row("Nötiges Vertrauensniveau", LEVELS[card.level] ?? card.level)}</dl>
    ${
      context.open
        ? html`<a class="btn primary" href=${context.withReturn(card.url)}>${icons.person}<span>${card.text || "Jetzt nachweisen"}</span></a>`
        : html`<p class="done-line">${icons.check} Dieser Schritt ist abgeschlossen.</p>`
    }`;
}

export function receipt(card: ReceiptCard): TemplateResult {
  const prepared = card.effect === "vorbereitung";
  const request = card.effect === "anliegen";
  const deadline =
    typeof card.deadline === "string"
      ? card.deadline
      : card.deadline
        ? `${date(card.deadline.date)} ${card.deadline.text}`.trim()
        : null;
  return html`
    <h3 class="with-icon">${prepared ? icons.info : icons.check}<span>${prepared ? "Vorbereitung gespeichert" : "Eingangsbestätigung"}</span></h3>
    ${prepared ? html`<p>Damit ist noch nichts beantragt oder angezeigt.</p>` : nothing}
    <dl class="pairs">
      ${row(request ? "Thema" : "Leistung", card.service)} ${row(request ? "Nummer" : "Aktenzeichen", card.reference)} ${row("Zugestellt an", card.office)}
      ${row("Am", date(card.delivered_at))} ${row(request ? "Antwort bis" : "Frist", deadline)}
    </dl>
    ${card.url ? html`<a class="btn" href=${card.url}>${icons.link}<span>In Ihrem Bereich ansehen</span></a>` : nothing}`;
}

export function proposal(
  card: ProposalCard,
  context: CardContext,
  buttons: readonly Button[],
): TemplateResult {
  const argument = JSON.stringify({ id: card.id });
  const accept = offered(buttons, "/proposal_accept", {
    title: "Übernehmen",
    payload: `/proposal_accept${argument}`,
  });
  const decline = offered(buttons, "/proposal_decline", {
    title: "Nicht übernehmen",
    payload: `/proposal_decline${argument}`,
  });
  return html`
    <h3>Vorschlag für „${card.field.label}“</h3>
    <p class="muted">von ${card.clerk.function}, ${card.clerk.office}</p>
    <dl class="change">
      <div><dt>Bisher</dt><dd><del>${card.old || "keine Angabe"}</del></dd></div>
      <div class="change-new"><dt>Neu</dt><dd><ins>${card.new}</ins></dd></div>
    </dl>
    ${
      context.open
        ? html`<div class="actions">
            <button type="button" class="btn primary" @click=${() => context.press(accept.title, accept.payload)}>${accept.title}</button>
            <button type="button" class="btn" @click=${() => context.press(decline.title, decline.payload)}>${decline.title}</button>
          </div>`
        : html`<p class="done-line">${icons.check} Sie haben entschieden.</p>`
    }`;
}
