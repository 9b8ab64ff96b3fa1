-- Readings lie by slot first: a meter's past is looked up slot by slot. These are the slots of the grid that have
-- readings; one too many does no harm.
CREATE TABLE slot (
    slot $integer NOT NULL PRIMARY KEY   -- seconds UTC
) $plain;

INSERT INTO slot (slot)
WITH RECURSIVE hop(slot) AS (
    SELECT MIN(slot) FROM reading
    UNION ALL
    SELECT (SELECT slot FROM reading WHERE slot > hop.slot ORDER BY slot LIMIT 1) FROM hop WHERE hop.slot IS NOT NULL
)
SELECT slot FROM hop WHERE slot IS NOT NULL;

-- Readings off the grid, ordered by a person or heard by radio, each in a second of its own.
CREATE INDEX reading_off_grid ON reading (slot, meter) WHERE (marks & 7) <> 0;
