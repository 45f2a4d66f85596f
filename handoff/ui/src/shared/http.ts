import { at } from "./origin";
import type { ErrorBody } from "./protocol";

/** An answer of the server that is no success, or no answer at all (`status` 0). */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(status: number, body: ErrorBody) {
    super(body.message);
    this.status = status;
    this.code = body.code;
  }

  /** True when sending the same thing again later may succeed. */
  get temporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export const OFFLINE: ErrorBody = {
  code: "keine_verbindung",
  message:
    "Es besteht gerade keine Verbindung. Ihre Nachricht ist auf diesem Gerät gespeichert und wird gesendet, sobald es wieder geht.",
};

function isErrorBody(value: unknown): value is ErrorBody {
  return typeof value === "object" && value !== null && "code" in value && "message" in value;
}

/** The error body inside a socket acknowledgement or an HTTP answer, if it is one. */
export function errorBody(value: unknown): ErrorBody | null {
  if (isErrorBody(value)) return value;
  if (typeof value === "object" && value !== null && "error" in value && isErrorBody(value.error))
    return value.error;
  if (typeof value === "object" && value !== null && "detail" in value && isErrorBody(value.detail))
    return value.detail;
  return null;
}

export interface RequestOptions {
  method?: "GET" | "POST";
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Calls the JSON API of the Amtslotse origin; cookies go along on its own pages only. Throws ApiError for everything but a 2xx answer. */
export async function request<T>(url: string, options: RequestOptions = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  const init: RequestInit = {
    method: options.method ?? "GET",
    headers,
    credentials: "same-origin",
    cache: "no-store",
  };
  if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(options.body);
  }
  if (options.signal) init.signal = options.signal;
  let response: Response;
  try {
    response = await fetch(at(url), init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, OFFLINE);
  }
  const parsed: unknown = await response.json().catch(() => null);
  if (response.ok) return parsed as T;
  throw new ApiError(
    response.status,
    errorBody(parsed) ?? {
      code: "unbekannter_fehler",
      message:
        "Das hat gerade nicht geklappt. Ihre Eingaben sind erhalten. Bitte versuchen Sie es gleich noch einmal.",
    },
  );
}

const STATUS: Record<string, number> = {
  [OFFLINE.code]: 0,
  anmeldung_noetig: 401,
  knopf_unbekannt: 403,
  unterhaltung_unbekannt: 404,
  nachricht_leer: 422,
  nachricht_zu_lang: 422,
  zu_viele_nachrichten: 429,
  voruebergehend_gestoert: 503,
};

/** Socket errors carry a code only; this is the HTTP status that belongs to it. */
export function statusOf(code: string): number {
  return STATUS[code] ?? 422;
}

export function knownCode(code: string): boolean {
  return code in STATUS;
}
