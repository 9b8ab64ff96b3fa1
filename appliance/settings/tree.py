"""All subjects under one root: what `settings.` completes to."""

from __future__ import annotations

from appliance.settings.row import Family, Numbers, Part, Subject
from appliance.settings.subjects.bus import Bus, Segment
from appliance.settings.subjects.console import Console, Tls
from appliance.settings.subjects.dashboard import Dashboard, Ssh
from appliance.settings.subjects.identity import Identity, Localization, Time
from appliance.settings.subjects.level_converter import LevelConverter
from appliance.settings.subjects.network import Network
from appliance.settings.subjects.panel import RELAYS, Panel, Relay
from appliance.settings.subjects.readout import Job, Readout, Search
from appliance.settings.subjects.security import Audit, Security
from appliance.settings.subjects.series import Series
from appliance.settings.subjects.storage import Files, Log, Storage
from appliance.settings.subjects.system import Restart, Watchdog


class Tree(Subject):
    """The root."""

    identity = Part(Identity)
    localization = Part(Localization)
    time = Part(Time)
    segment = Family(Segment, "NAME")
    bus = Part(Bus)
    search = Part(Search)
    readout = Part(Readout)
    job = Part(Job)
    series = Part(Series)
    storage = Part(Storage)
    files = Part(Files)
    log = Part(Log)
    audit = Part(Audit)
    security = Part(Security)
    console = Part(Console)
    tls = Part(Tls)
    ssh = Part(Ssh)
    dashboard = Part(Dashboard)
    network = Part(Network)
    level_converter = Part(LevelConverter)
    panel = Part(Panel)
    relay = Numbers(Relay, RELAYS)
    restart = Part(Restart)
    watchdog = Part(Watchdog)
