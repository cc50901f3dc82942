"""Setting devices up, step by step: find, choose, try, keep; and what is recorded of them for support.

Every step takes the state of the one before and gives the next one: finding and trying wait for devices and run beside
the sale, keeping is journalled.
"""

from __future__ import annotations

from dataclasses import replace

from pos_client.features.devices.ports import DeviceKind, Devices, TestResult, Way
from pos_client.features.devices.state import Choice, FoundRow, OptionRow, SetupState
from pos_client.features.devices.words import ErrorTexts, device_name
from pos_client.ports import LEADERS, Recording
from shared.errors import DomainError, EnvironmentProblem

_PRINTERS = frozenset((DeviceKind.PRINTER, DeviceKind.SLIP_PRINTER))
# What a device that was found is taken for, by its kind.
_GUESSES = {
    DeviceKind.PRINTER: "printer",
    DeviceKind.SLIP_PRINTER: "printer",
    DeviceKind.TERMINAL: "terminal",
    DeviceKind.SCANNER: "scanner",
}
_BAUDS = ("", "1200", "2400", "4800", "9600", "19200", "38400", "57600", "115200")
# How devices say which of several languages they speak; the first is what holds where nothing is said.
_LANGUAGES = {
    DeviceKind.DISPLAY: ("mode", ("", "epson")),
    DeviceKind.SCALE: ("protocol", ("", "dialog06")),
}


def with_option(address: str, name: str, value: str) -> str:
    """The address with an option set; an empty value takes it away."""
    place, _, query = address.partition("?")
    kept = [part for part in query.split("&") if part and part.partition("=")[0] != name]
    options = "&".join([*kept, *([f"{name}={value}"] if value else [])])
    return f"{place}?{options}" if options else place


def option_of(address: str, name: str) -> str:
    """The value of an option in an address; empty if it is not there."""
    options = dict(part.partition("=")[::2] for part in address.partition("?")[2].split("&"))
    return options.get(name, "")


