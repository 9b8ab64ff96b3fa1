"""The only home of SQL: readings, journal, settings, retention, migrations, one writer thread."""
