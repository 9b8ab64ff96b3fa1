"""The only home of SQL: readings, journal, settings, retention, migrations, one writer thread."""

from appliance.store.options import StatusPolicy, StoreOptions
from appliance.store.store import Store

__all__ = ["StatusPolicy", "Store", "StoreOptions"]
