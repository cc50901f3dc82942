"""The status bar: whether sales reach the centre, what signs them, where, when and who."""
