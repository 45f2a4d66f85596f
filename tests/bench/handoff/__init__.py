"""make bench-handoff: the conversation gateway under load, against a bare python-socketio relay."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))
