/** German display of moments, dates and sizes. Input that is no date is shown as it is. */

/** Clocks are shown as in the town, wherever the reader is. */
const ZONE = "Europe/Berlin";
const TIME = new Intl.DateTimeFormat("de-DE", { hour: "2-digit", minute: "2-digit", timeZone: ZONE });
const DAY = new Intl.DateTimeFormat("de-DE", {
  day: "2-digit",
  month: "2-digit",
  year: "numeric",
  timeZone: ZONE,
});

/** Time of day of an ISO moment, e.g. "10:05". */
export function time(iso: string): string {
  const moment = new Date(iso);
  return Number.isNaN(moment.getTime()) ? "" : TIME.format(moment);
}

/** "2026-11-12" or an ISO moment as "12.11.2026". */
export function date(iso: string | null | undefined): string {
  if (!iso) return "";
  const plain = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  if (plain) return `${plain[3]}.${plain[2]}.${plain[1]}`;
  const moment = new Date(iso);
  return Number.isNaN(moment.getTime()) ? iso : DAY.format(moment);
}

/** Whole minutes between two ISO moments as a short German text. */
export function waiting(since: string, now: Date): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - new Date(since).getTime()) / 60_000));
  if (Number.isNaN(minutes)) return "";
  if (minutes < 1) return "gerade eben";
  if (minutes < 60) return `seit ${minutes} Min.`;
  return `seit ${Math.floor(minutes / 60)} Std. ${minutes % 60} Min.`;
}

/** Bytes as "1,4 MB" or "320 kB". */
export function size(bytes: number): string {
  if (bytes >= 1_000_000)
    return `${(bytes / 1_000_000).toLocaleString("de-DE", { maximumFractionDigits: 1 })} MB`;
  return `${Math.max(1, Math.round(bytes / 1000))} kB`;
}

/** An office given as text or as object. */
export function office(value: string | { office: string; authority?: string }): string {
  if (typeof value === "string") return value;
  return value.authority ? `${value.office}, ${value.authority}` : value.office;
}
