"""The types of settings (settings.md §0)."""

from appliance.settings.kinds.base import Kind, NotTaken
from appliance.settings.kinds.network import Address, Host, HostPort, HostPorts, IpList, Listen, Network, Url
from appliance.settings.kinds.numbers import Duration, Exact, Integer, Port, Size
from appliance.settings.kinds.times import CronText, ScheduleText, TimeZone, Zone
from appliance.settings.kinds.words import FilePath, Hidden, ListOf, Meters, Octets, OneOf, Order, Secret, Text, YesNo

__all__ = [
    "Address",
    "CronText",
    "Duration",
    "Exact",
    "FilePath",
    "Hidden",
    "Host",
    "HostPort",
    "HostPorts",
    "Integer",
    "IpList",
    "Kind",
    "ListOf",
    "Listen",
    "Meters",
    "Network",
    "NotTaken",
    "Octets",
    "OneOf",
    "Order",
    "Port",
    "ScheduleText",
    "Secret",
    "Size",
    "Text",
    "TimeZone",
    "Url",
    "YesNo",
    "Zone",
]
