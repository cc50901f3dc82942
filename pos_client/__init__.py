"""The till: screens, local storage, sync and devices. Never imports the central server."""

BUILD = "0.1.0"
