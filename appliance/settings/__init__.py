"""Every setting, defined once as a row; from the rows come the typed view, show and set."""
