-- Users, what was guessed, and the audit trail.

CREATE TABLE account (
    name $text NOT NULL PRIMARY KEY,
    level $integer NOT NULL,
    password $text NOT NULL,             -- $$scrypt$$ln=14,r=8,p=1$$salt$$hash
    doors $text NOT NULL,                -- with commas between
    must_change $integer NOT NULL,
    enabled $integer NOT NULL,
    expires $integer,                    -- seconds UTC
    language $text NOT NULL,
    email $text NOT NULL,
    theme $text NOT NULL,
    last_login $integer                  -- seconds UTC
) $plain;

CREATE TABLE account_key (
    account $text NOT NULL,
    fingerprint $text NOT NULL,
    line $text NOT NULL,                 -- as in authorized_keys
    PRIMARY KEY (account, fingerprint)
) $compact;

-- Wrong passwords of the last day. An account is a keyed hash of the name: people type passwords as names.
CREATE TABLE guess (
    number $integer NOT NULL PRIMARY KEY,
    at $integer NOT NULL,                -- milliseconds by the guard's time
    account $text NOT NULL,
    source $text NOT NULL,
    stranger $integer NOT NULL
) $plain;

-- Where somebody came in from within 30 days.
CREATE TABLE known_source (
    account $text NOT NULL,
    source $text NOT NULL,
    at $integer NOT NULL,                -- milliseconds by the guard's time
    PRIMARY KEY (account, source)
) $compact;

-- Each row's link is made of its own fields and the link before it; both ends of the chain are facts.
CREATE TABLE audit (
    number $integer NOT NULL PRIMARY KEY,
    at $integer NOT NULL,                -- milliseconds UTC
    who $text NOT NULL,
    door $text NOT NULL,
    source $text NOT NULL,
    what $text NOT NULL,
    old $text NOT NULL,
    new $text NOT NULL,
    result $text NOT NULL,
    link $text NOT NULL
) $plain;
