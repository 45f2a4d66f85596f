import { css } from "lit";

/** Messages and their states. */
export const logStyles = css`
  .log { display: flex; flex-direction: column; gap: 1.25rem; }
  .log:not(:empty) { margin-top: 1.25rem; }
  .message { display: flex; flex-direction: column; align-items: flex-start; gap: 0.375rem; max-width: 100%; animation: appear 160ms ease-out; }
  @keyframes appear { from { opacity: 0; } }
  .message.is-continued { margin-top: -0.625rem; }
  .meta { display: flex; flex-wrap: wrap; gap: 0 0.5rem; font-size: 0.8125rem; color: var(--tm); }
  .is-continued > .meta { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .author { font-weight: 600; color: var(--t); }
  .bubble { max-width: 92%; padding: 0.625rem 0.875rem; border-radius: 12px; border-start-start-radius: 4px; background: var(--bg2); white-space: pre-wrap; overflow-wrap: anywhere; }
  .from-citizen { align-items: flex-end; }
  .from-citizen > .bubble { border-start-start-radius: 12px; border-end-end-radius: 4px; background: color-mix(in srgb, var(--act) 20%, var(--bg)); }
  .from-clerk > .bubble { background: var(--good-bg); border-inline-start: 4px solid var(--good); }
  .from-clerk .author { color: var(--good); }
  .from-system > .bubble { background: transparent; border: 1px solid var(--line); color: var(--tm); font-size: 0.9375rem; }
  .is-echo > .bubble { opacity: 0.85; }
  .error p + p { margin-top: 0.375rem; }
  .send-error { max-width: 92%; color: var(--bad); font-size: 0.9375rem; text-align: end; }
  .replies { margin-top: 0.25rem; }
  .typing { display: flex; align-items: center; gap: 0.625rem; margin-top: 1rem; color: var(--tm); font-size: 0.875rem; }
  .dots { display: inline-flex; gap: 0.25rem; padding: 0.625rem 0.75rem; border-radius: 12px; border-start-start-radius: 4px; background: var(--bg2); }
  .dots i { width: 0.4375rem; height: 0.4375rem; border-radius: 50%; background: var(--tm); animation: blink 1.2s infinite; }
  .dots i:nth-child(2) { animation-delay: 160ms; }
  .dots i:nth-child(3) { animation-delay: 320ms; }
  @keyframes blink { 0%, 60%, 100% { opacity: 0.3; } 30% { opacity: 1; } }
`;
