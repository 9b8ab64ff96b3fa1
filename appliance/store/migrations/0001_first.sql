-- The first schema. $integer, $octets, $text and $compact, $plain are spelled per backend (see schema.py).

CREATE TABLE boot (
    number $integer NOT NULL PRIMARY KEY,
    started $integer NOT NULL,      -- wall clock, milliseconds UTC
    monotonic $integer NOT NULL,    -- monotonic clock at the same moment, milliseconds
    trusted $integer NOT NULL,
    ended $integer                  -- milliseconds UTC; empty where the power went
) $plain;

CREATE TABLE meter (
    id $integer NOT NULL PRIMARY KEY,
    name $text NOT NULL,
    segment $text NOT NULL,
    addressing $text NOT NULL,
    primary_address $integer,
    secondary_address $text,
    fabrication $text,
    active $integer NOT NULL,
    location $text NOT NULL,
    cost_centre $text NOT NULL,
    "group" $text NOT NULL,
    comment $text NOT NULL,
    baud_rate $integer NOT NULL,
    schedule $text NOT NULL,
    multi_telegram $text NOT NULL,
    multi_telegram_limit $integer NOT NULL,
    response_timeout $integer NOT NULL,  -- milliseconds
    initialization $text NOT NULL,
    application_reset_subcode $integer NOT NULL,
    battery $integer NOT NULL,
    store $integer NOT NULL,
    installed $integer NOT NULL          -- seconds UTC
) $plain;

CREATE TABLE setting (
    name $text NOT NULL PRIMARY KEY,
    value $text NOT NULL,
    changed $integer NOT NULL,           -- seconds UTC
    who $text NOT NULL
) $plain;

-- A telegram with its data taken out; manufacturer, version and medium stand in its pattern.
CREATE TABLE layout (
    number $integer NOT NULL PRIMARY KEY,
    length $integer NOT NULL,
    mask $octets NOT NULL,
    pattern $octets NOT NULL
) $plain;

-- One telegram of a reading. Slot first: a round writes neighbouring rows, so few flash pages change.
CREATE TABLE reading (
    slot $integer NOT NULL,              -- seconds UTC
    meter $integer NOT NULL,
    telegram $integer NOT NULL,          -- 0 is the first of the reading
    layout $integer NOT NULL,            -- 0: octets are the whole frame
    marks $integer NOT NULL,             -- kind and clock quality
    boot $integer NOT NULL,
    delay $integer NOT NULL,             -- milliseconds from slot to wall time
    drift $integer NOT NULL,             -- milliseconds wall clock has gained on the monotonic since the boot row
    octets $octets NOT NULL,
    PRIMARY KEY (slot, meter, telegram)
) $compact;

CREATE TABLE missed (
    slot $integer NOT NULL,
    meter $integer NOT NULL,
    reason $integer NOT NULL,
    marks $integer NOT NULL,
    boot $integer NOT NULL,
    delay $integer NOT NULL,
    drift $integer NOT NULL,
    detail $text NOT NULL,
    octets $octets NOT NULL,
    PRIMARY KEY (slot, meter)
) $compact;

-- A reading that a receiver has not got yet.
CREATE TABLE outbox (
    receiver $integer NOT NULL,
    slot $integer NOT NULL,
    meter $integer NOT NULL,
    PRIMARY KEY (receiver, slot, meter)
) $compact;

CREATE TABLE round (
    number $integer NOT NULL,
    segment $text NOT NULL,
    slot $integer NOT NULL,
    due $integer NOT NULL,
    answered $integer NOT NULL,
    missed $integer NOT NULL,
    began $integer NOT NULL,             -- milliseconds UTC
    ended $integer NOT NULL,
    PRIMARY KEY (number, segment)
) $compact;

CREATE TABLE journal (
    number $integer NOT NULL PRIMARY KEY,
    created $integer NOT NULL,           -- milliseconds UTC
    severity $integer NOT NULL,
    source $text NOT NULL,
    message $text NOT NULL
) $plain;

-- Status bytes of a meter's telegrams; their words are a view.
CREATE TABLE meter_log (
    meter $integer NOT NULL,
    created $integer NOT NULL,           -- milliseconds UTC
    status $integer NOT NULL,
    PRIMARY KEY (meter, created)
) $compact;

-- What the store remembers about itself, such as how far its summary of newest readings goes.
CREATE TABLE fact (
    name $text NOT NULL PRIMARY KEY,
    value $text NOT NULL
) $plain;

-- Per meter the slot of its newest reading and the newest scheduled slot that ended, in a reading or a reason.
-- Written now and then; what came later is found by a short scan.
CREATE TABLE newest (
    meter $integer NOT NULL PRIMARY KEY,
    heard $integer,
    ended $integer
) $plain;
