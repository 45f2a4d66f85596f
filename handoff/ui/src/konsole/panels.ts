import { html, nothing, type TemplateResult } from "lit";
import type { ChatContext } from "./chat-pane";
import type { Desk } from "./desk";
import { ABUSE, RESULTS } from "./protocol";

export type Panel = "weitergeben" | "vermerk" | "beenden" | "bausteine" | "katalog";

const PROTECTED: Record<string, string> = {
  sozialdaten: "Sozialdaten",
  steuerdaten: "Steuerdaten",
  besonders: "besonders geschützte Daten",
};

function value(form: HTMLFormElement, name: string): string {
  const field = form.elements.namedItem(name);
  if (field instanceof RadioNodeList) return field.value;
  return (field as HTMLInputElement | null)?.value.trim() ?? "";
}

function cancel(context: ChatContext): TemplateResult {
  return html`<button type="button" class="ak-btn" @click=${() => context.setPanel(null)}>Abbrechen</button>`;
}

function handOn(desk: Desk, context: ChatContext): TemplateResult {
  const { board, view } = desk;
  const own = view?.state.clerk?.office ?? "";
  const protection = view?.service ? (view.service.protection ?? null) : { kind: "besonders", law: "Art. 9 DSGVO" };
  const others = board.offices.filter((office) => office !== own);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const [office = own, clerk = ""] = value(form, "ziel").split("\t");
    const done = await desk.handOn({
      kind: value(form, "art") === "einladung" ? "einladung" : "uebergabe",
      office,
      clerk: clerk || null,
      note: value(form, "notiz"),
      legal_basis: value(form, "grundlage"),
    });
    if (done) context.setPanel(null);
  };
  return html`<form class="ak-panel" aria-labelledby="ak-panel-title" @submit=${submit}>
    <h3 id="ak-panel-title">Weitergeben oder jemanden dazuholen</h3>
    <fieldset><legend>Wie</legend>
      <label class="ak-choice"><input type="radio" name="art" value="uebergabe" checked /> Übergeben: jemand anderes führt weiter</label>
      <label class="ak-choice"><input type="radio" name="art" value="einladung" /> Dazuholen: Sie schreiben zu zweit</label>
    </fieldset>
    <label for="ak-target">An wen</label>
    <select id="ak-target" name="ziel" required data-first>
      <optgroup label="Ihre Stelle">
        <option value=${own}>Alle bei ${own}</option>
        ${board.colleagues.filter(({ office }) => office === own).map((one, index) => html`<option value=${`${one.office}\t${one.clerk}`}>${one.function} (Platz ${index + 1}, im Dienst)</option>`)}
      </optgroup>
      ${
        others.length
          ? html`<optgroup label="Andere Stellen und Städte">${others.map((office) => {
              const there = board.colleagues.filter((one) => one.office === office).length;
              return html`<option value=${office}>${office} (${there ? `${there} im Dienst` : "gerade niemand im Dienst"})</option>`;
            })}</optgroup>`
          : nothing
      }
    </select>
    <label for="ak-offer-note">Notiz für die Übernahme <span class="ak-muted">(die Person sieht sie nicht)</span></label>
    <textarea id="ak-offer-note" name="notiz" rows="2" maxlength="1000"></textarea>
    ${
      others.length
        ? html`<label for="ak-law">Rechtsgrundlage, nur für andere Stellen</label>
          <input id="ak-law" name="grundlage" maxlength="200" autocomplete="off" placeholder="zum Beispiel § 3 DSG NRW" aria-describedby="ak-law-hint" />
          <p class="ak-hint" id="ak-law-hint">Ohne Rechtsgrundlage wird die Person im Chat gefragt. ${protection ? html`In diesem Gespräch geht es um <strong>${PROTECTED[protection.kind] ?? "geschützte Daten"}</strong> (${protection.law}): Hier wird immer gefragt.` : nothing}</p>`
        : nothing
    }
    <div class="ak-tools"><button type="submit" class="ak-btn is-primary">Anbieten</button>${cancel(context)}</div>
  </form>`;
}

function file(desk: Desk, context: ChatContext): TemplateResult {
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const transcript = (form.elements.namedItem("verlauf") as HTMLInputElement).checked;
    if (await desk.file(value(form, "text"), transcript)) context.setPanel(null);
  };
  return html`<form class="ak-panel" aria-labelledby="ak-panel-title" @submit=${submit}>
    <h3 id="ak-panel-title">Vermerk zum Antrag</h3>
    <label for="ak-file-text">Was festgehalten werden soll</label>
    <textarea id="ak-file-text" name="text" rows="3" maxlength="4000" required data-first aria-describedby="ak-file-hint"></textarea>
    <label class="ak-choice"><input type="checkbox" name="verlauf" checked /> Den Gesprächsverlauf anhängen</label>
    <p class="ak-hint" id="ak-file-hint">Der Vermerk geht mit dem Antrag „${desk.view?.draft?.name}“ an die zuständige Stelle und in ihre Akte (PDF, XML, JSON). Die Person wird im Chat informiert. Interne Notizen sind nie dabei.</p>
    <div class="ak-tools"><button type="submit" class="ak-btn is-primary">Ablegen</button>${cancel(context)}</div>
  </form>`;
}

function finish(desk: Desk, context: ChatContext): TemplateResult {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const [kind = "", result = ""] = value(form, "ergebnis").split(":");
    const reason = value(form, "grund");
    context.left(kind === "missbrauch" ? desk.endAbuse(result, reason) : desk.finish(result, reason));
  };
  return html`<form class="ak-panel" aria-labelledby="ak-panel-title" @submit=${submit}>
    <h3 id="ak-panel-title">Gespräch beenden</h3>
    <label for="ak-result">Ergebnis des Gesprächs</label>
    <select id="ak-result" name="ergebnis" required data-first>
      <optgroup label="Ergebnis">${Object.entries(RESULTS).map(([id, label]) => html`<option value=${`ergebnis:${id}`}>${label}</option>`)}</optgroup>
      <optgroup label="Wegen Missbrauchs; die Person liest den Grund">${Object.entries(ABUSE).map(([id, label]) => html`<option value=${`missbrauch:${id}`}>${label}</option>`)}</optgroup>
    </select>
    <label for="ak-reason">Grund, in einem Satz <span class="ak-muted">(intern)</span></label>
    <input id="ak-reason" name="grund" maxlength="500" required autocomplete="off" />
    <div class="ak-tools"><button type="submit" class="ak-btn is-danger">Endgültig beenden</button>${cancel(context)}</div>
  </form>`;
}

/** The form of an open panel, above the conversation; null for panels that belong to the reply. */
export function panelForm(panel: Panel, desk: Desk, context: ChatContext): TemplateResult | typeof nothing {
  if (panel === "weitergeben") return handOn(desk, context);
  if (panel === "vermerk") return file(desk, context);
  if (panel === "beenden") return finish(desk, context);
  return nothing;
}
