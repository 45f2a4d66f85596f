"""The errands of the assistant: one file per ability, every fact from the portal.

Shared pieces: `gespraech` (one turn as an action sees it), `faehigkeit` (base of all actions), `entwurf` (the draft
application), `karten` (cards), `antwort` (is this an answer, and which), `tuer` (the way to the portal).
"""
