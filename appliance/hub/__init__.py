"""The hub: events to whoever follows, short questions off the loops, long orders that outlive their session."""

from appliance.hub.following import Following
from appliance.hub.hub import Hub
from appliance.hub.jobs import Job, JobBook, JobChanged, JobState

__all__ = ["Following", "Hub", "Job", "JobBook", "JobChanged", "JobState"]
