"""`python -m amtslotse` is the command `amtslotse`."""

from amtslotse.cli import app

app()
