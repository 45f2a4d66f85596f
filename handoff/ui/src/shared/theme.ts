import { css } from "lit";

/**
 * KERN's design tokens under short names. On a page with kern.css they follow its theme; on any other
 * page the same values stand here, light and dark.
 */
export const base = css`
  :host {
    --f-t: oklch(20% 0.02 275); --f-tm: oklch(45% 0.02 273); --f-bg: #fff; --f-bg2: oklch(97% 0.004 272);
    --f-line: oklch(86% 0.012 272); --f-edge: oklch(28% 0.02 274); --f-act: oklch(42.84% 0.1689 265.02); --f-on: #fff;
    --f-focus: oklch(42% 0.05 276); --f-bad: oklch(52.37% 0.2002 29.28); --f-bad-bg: oklch(93.89% 0.0292 28.12);
    --f-good: oklch(48.73% 0.0985 168.19); --f-good-bg: oklch(93.09% 0.0428 170.49);
    --f-warn: oklch(50.7% 0.1152 63.44); --f-warn-bg: oklch(93.57% 0.0683 84.88);
    --f-info: oklch(49.29% 0.0962 228.1); --f-info-bg: oklch(93.28% 0.0544 213.68);
  }
  @media (prefers-color-scheme: dark) {
    :host {
      --f-t: oklch(97% 0.004 272); --f-tm: oklch(80% 0.012 272); --f-bg: #000; --f-bg2: oklch(20% 0.02 275);
      --f-line: oklch(42% 0.02 273); --f-edge: oklch(94% 0.006 272); --f-act: oklch(75.39% 0.0772 264.66); --f-on: #000;
      --f-focus: oklch(77% 0.014 272); --f-bad: oklch(68.64% 0.1543 29.27); --f-bad-bg: oklch(26.16% 0.1073 29.23);
      --f-good: oklch(65.26% 0.1254 169.92); --f-good-bg: oklch(24.21% 0.0493 167.63);
      --f-warn: oklch(67.76% 0.1511 65.79); --f-warn-bg: oklch(25.26% 0.0574 63.38);
      --f-info: oklch(66.04% 0.1263 226.04); --f-info-bg: oklch(24.71% 0.0483 228.26);
    }
  }
  :host {
    --t: var(--kern-color-layout-text-default, var(--f-t));
    --tm: var(--kern-color-layout-text-muted, var(--f-tm));
    --bg: var(--kern-color-layout-background-default, var(--f-bg));
    --bg2: var(--kern-color-layout-background-hued, var(--f-bg2));
    --line: var(--kern-color-decorative-border-default, var(--f-line));
    --edge: var(--kern-color-form-input-border, var(--f-edge));
    --act: var(--kern-color-action-default, var(--f-act));
    --on: var(--kern-color-action-on-default, var(--f-on));
    --focus: var(--kern-color-action-focus-default, var(--f-focus));
    --bad: var(--kern-color-feedback-danger, var(--f-bad));
    --bad-bg: var(--kern-color-feedback-danger-background, var(--f-bad-bg));
    --good: var(--kern-color-feedback-success, var(--f-good));
    --good-bg: var(--kern-color-feedback-success-background, var(--f-good-bg));
    --warn: var(--kern-color-feedback-warning, var(--f-warn));
    --warn-bg: var(--kern-color-feedback-warning-background, var(--f-warn-bg));
    --info: var(--kern-color-feedback-info, var(--f-info));
    --info-bg: var(--kern-color-feedback-info-background, var(--f-info-bg));
    --tint: color-mix(in srgb, var(--act) 9%, var(--bg));
    --act-hover: color-mix(in srgb, var(--act) 86%, var(--t));
    font-family: "Fira Sans", "Noto Sans", "Segoe UI", Roboto, Arial, sans-serif;
    font-size: 1rem; line-height: 1.5; color: var(--t);
  }
  *, *::before, *::after { box-sizing: border-box; }
  h2, h3, p, ul, ol, dl, dd { margin: 0; padding: 0; }
  button, input, select, textarea { font: inherit; color: inherit; }
  [hidden] { display: none !important; }
  a { color: var(--act); text-underline-offset: 0.18em; }
  a:hover { text-decoration-thickness: 2px; }
  :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
  .sr { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .muted { color: var(--tm); font-size: 0.9375rem; }
  .icon { width: 1.25em; height: 1.25em; flex: none; }
  .error { color: var(--bad); font-weight: 500; font-size: 0.9375rem; }
  .error:empty, .hint:empty { display: none; }
  .btn {
    display: inline-flex; align-items: center; justify-content: center; gap: 0.5rem; min-height: 2.75rem; padding: 0.4375rem 1rem;
    border: 2px solid var(--act); border-radius: 6px; background: var(--bg); color: var(--act);
    font-weight: 600; line-height: 1.25; text-align: center; text-decoration: none; cursor: pointer; transition: background-color 120ms, color 120ms;
  }
  .btn:hover { background: var(--tint); }
  .btn.primary { background: var(--act); color: var(--on); }
  .btn.primary:hover { background: var(--act-hover); border-color: var(--act-hover); }
  .btn.accent { background: var(--tint); }
  .btn.small { min-height: 2.25rem; padding: 0.25rem 0.75rem; font-size: 0.9375rem; border-width: 1px; }
  .btn.wide { width: 100%; }
  .btn:disabled { opacity: 0.55; cursor: default; }
  .tool {
    display: inline-grid; place-items: center; width: 2.75rem; height: 2.75rem; flex: none; border: 0; border-radius: 6px;
    background: transparent; color: inherit; cursor: pointer;
  }
  .tool:hover { background: color-mix(in srgb, currentColor 12%, transparent); }
  .actions { display: flex; flex-wrap: wrap; gap: 0.5rem; }
  .actions.end { justify-content: flex-end; }
  .badge {
    display: inline-block; padding: 0 0.5rem; border-radius: 4px; background: var(--bg2); color: var(--t); border: 1px solid var(--line);
    font-size: 0.8125rem; font-weight: 500; line-height: 1.5rem; white-space: nowrap;
  }
  .badge.good { background: var(--good-bg); border-color: var(--good); }
  .badge.warn { background: var(--warn-bg); border-color: var(--warn); }
  .badge.info { background: var(--info-bg); border-color: var(--info); }
  /* Each text runs in its own direction, whatever the direction of the page is. */
  p, h2, h3, dt, dd, li, label, summary, .field-text > span, .btn > span, .menu span, textarea, input { unicode-bidi: plaintext; }
  @media (prefers-contrast: more) { :host { --tm: var(--t); --line: var(--edge); } }
  /* Colours are the reader's own: what only a background told apart gets a border. */
  @media (forced-colors: active) {
    .bubble, .badge, .card, .notice, .problem, .hint, .callout, .dots { border: 1px solid; }
    .head, .foot { border-block: 1px solid; }
    .btn.primary { border-width: 4px; }
  }
  @media (prefers-reduced-motion: reduce) { *, *::before, *::after { animation: none !important; transition: none !important; } }
`;