class DevicesPresenter:
    """`profiles` are the models of printers: name and title."""

    def __init__(
        self,
        devices: Devices,
        recording: Recording,
        texts: ErrorTexts,
        profiles: tuple[tuple[str, str], ...],
    ) -> None:
        self._devices = devices
        self._recording = recording
        self._texts = texts
        self._profiles = profiles

    # --- setting up -----------------------------------------------------------------------------

    def may_set_up(self) -> bool:
        """Whether the person here leads the store."""
        operator = self._recording.operator
        return operator is not None and operator.role in LEADERS

    def on_setup(self, kind: str) -> SetupState:
        """Begin; `DomainError('leader_needed')` unless somebody who leads the store is logged in."""
        self._require_leader()
        device = DeviceKind(kind)
        present = self._devices.setting(device)
        state = SetupState(
            kind=kind,
            title=device_name(device, self._texts),
            address=present or ("high" if device is DeviceKind.DRAWER else ""),
            present=present,
            hint=self._texts.text(f"device.hint.{kind}"),
        )
        return self._with_options(state)

    def on_find(self, state: SetupState, way: Way) -> SetupState:
        """Look for devices; waits for those that do not answer."""
        wanted = _GUESSES.get(DeviceKind(state.kind), "")
        found = [
            FoundRow(
                address=each.address,
                name=each.name or self._guess(each.guess),
                detail=each.address,
                guess=bool(wanted) and each.guess == wanted,
            )
            for each in self._devices.find(way)
        ]
        found.sort(key=lambda row: not row.guess)
        key = "device.found_none" if not found else "device.found"
        text = self._texts.text(key, way=self._texts.text(f"device.find.{way}"), count=len(found))
        return replace(state, found=tuple(found), found_text=text)

    def on_choose(self, state: SetupState, address: str) -> SetupState:
        """Another address, as typed or found."""
        chosen = replace(state, address=address.strip(), result="", tone="muted", tested=False)
        return self._with_options(chosen)

    def on_option(self, state: SetupState, name: str, value: str) -> SetupState:
        """Another value of an option."""
        if DeviceKind(state.kind) is DeviceKind.DRAWER:
            return self.on_choose(state, value)
        return self.on_choose(state, with_option(state.address, name, value))

    def on_try(self, state: SetupState) -> SetupState:
        """Try the address; what is wrong stands in the state, nothing is raised."""
        try:
            result = self._devices.test(DeviceKind(state.kind), state.address)
        except (DomainError, EnvironmentProblem) as problem:
            sentence = " ".join(part for part in self._texts.error(problem) if part)
            return replace(state, result=sentence, tone="danger", tested=False)
        return replace(state, result=self.tested(result), tone="ok", tested=True)

    def on_keep(self, state: SetupState) -> str:
        """Keep the address, empty for none; what to say. Journalled first; `on_use` makes it count."""
        operator = self._require_leader()
        kind = DeviceKind(state.kind)
        if state.address:
            self._devices.check(kind, state.address)
        # A terminal's password stands in its address, and nowhere else.
        shown = with_option(state.address, "password", "")
        facts = {"setting": state.kind, "value": shown, "changed_by": operator}
        self._recording.record(("settings.changed", facts))
        self._devices.keep(kind, state.address)
        key = "device.kept" if state.address else "device.removed"
        return self._texts.text(key, name=state.title)

    def on_use(self, kind: str) -> None:
        """Use what is kept from now on; waits for the device that was in use."""
        self._devices.use(DeviceKind(kind))

    def on_waive_drawer(self) -> None:
        """Go on although the drawer stands open: a decision that is journalled; `leader_needed`."""
        facts = {"what": "drawer_open", "approved_by": self._require_leader()}
        self._recording.record(("approval.given", facts))

    def on_test(self, kind: str) -> str:
        """Try the device that is in use; what it said. Raises why it is not well."""
        self._recording.require_operator()
        return self.tested(self._devices.test(DeviceKind(kind)))

    def tested(self, result: TestResult) -> str:
        """What a test gave, in words."""
        values = dict(result.values)
        if "kind" in values:
            values["kind"] = self._texts.text(f"device.read.{values['kind']}")
        if "weight" in values:
            values["weight"] = values["weight"].replace(
                ".", self._texts.text("window.decimal_point")
            )
        said = self._texts.text(f"device.tested.{result.word}", **values)
        return " ".join([said, *(row.strip() for row in result.rows if row.strip())][:4])

    # --- for support ----------------------------------------------------------------------------

    def trace_words(self) -> str:
        """What is recorded, in a sentence."""
        return self._texts.text("device.trace_on" if self._devices.tracing else "device.trace_off")

    def on_trace(self, *, on: bool) -> str:
        """Record what goes over the lines, or not any more; what to say."""
        self._require_leader()
        self._devices.trace(on=on)
        return self.trace_words()

    def on_export(self) -> str:
        """Write the recording into a file for support; what to say."""
        self._require_leader()
        return self._texts.text("device.exported", file=self._devices.export_trace())

    # --- inside ---------------------------------------------------------------------------------

    def _require_leader(self) -> str:
        operator = self._recording.require_operator()
        if operator.role not in LEADERS:
            raise DomainError("leader_needed")
        return operator.staff_id

    def _guess(self, guess: str) -> str:
        return self._texts.text(f"device.guess.{guess or 'unknown'}")

    def _with_options(self, state: SetupState) -> SetupState:
        kind, address = DeviceKind(state.kind), state.address
        rows: list[OptionRow] = []
        if kind is DeviceKind.DRAWER:
            levels = tuple(
                Choice(level, self._texts.text(f"device.level.{level}"))
                for level in ("high", "low")
            )
            return replace(
                state,
                options=(OptionRow("level", self._texts.text("device.level"), address, levels),),
            )
        if kind in _PRINTERS:
            models = tuple(
                Choice(name if name != "standard" else "", title) for name, title in self._profiles
            )
            rows.append(self._option("profile", address, models))
        if kind in _LANGUAGES:
            name, values = _LANGUAGES[kind]
            spoken = tuple(
                Choice(value, self._texts.text(f"device.option.{name}.{value or 'usual'}"))
                for value in values
            )
            rows.append(self._option(name, address, spoken))
        if address.startswith("serial:"):
            bauds = tuple(
                Choice(baud, baud or self._texts.text("device.option.baud.usual"))
                for baud in _BAUDS
            )
            rows.append(self._option("baud", address, bauds))
        return replace(state, options=tuple(rows))

    def _option(self, name: str, address: str, choices: tuple[Choice, ...]) -> OptionRow:
        text = self._texts.text(f"device.option.{name}")
        return OptionRow(name, text, option_of(address, name), choices)
