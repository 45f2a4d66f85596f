import { ApiError, request } from "../shared/http";
import { onForeignPage } from "../shared/origin";

interface SessionView {
  angemeldet: boolean;
  csrf?: string | null;
  vorname?: string | null;
  vertrauen?: string | null;
}

interface Token {
  token: string;
  expires_at: string | number;
}

/** A token is replaced this many milliseconds before it ends. */
const MARGIN_MS = 60_000;
/** Length of a token in milliseconds, used when its end cannot be read. */
const LIFE_MS = 600_000;

function endOf(token: Token, now: number): number {
  const end = typeof token.expires_at === "number" ? token.expires_at * 1000 : Date.parse(token.expires_at);
  // The server's clock may be set apart from this device's: never trust more than one token life.
  return Number.isNaN(end) || end < now || end > now + LIFE_MS ? now + LIFE_MS : end;
}

/** The citizen's login as the page knows it; the token stays in memory. */
export class Session {
  loggedIn = false;
  csrf: string | null = null;
  private token: string | null = null;
  private until = 0;

  /** Asks the portal who is logged in. A portal that does not answer counts as nobody, and so does another site's page. */
  async refresh(): Promise<void> {
    if (onForeignPage()) return;
    try {
      const view = await request<SessionView>("/api/session");
      this.loggedIn = view.angemeldet;
      this.csrf = view.csrf ?? null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.loggedIn = false;
    }
    if (!this.loggedIn) this.forget();
  }

  /** The current token, a new one when it ends soon, or null for an anonymous visit. */
  async bearer(): Promise<string | null> {
    if (this.token && performance.now() < this.until - MARGIN_MS) return this.token;
    if (!this.loggedIn) return null;
    try {
      const token = await request<Token>("/api/session/token", {
        method: "POST",
        headers: this.csrf ? { "X-CSRF-Token": this.csrf } : {},
      });
      const now = Date.now();
      this.token = token.token;
      this.until = performance.now() + (endOf(token, now) - now);
      return this.token;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.forget();
      if (error.status === 401 || error.status === 403) this.loggedIn = false;
      return null;
    }
  }

  forget(): void {
    this.token = null;
    this.until = 0;
  }
}
