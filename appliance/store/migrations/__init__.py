"""The numbered steps of the schema, one SQL file each; `appliance.store.schema` runs them."""
