"""The list of meters: rows, their order and filter, and the preview of the one under the cursor."""
