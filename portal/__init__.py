"""The service backend: citizen accounts, master data, consent, catalogue, applications, delivery."""
