import { html, nothing, type TemplateResult } from "lit";
import { date } from "../../shared/format";
import { icons } from "../../shared/icons";
import type { Button, QueueCard, Values, WaitOption } from "../../shared/protocol";
import type { CardContext } from "../context";
import { offered } from "./offered";

const moment = new Intl.DateTimeFormat("de-DE", {
  weekday: "long",
  day: "2-digit",
  month: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "Europe/Berlin",
});

const TITLES: Record<WaitOption["id"], string> = {
  anliegen: "Anliegen hinterlassen",
  rueckruf: "Zurückrufen lassen",
  schreiben: "Antwort per E-Mail",
};

function send(context: CardContext, option: WaitOption): (event: SubmitEvent) => void {
  return (event) => {
    event.preventDefault();
    const values: Values = {};
    for (const [name, value] of new FormData(event.currentTarget as HTMLFormElement))
      if (typeof value === "string" && value.trim()) values[name] = value.trim();
    context.press(TITLES[option.id], option.payload, values);
  };
}

function fields(option: WaitOption): TemplateResult {
  const text = html`<label>Ihre Nachricht (wenn Sie möchten)<textarea name="text" rows="3" maxlength="4000"></textarea></label>`;
  if (option.id === "rueckruf")
    return html`
      <label>Telefonnummer<input type="tel" name="telefon" autocomplete="tel" required maxlength="25" /></label>
      <label>Wann?<select name="zeit" required>
        ${(option.slots ?? []).map((slot) => html`<option value=${slot}>${moment.format(new Date(slot))} Uhr</option>`)}
      </select></label>
      ${text}`;
  if (option.id === "schreiben")
    return html`<label>E-Mail-Adresse<input type="email" name="adresse" autocomplete="email" required maxlength="200" /></label>${text}`;
  return text;
}

function alternative(option: WaitOption, context: CardContext, open: boolean): TemplateResult {
  const promise = option.promised ? html`<p class="muted">Sie bekommen bis ${date(option.promised)} eine Antwort.</p>` : nothing;
  return html`<details ?open=${open}>
    <summary>${TITLES[option.id]}</summary>
    <form class="wait-form" @submit=${send(context, option)}>
      ${promise} ${fields(option)}
      <button type="submit" class=${open ? "btn primary" : "btn"}>${TITLES[option.id]}</button>
    </form>
  </details>`;
}

/** Place and expected wait, and what may be done instead of waiting. */
export function queue(card: QueueCard, context: CardContext, buttons: readonly Button[]): TemplateResult {
  if (context.state.phase !== "waiting")
    return html`<h3>Warteschlange</h3><p class="done-line">${icons.check} Die Wartezeit ist vorbei.</p>`;
  const { place, estimate, opens_at } = context.state;
  const closed = context.state.open === false;
  const back = offered(buttons, "/back_to_bot", { title: "Zurück zum Assistenten", payload: "/back_to_bot" });
  const options = card.options ?? [];
  return html`
    <h3 class="with-icon">${icons.person}<span>${closed ? "Gerade ist niemand da" : "Sie warten auf einen Menschen"}</span></h3>
    ${closed && opens_at ? html`<p>Wieder erreichbar ab ${moment.format(new Date(opens_at))} Uhr.</p>` : nothing}
    ${
      place
        ? html`<p class="place"><span class="place-number">${place}</span><span>${place === 1 ? "Sie sind als Nächstes dran." : "Ihr Platz in der Warteschlange"}</span></p>`
        : nothing
    }
    ${
      estimate && !closed
        ? html`<p>Voraussichtliche Wartezeit: <strong>${estimate.text}</strong></p>`
        : closed
          ? nothing
          : html`<p>Gerade ist für dieses Thema niemand angemeldet. Deshalb können wir keine Wartezeit nennen.</p>`
    }
    ${card.topic ? html`<p>Thema: ${card.topic}</p>` : nothing}
    <p class="muted">Sie können diese Seite verlassen. Ihr Platz und Ihre Angaben bleiben erhalten.</p>
    ${options.length ? html`<p>Sie möchten nicht warten?</p>` : nothing}
    ${options.map((option, number) => alternative(option, context, closed && number === 0))}
    ${
      context.state.assistant === "aus"
        ? html`<p class="muted">Zum Assistenten können Sie gerade nicht zurück: Er ist abgeschaltet.</p>`
        : html`<button type="button" class="btn" @click=${() => context.press(back.title, back.payload)}>${back.title}</button>`
    }`;
}
