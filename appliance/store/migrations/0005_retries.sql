-- How often meters were asked again in a round; of rounds before this was counted it is not known.
ALTER TABLE round ADD COLUMN retries $integer;
