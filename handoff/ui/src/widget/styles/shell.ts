import { css } from "lit";

/** Opener, panel, header and the field to write in. */
export const shellStyles = css`
  :host { position: fixed; inset-inline-end: 1.25rem; bottom: 1.25rem; z-index: 900; }
  .opener {
    display: inline-flex; align-items: center; gap: 0.625rem; min-height: 3.5rem; padding: 0.75rem 1.375rem; border: 2px solid var(--bg);
    border-radius: 1.75rem; background: var(--act); color: var(--on); font-weight: 600; cursor: pointer;
    box-shadow: 0 6px 20px rgb(0 0 0 / 0.22); transition: background-color 120ms, transform 120ms;
  }
  .opener:hover { background: var(--act-hover); transform: translateY(-1px); }
  .opener:focus-visible { border-radius: 1.75rem; }
  .unread { display: grid; place-items: center; min-width: 1.5rem; height: 1.5rem; padding: 0 0.375rem; border-radius: 0.75rem; background: var(--bg); color: var(--t); font-size: 0.875rem; }
  /* On most screens it stands beside or over what is read: a small one. What is not seen is still its name. */
  @media (max-width: 108rem) {
    :host(:not([offen])) { inset-inline-end: 0.75rem; bottom: 0.75rem; }
    .opener { position: relative; flex-direction: column; gap: 0; width: 4.5rem; min-height: 4.5rem; padding: 0.375rem; border-radius: 1rem; justify-content: center; }
    .opener:focus-visible { border-radius: 1rem; }
    .opener .at-ease { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .unread { position: absolute; top: -0.5rem; inset-inline-start: -0.5rem; border: 2px solid var(--act); }
  }
  .panel {
    display: flex; flex-direction: column; width: min(27rem, calc(100vw - 2.5rem)); height: min(46rem, calc(100dvh - 2.5rem));
    overflow: hidden; border: 1px solid var(--line); border-radius: 12px; background: var(--bg);
    box-shadow: 0 12px 48px rgb(0 0 0 / 0.26); animation: rise 160ms ease-out;
  }
  .panel.is-wide { width: min(46rem, calc(100vw - 2.5rem)); height: calc(100dvh - 2.5rem); }
  @keyframes rise { from { opacity: 0; transform: translateY(12px); } }
  .head { display: flex; align-items: center; gap: 0.25rem; padding-block: 0.625rem; padding-inline: 1.25rem 0.5rem; background: var(--act); color: var(--on); }
  .head-text { flex: 1; min-width: 0; }
  .head h2 { font-size: 1.125rem; font-weight: 600; line-height: 1.4; }
  .head :focus-visible { outline-color: var(--on); outline-offset: -3px; }
  .head { position: relative; }
  .menu { position: absolute; top: calc(100% - 0.25rem); inset-inline-end: 0.5rem; z-index: 2; min-width: min(18rem, calc(100% - 1rem)); padding: 0.375rem; border: 1px solid var(--line); border-radius: 8px; background: var(--bg); color: var(--t); box-shadow: 0 6px 20px rgb(0 0 0 / 0.22); }
  .menu button, .menu a { display: flex; align-items: center; gap: 0.75rem; width: 100%; min-height: 2.75rem; padding: 0.375rem 0.75rem; border: 0; border-radius: 6px; background: transparent; color: inherit; text-align: start; text-decoration: none; cursor: pointer; }
  .menu :is(button, a):hover { background: var(--tint); }
  .menu :focus-visible { outline-color: var(--focus); }
  .status { display: flex; align-items: center; gap: 0.5rem; font-size: 0.875rem; line-height: 1.4; }
  .dot { width: 0.625rem; height: 0.625rem; flex: none; border-radius: 50%; border: 2px solid var(--on); background: transparent; }
  .dot.is-bot, .dot.is-clerk { background: var(--on); }
  .dot.is-waiting { animation: pulse 1.6s infinite; }
  @keyframes pulse { 50% { background: var(--on); } }
  .scroll { flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 1rem 1.25rem 1.25rem; scrollbar-width: thin; }
  .scroll:focus-visible { outline-offset: -3px; }
  .notice { display: flex; gap: 0.75rem; padding: 0.75rem 0.875rem; border-radius: 8px; background: color-mix(in srgb, var(--info-bg) 45%, var(--bg)); font-size: 0.9375rem; }
  .notice .icon { color: var(--info); margin-top: 0.125rem; }
  .notice .links { display: flex; flex-wrap: wrap; gap: 0.125rem 1rem; margin-top: 0.25rem; }
  .notice a { color: inherit; }
  .greeting { margin-top: 1.5rem; display: grid; gap: 0.5rem; }
  .greeting-title { font-size: 1.375rem; font-weight: 600; line-height: 1.3; }
  .starters { display: grid; gap: 0.5rem; margin-top: 0.75rem; }
  .starters .btn { justify-content: flex-start; text-align: start; font-weight: 500; border-width: 1px; }
  .problem { display: grid; gap: 0.5rem; margin-top: 1.25rem; padding: 1rem; border-radius: 8px; background: var(--warn-bg); border-inline-start: 4px solid var(--warn); }
  .foot { border-top: 1px solid var(--line); padding: 0.75rem 1rem 0.875rem; background: var(--bg); }
  .hint { margin-bottom: 0.5rem; padding: 0.5rem 0.75rem; border-radius: 6px; background: var(--warn-bg); font-size: 0.9375rem; }
  .composer-label { display: block; margin-bottom: 0.25rem; font-size: 0.875rem; font-weight: 600; }
  .composer-row { display: flex; align-items: flex-end; gap: 0.5rem; }
  textarea {
    flex: 1; min-width: 0; min-height: 2.75rem; max-height: 10rem; padding: 0.5625rem 0.75rem; resize: none; line-height: 1.5;
    border: 1px solid var(--edge); border-radius: 6px; background: var(--bg2);
  }
  textarea:focus-visible { outline-offset: 0; }
  textarea[aria-invalid="true"] { border: 2px solid var(--bad); }
  .send { width: 2.75rem; padding: 0; flex: none; }
  .counter { margin-top: 0.25rem; font-size: 0.875rem; color: var(--tm); text-align: end; }
  .counter.is-over { color: var(--bad); font-weight: 600; }
  .foot .error { margin-top: 0.375rem; }
  @media (max-width: 480px) {
    :host([offen]) { inset: 0; }
    .panel, .panel.is-wide { width: 100%; height: 100%; border: 0; border-radius: 0; }
    .wider { display: none; }
    .head { padding-inline-start: 1rem; }
    .scroll { padding: 0.875rem 1rem 1rem; }
  }
  .head h2 { unicode-bidi: normal; }
  :host(:dir(rtl)) .send .icon { transform: scaleX(-1); }
  /* 400 % zoom: as little as possible beside what is read and written. */
  @media (max-height: 26rem) {
    .head { padding-block: 0; }
    .head h2 { display: none; }
    .foot { padding: 0.375rem 0.75rem; }
    .composer-label { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    textarea { max-height: 5rem; }
    .menu { max-height: calc(100dvh - 3.5rem); overflow-y: auto; }
  }
  .on-paper { display: none; }
  @media print {
    .on-paper { display: inline; }
    :host(:not([druckt])) { display: none; }
    :host { position: static; }
    .panel, .panel.is-wide { width: auto; height: auto; overflow: visible; border: 0; box-shadow: none; }
    .head .tool, .menu, .foot, .notice, .starters, .typing, .replies, .actions, .progress, .inline-form, .drop, .card .btn { display: none; }
    .head { background: none; color: inherit; border-bottom: 1px solid; }
    .scroll { overflow: visible; }
    .bubble, .card { break-inside: avoid; }
  }
`;
