"""Wires the till together: composition, commands, the headless till, texts. Imported by nobody."""
