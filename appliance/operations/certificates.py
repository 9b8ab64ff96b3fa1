"""Orders about identities for TLS (operations.md §10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from appliance.errors import Kind, RefusedError
from appliance.operations.answer import Answer, Cell, Table
from appliance.operations.call import Call
from appliance.operations.operation import operation
from appliance.operations.repository import free_name, writing
from appliance.security.certificates import SELF, Certificate
from appliance.security.tls import Terms, own_names
from appliance.settings import Settings
from appliance.settings.kinds import Integer, ListOf, Text

Alias = Annotated[str, Text(1, 63)]
Names = Annotated[tuple[str, ...], ListOf(Text(1, 253))]
Days = Annotated[int, Integer(1, 7300, "days")]


@operation("certificate list", level=1, also="show certificates")
def certificate_list(call: Call) -> Answer:
    """Key store with end dates."""
    rows = [
        (one.alias, one.subject, one.is_self_signed, _used(call, one), Cell(one.ends, _day(call, one)), one.fingerprint)
        for one in call.parts.certificates.all()
    ]
    return Answer(table=Table.of("alias subject self_signed used ends fingerprint", rows))


@operation("certificate show", level=1)
def certificate_show(call: Call, alias: Alias = SELF) -> Answer:
    """All fields of one."""
    one = call.parts.certificates.get(alias)
    data = {
        "alias": one.alias,
        "subject": one.subject,
        "issuer": one.issuer,
        "names": list(one.names),
        "begins": one.begins,
        "ends": one.ends,
        "serial": one.serial,
        "fingerprint": one.fingerprint,
    }
    shown = data | {"names": ", ".join(one.names), "begins": f"{one.begins.astimezone(call.zone):%Y-%m-%d %H:%M}",
                    "ends": f"{one.ends.astimezone(call.zone):%Y-%m-%d %H:%M}"}  # fmt: skip
    return Answer(lines=tuple(f"{name:12} {value}" for name, value in shown.items()), data=data)


@operation("certificate make", level=3, audited=True)
def certificate_make(
    call: Call, alias: Alias = SELF, *, names: Names | None = None, days: Days | None = None
) -> Answer:
    """Makes a self-signed identity."""
    life = timedelta(days=days) if days else call.parts.settings.tls.self_signed_life
    made = call.parts.certificates.make(alias, names or own_names(), life)
    return Answer(
        lines=(f"SHA-256 {made.fingerprint}", f"until {_day(call, made)}, for {', '.join(made.names)}"),
        data={"alias": made.alias, "ends": made.ends, "names": list(made.names), "fingerprint": made.fingerprint},
    )


@operation("certificate export", level=1, audited=True)
def certificate_export(call: Call, alias: Alias = SELF) -> Answer:
    """Writes the public part."""
    text = call.parts.certificates.public(alias)
    name = free_name(call, alias, "pem")
    with writing(call, name) as file:
        file.write(text)
    return Answer(lines=tuple(text.splitlines()), sentence=name, data={"file": name, "certificate": text})


@operation("certificate delete", level=3, audited=True, confirms="For good?")
def certificate_delete(call: Call, alias: Alias) -> Answer:
    """Deletes one nobody uses."""
    if _used(call, call.parts.certificates.get(alias)):
        raise RefusedError(f"{alias} is the certificate of this device: set tls.certificate to another.", Kind.CONFLICT)
    call.parts.certificates.delete(alias)
    return Answer()


def tls_terms(settings: Settings) -> Terms:
    """What our own ports are to speak."""
    tls = settings.tls
    return Terms(tls.certificate, str(tls.minimum_version), tls.self_signed_life, tls.expiry_warning)


def _used(call: Call, one: Certificate) -> bool:
    return one.alias == call.parts.settings.tls.certificate


def _day(call: Call, one: Certificate) -> str:
    return f"{one.ends.astimezone(call.zone):%Y-%m-%d}"
