"""Understanding as Rasa graph components: tokens, intent, entities, services, dialogue acts."""
