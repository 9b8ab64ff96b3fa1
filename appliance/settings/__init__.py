"""Every setting is one row; from it come the typed object, `show` and `set`, forms, files and the manual."""

from appliance.settings.kinds import Secret, TimeZone
from appliance.settings.settings import Change, Line, Settings
from appliance.settings.table import ROWS, Row, full_name, is_secret, may_be_secret, row_of

__all__ = [
    "ROWS",
    "Change",
    "Line",
    "Row",
    "Secret",
    "Settings",
    "TimeZone",
    "full_name",
    "is_secret",
    "may_be_secret",
    "row_of",
]
