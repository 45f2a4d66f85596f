import { html, type TemplateResult } from "lit";

const icon = (path: string): TemplateResult => html`
  <svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="2"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><path d=${path}></path></svg>`;

export const icons = {
  chat: icon("M21 12a8 8 0 0 1-8 8H4l2-3a8 8 0 1 1 15-5ZM9 10h7M9 14h4"),
  close: icon("M6 6l12 12M18 6L6 18"),
  expand: icon("M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7"),
  shrink: icon("M20 10h-6V4M14 10l7-7M4 14h6v6M10 14l-7 7"),
  send: icon("M4 12l16-8-6 16-3-7-7-1Z"),
  clip: icon("M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 5 5l-8.5 8.5a1.7 1.7 0 0 1-2.5-2.5L15 7"),
  check: icon("M5 13l4 4L19 7"),
  clock: icon("M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7v5l3 2"),
  link: icon("M9 7H5v12h12v-4M13 5h6v6M19 5l-8 8"),
  edit: icon("M4 20h4L19 9l-4-4L4 16v4Z"),
  lock: icon("M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3"),
  upload: icon("M12 16V5M7 10l5-5 5 5M5 19h14"),
  camera: icon("M4 8h4l2-3h4l2 3h4v11H4zM12 10a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z"),
  person: icon("M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM5 20a7 7 0 0 1 14 0"),
  info: icon("M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 11v5M12 8v.01"),
  arrow: icon("M5 12h14M13 6l6 6-6 6"),
  menu: icon("M4 7h16M4 12h16M4 17h16"),
  print: icon("M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z"),
  save: icon("M12 4v11M7 10l5 5 5-5M5 19h14"),
  page: icon("M6 3h9l4 4v14H6zM9 11h7M9 15h7"),
  eye: icon("M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12ZM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z"),
};
