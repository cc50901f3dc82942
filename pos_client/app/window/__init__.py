"""The till's window: the shell, and one desk per screen that carries intents to the presenters and states back."""
