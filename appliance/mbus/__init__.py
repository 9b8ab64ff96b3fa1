"""EN 13757-2 and -3: frames, addresses, records, layouts, encoder, master and slave dialogues.

Pure: octets in, values out, and back. Imports the standard library's data tools, `appliance.errors` and itself;
no IO, no clock, no threads, no logging (an import contract proves it).
"""
