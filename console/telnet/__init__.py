"""The door to the console on the network: telnet and plain TCP on one port, with TLS where there is a certificate."""

from console.telnet.server import TelnetConsole

__all__ = ["TelnetConsole"]
