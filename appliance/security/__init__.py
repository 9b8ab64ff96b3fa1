"""Who may come in: users and passwords, slowed guessing, the set-up code, sealed secrets, and the audit trail."""
