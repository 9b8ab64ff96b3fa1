"""The tables, as peewee models. They know no database: each query is told where it runs (`.execute(database)`),
so that several stores live beside one another and SQLite and PostgreSQL share the models."""

from __future__ import annotations

from peewee import BigIntegerField, BlobField, CompositeKey, IntegerField, Model, TextField


class Boot(Model):
    """A start of the appliance; `ended` stays empty where the power went."""

    number = IntegerField(primary_key=True)
    started = BigIntegerField()
    monotonic = BigIntegerField()
    trusted = IntegerField()
    ended = BigIntegerField(null=True)


class MeterRow(Model):
    """A meter of the list."""

    id = IntegerField(primary_key=True)
    name = TextField()
    segment = TextField()
    addressing = TextField()
    primary_address = IntegerField(null=True)
    secondary_address = TextField(null=True)
    fabrication = TextField(null=True)
    active = IntegerField()
    location = TextField()
    cost_centre = TextField()
    group = TextField()
    comment = TextField()
    baud_rate = IntegerField()
    schedule = TextField()
    multi_telegram = TextField()
    multi_telegram_limit = IntegerField()
    response_timeout = IntegerField()
    initialization = TextField()
    application_reset_subcode = IntegerField()
    battery = IntegerField()
    store = IntegerField()
    installed = BigIntegerField()

    class Meta:
        table_name = "meter"


class Setting(Model):
    """A setting that is not at its default."""

    name = TextField(primary_key=True)
    value = TextField()
    changed = BigIntegerField()
    who = TextField()


class ReadingRow(Model):
    """One telegram of a reading."""

    slot = BigIntegerField()
    meter = IntegerField()
    telegram = IntegerField()
    layout = IntegerField()
    marks = IntegerField()
    boot = IntegerField()
    delay = BigIntegerField()
    drift = BigIntegerField()
    octets = BlobField()

    class Meta:
        table_name = "reading"
        primary_key = CompositeKey("slot", "meter", "telegram")


class SlotRow(Model):
    """A slot of the grid that has readings."""

    slot = BigIntegerField(primary_key=True)

    class Meta:
        table_name = "slot"


class MissedRow(Model):
    """A due slot without a reading."""

    slot = BigIntegerField()
    meter = IntegerField()
    reason = IntegerField()
    marks = IntegerField()
    boot = IntegerField()
    delay = BigIntegerField()
    drift = BigIntegerField()
    detail = TextField()
    octets = BlobField()

    class Meta:
        table_name = "missed"
        primary_key = CompositeKey("slot", "meter")


class OutboxRow(Model):
    """A reading that a receiver has not got yet."""

    receiver = IntegerField()
    slot = BigIntegerField()
    meter = IntegerField()

    class Meta:
        table_name = "outbox"
        primary_key = CompositeKey("receiver", "slot", "meter")


class RoundRow(Model):
    """A readout round of a segment that is over."""

    number = IntegerField()
    segment = TextField()
    slot = BigIntegerField()
    due = IntegerField()
    answered = IntegerField()
    missed = IntegerField()
    began = BigIntegerField()
    ended = BigIntegerField()
    retries = IntegerField(null=True)

    class Meta:
        table_name = "round"
        primary_key = CompositeKey("number", "segment")


class JournalRow(Model):
    """A line of the system log."""

    number = BigIntegerField(primary_key=True)
    created = BigIntegerField()
    severity = IntegerField()
    source = TextField()
    message = TextField()

    class Meta:
        table_name = "journal"


class MeterLogRow(Model):
    """A status byte of a meter, when it was kept."""

    meter = IntegerField()
    created = BigIntegerField()
    status = IntegerField()

    class Meta:
        table_name = "meter_log"
        primary_key = CompositeKey("meter", "created")


class EventRow(Model):
    """Something that came, and went or lasts."""

    number = IntegerField(primary_key=True)
    what = TextField()
    about = TextField()
    severity = IntegerField()
    came = BigIntegerField()
    went = BigIntegerField(null=True)
    message = TextField()
    seen_by = TextField()

    class Meta:
        table_name = "event"


class AccountRow(Model):
    """Somebody who may come in."""

    name = TextField(primary_key=True)
    level = IntegerField()
    password = TextField()
    doors = TextField()
    must_change = IntegerField()
    enabled = IntegerField()
    expires = BigIntegerField(null=True)
    language = TextField()
    email = TextField()
    theme = TextField()
    last_login = BigIntegerField(null=True)

    class Meta:
        table_name = "account"


class AccountKeyRow(Model):
    """A public key of an account."""

    account = TextField()
    fingerprint = TextField()
    line = TextField()

    class Meta:
        table_name = "account_key"
        primary_key = CompositeKey("account", "fingerprint")


class GuessRow(Model):
    """A wrong password."""

    number = BigIntegerField(primary_key=True)
    at = BigIntegerField()
    account = TextField()
    source = TextField()
    stranger = IntegerField()

    class Meta:
        table_name = "guess"


class KnownSourceRow(Model):
    """Where somebody came in from."""

    account = TextField()
    source = TextField()
    at = BigIntegerField()

    class Meta:
        table_name = "known_source"
        primary_key = CompositeKey("account", "source")


class AuditTrailRow(Model):
    """Something that was ordered."""

    number = BigIntegerField(primary_key=True)
    at = BigIntegerField()
    who = TextField()
    door = TextField()
    source = TextField()
    what = TextField()
    old = TextField()
    new = TextField()
    result = TextField()
    link = TextField()

    class Meta:
        table_name = "audit"


class Condemned(Model):
    """A meter whose values in slots below `until` are to be deleted."""

    meter = IntegerField(primary_key=True)
    until = BigIntegerField()
