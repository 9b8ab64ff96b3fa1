"""EN 13757-2 and -3: frames, addresses, records, layouts, encoder, master and slave dialogues.

Pure: octets in, values out, and back. Imports the standard library's data tools, `appliance.errors` and itself;
no IO, no clock, no threads, no logging (an import contract proves it).

Where a file names the public M-Bus documentation or the OMS specification, that is where its subject is described.
The text of the standard is not public and was not at hand: no clause of it is cited, and what the tables say was
checked against captured telegrams and against what other open decoders make of them.
"""
