"""make bench-handoff: the conversation gateway under load, against a bare python-socketio relay."""
