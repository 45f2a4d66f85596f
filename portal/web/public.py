"""The routes that need no session, each with the reason. A test holds every other route to an auth rule."""

PUBLIC_ROUTES: dict[str, str] = {
    "GET /": "start page; shows personal things only to who is logged in",
    "GET /suche": "search in public information",
    "GET /leistungen": "public information",
    "GET /leistungen/{leistung_id}": "public information",
    "GET /lebenslagen/{lage_id}": "public information",
    "GET /datenschutz": "must be readable before anything is given",
    "GET /impressum": "must be readable by everybody",
    "GET /barrierefreiheit": "must be readable by everybody",
    "GET /anmelden": "the way in",
    "POST /anmelden": "the way in; CSRF token of the visit, rate limit",
    "GET /amt/anmelden": "the way in",
    "POST /amt/anmelden": "the way in; CSRF token of the visit, rate limit",
    "GET /identitaet/demo": "stands in for a foreign eID server, which knows no session of ours; demo mode only",
    "POST /identitaet/demo": "as above; what it signs counts only in the session that asked",
    "GET /api/session": "says that nobody is logged in",
    "POST /api/session/token": "checks the session of the kind that is asked for by itself",
    "GET /api/docs": "public information",
    "GET /api/openapi.json": "public information",
    "GET /health": "for the supervisor; says nothing but whether the portal works",
    "MOUNT /static": "style sheet and icon",
}
