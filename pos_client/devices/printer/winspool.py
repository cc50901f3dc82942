"""A printer of Windows' spooler, spoken to in raw octets (`winraw:NAME`).

TYPED AND REVIEWED ONLY: it has not run on Windows yet. The spooler takes a job and says nothing of the paper, so a job
counts as printed when its last octet was handed over.
"""

from __future__ import annotations

import sys

from pos_client.devices.lines import Line, LineBrokenError

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    class _DocInfo(ctypes.Structure):
        _fields_ = (
            ("pDocName", wintypes.LPWSTR),
            ("pOutputFile", wintypes.LPWSTR),
            ("pDatatype", wintypes.LPWSTR),
        )

    class _SpoolerLine:
        def __init__(self, name: str) -> None:
            self._spooler = ctypes.WinDLL("winspool.drv", use_last_error=True)
            self._handle = wintypes.HANDLE()
            self._check(self._spooler.OpenPrinterW(name, ctypes.byref(self._handle), None))
            about = _DocInfo("Tresen", None, "RAW")
            try:
                self._check(self._spooler.StartDocPrinterW(self._handle, 1, ctypes.byref(about)))
                self._check(self._spooler.StartPagePrinter(self._handle))
            except OSError:
                self._spooler.ClosePrinter(self._handle)
                raise

        def send(self, data: bytes) -> None:
            sent = 0
            while sent < len(data):
                taken = wintypes.DWORD(0)
                part = data[sent:]
                done = self._spooler.WritePrinter(
                    self._handle, part, len(part), ctypes.byref(taken)
                )
                sent += taken.value
                if not done or not taken.value:
                    raise LineBrokenError(sent, str(ctypes.WinError(ctypes.get_last_error())))

        def receive(self, seconds: float) -> bytes:  # noqa: ARG002 - a spooler says nothing
            return b""

        def close(self) -> None:
            self._spooler.EndPagePrinter(self._handle)
            self._spooler.EndDocPrinter(self._handle)
            self._spooler.ClosePrinter(self._handle)

        def _check(self, done: int) -> None:
            if not done:
                raise ctypes.WinError(ctypes.get_last_error())

    def open_spooler(name: str) -> Line:
        """A line to the printer that Windows knows by this name; OSError if there is none."""
        return _SpoolerLine(name)

else:

    def open_spooler(name: str) -> Line:
        """OSError: printers of Windows are reached on Windows only."""
        raise OSError(f"{name}: printers of Windows are reached on Windows only")
