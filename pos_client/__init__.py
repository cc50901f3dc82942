"""The till: screens, local storage, sync and devices. Never imports the central server."""
