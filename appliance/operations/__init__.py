"""Everything a person or a schedule may order: one row each, shared by console, scripts, dashboard and JSON-RPC."""

from appliance.operations.answer import Answer, Cell, Column, Item, Live, Table
from appliance.operations.call import Call
from appliance.operations.parts import Parts

__all__ = ["Answer", "Call", "Cell", "Column", "Item", "Live", "Parts", "Table"]
