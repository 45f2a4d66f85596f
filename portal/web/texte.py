"""Words that several pages share."""

STATI = {
    "eingegangen": "eingegangen",
    "in_bearbeitung": "in Bearbeitung",
    "rueckfrage": "Rückfrage an Sie",
    "erledigt": "erledigt",
    "abgelehnt": "abgelehnt",
}
"""Status of a case as people read it."""
