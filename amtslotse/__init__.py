"""The command: settings, clock, supervisor and everything that composes the parts."""
