"""The bus engine: segments, queue with priorities, rounds on schedule, continuous mode, leases.

`Engine` is what the rest of the appliance sees. A `Segment` is sans-IO: a `Worker` thread steps it over a blocking
line, `virtual.drive` steps many over simulated buses in virtual time.
"""

from appliance.bus.engine import Engine
from appliance.bus.engine_settings import EngineSettings, SegmentSettings
from appliance.bus.lease import Lease
from appliance.bus.status import RoundStatus, SegmentStatus

__all__ = ["Engine", "EngineSettings", "Lease", "RoundStatus", "SegmentSettings", "SegmentStatus"]
