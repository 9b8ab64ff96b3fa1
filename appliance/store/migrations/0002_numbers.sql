-- Numbers are given once: readings, reports and receivers know a meter by its number for ever.
CREATE TABLE counter (
    name $text NOT NULL PRIMARY KEY,
    value $integer NOT NULL              -- the highest number given so far
) $plain;

INSERT INTO counter (name, value)
SELECT 'meter', MAX(number) FROM (
    SELECT MAX(id) AS number FROM meter
    UNION ALL SELECT MAX(meter) FROM reading
    UNION ALL SELECT MAX(meter) FROM missed
    UNION ALL SELECT MAX(meter) FROM meter_log
) AS used
HAVING MAX(number) > 0;

-- Meters whose values below a slot are to be deleted; a row stays until the last of them is gone.
CREATE TABLE condemned (
    meter $integer NOT NULL PRIMARY KEY,
    until $integer NOT NULL              -- seconds UTC, the first slot that stays
) $plain;
