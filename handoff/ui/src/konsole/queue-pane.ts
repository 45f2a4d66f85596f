import { html, nothing, type TemplateResult } from "lit";
import { waiting } from "../shared/format";
import { type Entry, type Queue, REASONS } from "./protocol";

interface QueueContext {
  current: string | null;
  selected: string | null;
  now: Date;
  pick(entry: Entry): void;
}

function item(entry: Entry, own: boolean, context: QueueContext): TemplateResult {
  const topic = entry.topic || "Allgemeine Frage";
  return html`<li>
    <button type="button" class="ak-entry ${entry.chat === context.selected ? "is-selected" : ""}" data-chat=${entry.chat}
      aria-current=${entry.chat === context.current ? "true" : "false"} @click=${() => context.pick(entry)}>
      <span class="ak-entry-top">
        ${own ? nothing : html`<span class="ak-place" aria-label="Platz ${entry.place}">${entry.place}</span>`}
        <span class="ak-topic">${topic}</span>
        ${entry.unread ? html`<span class="ak-unread">${entry.unread}<span class="ak-sr"> ungelesen</span></span>` : nothing}
      </span>
      <span class="ak-meta">${entry.reason ? `${REASONS[entry.reason] ?? entry.reason}, ` : ""}${waiting(entry.since, context.now)}</span>
      ${entry.last_text ? html`<span class="ak-last">${entry.last_text}</span>` : nothing}
      ${own ? nothing : html`<span class="ak-claim">Übernehmen</span>`}
    </button>
  </li>`;
}

export function queuePane(queue: Queue, context: QueueContext): TemplateResult {
  return html`<nav class="ak-queue" aria-label="Gespräche">
    <h2 id="ak-mine">Meine Gespräche <span class="ak-count">${queue.mine.length}</span></h2>
    ${
      queue.mine.length
        ? html`<ul aria-labelledby="ak-mine">${queue.mine.map((entry) => item(entry, true, context))}</ul>`
        : html`<p class="ak-muted">Sie haben gerade kein Gespräch.</p>`
    }
    <h2 id="ak-waiting">Warteschlange <span class="ak-count">${queue.waiting.length}</span></h2>
    ${
      queue.waiting.length
        ? html`<ul aria-labelledby="ak-waiting">${queue.waiting.map((entry) => item(entry, false, context))}</ul>`
        : html`<p class="ak-muted">Niemand wartet.</p>`
    }
  </nav>`;
}
