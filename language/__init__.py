"""What bot, portal and handoff share about language: normalising, structured numbers, dates, search."""
