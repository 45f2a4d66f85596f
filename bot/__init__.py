"""What Rasa's config.yml, endpoints.yml and credentials.yml name by dotted path."""
