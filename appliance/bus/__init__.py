"""The bus engine: segments, queue with priorities, rounds on schedule, continuous mode, leases.

`Engine` is what the rest of the appliance sees. A `Segment` is sans-IO: a `Worker` thread steps it over a blocking
line, `virtual.drive` steps many over simulated buses in virtual time.

```text
engine      all segments; orders from other threads
planner     schedules into rounds        slots       each slot once, whatever the clock does
order       what a person asked for, on however many segments

segment     one bus: what to do next, how it ended
mailbox     what other threads want      agenda      what waits for the bus, the most urgent first
herald      what others are told         blocks      what keeps the whole bus from working
lease       the line lent                talks       dialogues that somebody brings
continuous  the next turn of the continuous mode
visits      one visit to one meter       plan        whom to ask and how patiently
memory      what is known of meters from one reading to the next

rounds      all rounds under way         accounts    where each slot ends
round       the meters of one slot       errand      why and until when they are read
itinerary   in which order, how often    visit       a meter's turn
failure     why a visit was in vain
```
"""

from appliance.bus.engine import Engine
from appliance.bus.engine_settings import EngineSettings, SegmentSettings
from appliance.bus.lease import Lease
from appliance.bus.status import RoundStatus, SegmentStatus

__all__ = ["Engine", "EngineSettings", "Lease", "RoundStatus", "SegmentSettings", "SegmentStatus"]
