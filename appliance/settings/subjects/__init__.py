"""The rows of settings.md, by subject. Only what some code obeys is here."""
