"""Custom actions: they run errands to the portal, one file per ability."""
