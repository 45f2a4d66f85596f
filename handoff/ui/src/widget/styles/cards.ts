import { css } from "lit";

/** The cards inside messages. */
export const cardStyles = css`
  .card { display: grid; gap: 0.75rem; width: 100%; padding: 1rem; border: 1px solid var(--line); border-radius: 10px; background: var(--bg); min-width: 0; }
  .card > *, .card al-prefill, .card al-upload { min-width: 0; }
  al-prefill, al-upload { display: grid; gap: 0.75rem; }
  .card h3 { font-size: 1.0625rem; font-weight: 600; line-height: 1.35; }
  .card.is-closed { background: var(--bg2); }
  .card-prefill:not(.is-closed), .card-summary:not(.is-closed), .card-proposal:not(.is-closed), .card-consent:not(.is-closed), .card-upload:not(.is-closed), .card-question:not(.is-closed) { border-color: var(--act); }
  .card-receipt { border-color: var(--good); background: var(--good-bg); }
  .card-receipt .with-icon .icon { color: var(--good); }
  .card-receipt.is-prepared { border-color: var(--warn); background: var(--warn-bg); }
  .card-receipt.is-prepared .with-icon .icon { color: var(--warn); }
  .with-icon { display: flex; align-items: center; gap: 0.5rem; }
  .done-line { display: flex; align-items: center; gap: 0.5rem; color: var(--tm); font-size: 0.9375rem; }
  .done-line .icon { color: var(--good); }
  .pairs { display: grid; gap: 0.625rem; }
  .pair { display: grid; gap: 0.0625rem; }
  .pair + .pair, .pairs.compact .pair + .pair { padding-top: 0.625rem; border-top: 1px solid var(--line); }
  .pair dt { font-size: 0.875rem; color: var(--tm); }
  .pair dd { font-weight: 500; overflow-wrap: anywhere; }
  .pair ul, details > ul:not(.fields) { padding-inline-start: 1.125rem; font-weight: 400; }
  .pairs.compact { padding: 0.75rem; border-radius: 6px; background: var(--bg2); }
  .pairs.compact dd { font-weight: 400; font-size: 0.9375rem; }
  details summary { cursor: pointer; color: var(--act); font-weight: 500; }
  details > .fields, details > .pairs { margin-top: 0.75rem; }
  details ul:not(.fields) { margin-top: 0.375rem; font-size: 0.9375rem; }
  .callout { display: flex; gap: 0.625rem; padding: 0.75rem; border-radius: 6px; background: var(--info-bg); font-size: 0.9375rem; }
  .callout .icon { color: var(--info); margin-top: 0.125rem; }
  .callout.warn { background: var(--warn-bg); }
  .callout.warn .icon { color: var(--warn); }
  .progress { display: grid; gap: 0.25rem; }
  progress { width: 100%; height: 0.5rem; appearance: none; border: 0; border-radius: 0.25rem; overflow: hidden; background: var(--line); }
  progress::-webkit-progress-bar { background: var(--line); }
  progress::-webkit-progress-value { background: var(--act); border-radius: 0.25rem; }
  progress::-moz-progress-bar { background: var(--act); border-radius: 0.25rem; }
  .inline-form { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: flex-end; }
  .inline-form label { display: grid; gap: 0.25rem; font-size: 0.875rem; font-weight: 500; flex: 1 1 10rem; }
  .wait-form { display: grid; gap: 0.75rem; margin-top: 0.75rem; }
  .wait-form label { display: grid; gap: 0.25rem; }
  .scores { display: grid; margin: 0; padding: 0; border: 0; }
  .wait-form label.tick { display: flex; align-items: flex-start; gap: 0.5rem; padding: 0.5rem 0; }
  .tick input { flex: none; width: 1.25rem; min-height: 0; height: 1.25rem; margin: 0.125rem 0 0; accent-color: var(--act); }
  textarea { width: 100%; padding: 0.4375rem 0.75rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--bg2); font: inherit; }
  input:not([type="checkbox"], [type="radio"]), select { width: 100%; min-height: 2.75rem; padding: 0.4375rem 0.75rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--bg2); font-size: 1rem; }
  .steps { list-style: none; counter-reset: step; display: grid; }
  .step { position: relative; counter-increment: step; display: grid; grid-template-columns: 2rem 1fr; gap: 0.75rem; padding-bottom: 1.25rem; }
  .step:last-child { padding-bottom: 0; }
  .step::before { content: counter(step); display: grid; place-items: center; width: 2rem; height: 2rem; border-radius: 50%; border: 2px solid var(--act); color: var(--act); background: var(--bg); font-weight: 600; z-index: 1; }
  .step:not(:last-child)::after { content: ""; position: absolute; inset-inline-start: calc(1rem - 1px); top: 2rem; bottom: 0; width: 2px; background: var(--line); }
  .step.is-done::before { content: "✓"; background: var(--good-bg); border-color: var(--good); color: var(--t); }
  .step-body { display: grid; gap: 0.375rem; padding-top: 0.1875rem; justify-items: start; min-width: 0; }
  .step-name { font-weight: 600; }
  .step-fact { display: flex; gap: 0.5rem; font-size: 0.9375rem; }
  .step-fact .icon { color: var(--tm); margin-top: 0.125rem; }
  .fields { list-style: none; display: grid; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
  .field { display: flex; align-items: center; gap: 0.5rem; padding: 0.625rem 0.75rem; }
  .field + .field { border-top: 1px solid var(--line); }
  .field.is-missing { background: var(--bg2); }
  .field-text { flex: 1; min-width: 0; display: grid; }
  .field-label { font-size: 0.875rem; color: var(--tm); }
  .field-value { font-weight: 500; overflow-wrap: anywhere; }
  .is-missing .field-value { font-weight: 400; font-style: italic; }
  .field-source { font-size: 0.8125rem; color: var(--tm); }
  .field-source:empty { display: none; }
  .field-tools { display: flex; align-items: center; gap: 0.25rem; }
  .field-tools .tool { color: var(--act); }
  .field .inline-form { margin: 0.25rem 0; }
  .switch { appearance: none; position: relative; width: 3rem; height: 1.75rem; margin: 0; flex: none; border-radius: 1rem; border: 2px solid var(--edge); background: var(--bg); cursor: pointer; transition: background-color 120ms; }
  .switch::before { content: ""; position: absolute; top: 3px; inset-inline-start: 3px; width: 1.125rem; height: 1.125rem; border-radius: 50%; background: var(--edge); transition: inset-inline-start 120ms; }
  .switch:checked { background: var(--act); border-color: var(--act); }
  .switch:checked::before { background: var(--on); inset-inline-start: calc(3px + 1.25rem); }
  .switch:focus-visible { border-radius: 1rem; }
  .drop { display: grid; gap: 0.625rem; padding: 1rem; border: 2px dashed var(--edge); border-radius: 8px; background: var(--bg2); }
  .drop.is-over { border-color: var(--act); background: var(--tint); }
  @media (hover: hover) and (pointer: fine) { .camera { display: none; } }
  .change { display: grid; gap: 0.5rem; }
  .change > div { padding: 0.625rem 0.75rem; border-radius: 6px; background: var(--bg2); }
  .change .change-new { background: var(--good-bg); border-inline-start: 4px solid var(--good); }
  .change dt { font-size: 0.875rem; color: var(--tm); }
  .change .change-new dt { color: var(--t); }
  .change dd { font-weight: 600; overflow-wrap: anywhere; }
  ins { text-decoration: none; }
  del { color: var(--tm); }
  .place { display: flex; align-items: center; gap: 0.875rem; font-weight: 500; }
  .place-number { display: grid; place-items: center; min-width: 3rem; height: 3rem; padding: 0 0.5rem; border-radius: 1.5rem; background: var(--act); color: var(--on); font-size: 1.375rem; font-weight: 600; }
  @media (forced-colors: active) {
    .switch { appearance: auto; }
    .switch::before { display: none; }
    progress { appearance: auto; }
    .place-number { border: 2px solid; }
  }
  .is-wide .pairs:not(.compact) .pair { grid-template-columns: 12rem 1fr; gap: 1rem; }
`;
