-- What came and went: a meter that could not be read, a segment without voltage.
CREATE TABLE event (
    number $integer NOT NULL PRIMARY KEY,
    what $text NOT NULL,                 -- readout_failed, overload ...
    about $text NOT NULL,                -- number of a meter, name of a segment, number of a boot
    severity $integer NOT NULL,
    came $integer NOT NULL,              -- milliseconds UTC
    went $integer,                       -- the same; empty while it lasts
    message $text NOT NULL,
    seen_by $text NOT NULL
) $plain;

CREATE INDEX event_came ON event (came);
