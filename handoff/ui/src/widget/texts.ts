import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../shared/icons";
import { at } from "../shared/origin";
import type { State } from "../shared/protocol";
import type { Conversation } from "./conversation";

/** Things people often begin with; a press sends the sentence as their own message. */
const STARTERS = [
  "Ich bin umgezogen. Was muss ich tun?",
  "Ich brauche einen neuen Personalausweis.",
  "Ich möchte meinen Hund anmelden.",
];

/** The notice that stands above every conversation, and the greeting while it is empty. */
export function notice(empty: boolean, state: State, say: (text: string) => void): TemplateResult {
  return html`
    <aside class="notice" aria-label="Hinweis vor dem Gespräch">
      ${icons.info}
      <div>
        ${
          state.phase === "clerk"
            ? html`<p><strong>Gerade schreibt Ihnen ein Mensch.</strong> Zum Assistenten, einem Computerprogramm, können Sie jederzeit zurück: oben unter „Mehr“.</p>`
            : html`<p><strong>Sie schreiben mit einem Computerprogramm, nicht mit einem Menschen.</strong>
                Einen Menschen können Sie jederzeit verlangen.</p>`
        }
        <p class="links"><a href=${at("/datenschutz")}>Datenschutz</a> <a href=${at("/impressum")}>Impressum</a> <a href=${at("/barrierefreiheit")}>Barrierefreiheit</a></p>
      </div>
    </aside>
    ${
      empty
        ? html`<div class="greeting">
            <p class="greeting-title">Guten Tag! Worum geht es?</p>
            <p>Ich erkläre Leistungen der Stadt, nenne Fristen, Kosten und Unterlagen und fülle Anträge mit Ihnen aus. Schreiben Sie einfach, was los ist.</p>
            <div class="starters">${STARTERS.map((text) => html`<button type="button" class="btn" @click=${() => say(text)}>${text}</button>`)}</div>
          </div>`
        : nothing
    }`;
}

/** Who is on the other side now, in a few words. */
export function statusLine({ online, state }: Pick<Conversation, "online" | "state">): string {
  if (!online) return "Keine Verbindung, Nachrichten warten auf diesem Gerät";
  switch (state.phase) {
    case "waiting":
      return state.place
        ? `Sie warten auf einen Menschen, Platz ${state.place}`
        : "Sie warten auf einen Menschen";
    case "clerk":
      return state.clerk
        ? `${[state.clerk, ...(state.helpers ?? [])].map((one) => `${one.function}, ${one.office}`).join("; ")} (${state.helpers?.length ? "Menschen" : "Mensch"})`
        : "Bürgerservice (Mensch)";
    case "closed":
      return "Gespräch beendet";
    default:
      return "Assistent (Computerprogramm)";
  }
}

/** Asks again before the conversation ends. */
export function endPanel(end: () => void, stay: () => void): TemplateResult {
  return html`<div class="problem" role="alertdialog" aria-labelledby="al-end">
    <p id="al-end"><strong>Möchten Sie das Gespräch beenden?</strong> Angefangene Anträge bleiben gespeichert. Danach können Sie hier nicht mehr schreiben, aber jederzeit ein neues Gespräch beginnen.</p>
    <div class="actions"><button type="button" class="btn primary" @click=${end}>Gespräch beenden</button><button type="button" class="btn" @click=${stay}>Weiter schreiben</button></div>
  </div>`;
}

/** What the citizen has to do before the conversation can go on. */
export function problemPanel(
  conversation: Conversation,
  back: (url: string) => string,
): TemplateResult | typeof nothing {
  const restart = () => void conversation.restart();
  if (conversation.problem === "anmeldung") {
    return html`<div class="problem" role="alert">
      <p><strong>Ihre Anmeldung ist beendet. Bitte melden Sie sich wieder an.</strong></p>
      <p>Dieses Gespräch gehört zu Ihrem Konto. Es ist gespeichert und geht nach der Anmeldung weiter. Haben Sie Ihr Konto gesperrt, ist es jetzt zu; die Anmeldeseite zeigt, wie Sie es wieder öffnen.</p>
      <div class="actions"><a class="btn primary" href=${back("/anmelden")}>Anmelden</a><button type="button" class="btn" @click=${restart}>Neues Gespräch beginnen</button></div>
    </div>`;
  }
  if (conversation.problem === "unbekannt") {
    return html`<div class="problem" role="alert">
      <p><strong>Dieses Gespräch ist hier nicht mehr erreichbar.</strong></p>
      <p>Es wurde an anderer Stelle fortgesetzt oder ist abgelaufen. Was Sie noch nicht gesendet haben, bleibt erhalten.</p>
      <div class="actions"><button type="button" class="btn primary" @click=${restart}>Neues Gespräch beginnen</button></div>
    </div>`;
  }
  if (conversation.state.phase === "closed") {
    return html`<div class="problem">
      <p><strong>Das Gespräch ist beendet.</strong> Ihre Anträge und Unterlagen finden Sie weiterhin in Ihrem Konto.</p>
      <div class="actions"><button type="button" class="btn primary" @click=${restart}>Neues Gespräch beginnen</button></div>
    </div>`;
  }
  return nothing;
}
