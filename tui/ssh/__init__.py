"""Dashboard and console over SSH. Everything else SSH could do (forwarding, SFTP, other commands) is refused."""
