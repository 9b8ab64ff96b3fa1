"""The master's side of the bus, sans-IO: what to send, until when to wait, what the answer means.

A *dialogue* is a generator: it yields a `Request` and is sent the `Reply`, so each reads like the sequence chart it is
(select, acknowledge, request, answer). A `Conversation` runs one over a `Wire`: it keeps the pauses, strips the echo,
cuts frames and tells silence, collision, jam and short circuit apart. Whoever drives it does the waiting.
"""

from appliance.mbus.dialogue.conversation import Action, Conversation
from appliance.mbus.dialogue.exchange import Reply, Request, Verdict
from appliance.mbus.dialogue.readout import Patience, Readout, Target, read_meter
from appliance.mbus.dialogue.timing import READOUT, SEARCH, Timing
from appliance.mbus.dialogue.wire import Counters, Echo, Traffic, Wire

__all__ = [
    "READOUT",
    "SEARCH",
    "Action",
    "Conversation",
    "Counters",
    "Echo",
    "Patience",
    "Readout",
    "Reply",
    "Request",
    "Target",
    "Timing",
    "Traffic",
    "Verdict",
    "Wire",
    "read_meter",
]
